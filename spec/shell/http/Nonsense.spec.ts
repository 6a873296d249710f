/** What nobody should send, sent: never a mistake of drover's, never a trace in the store. */
import { createConnection } from "node:net"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { expect } from "vitest"
import { Problem } from "../../../shell/http/api/Problem.ts"
import { names } from "../../../shell/operator/Verbs.ts"
import { Store } from "../../../shell/store/Store.ts"
import { everything } from "../store/World.ts"
import { asked, post, type Reply, serving, type Site } from "./World.ts"

const one = { name: "one", prompt: "exit 0", cwd: "/tmp", agent: "sh", upcoming: true }

const all = ({ store }: Site) => Effect.runPromise(Effect.provideService(everything, Store, store))

/** A refusal says what it is, in the one shape. */
const isRefusal = ({ status, text }: Reply): void => {
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
  Schema.decodeUnknownSync(Problem)(JSON.parse(text))
}

const fields = [
  "name",
  "prompt",
  "cwd",
  "agent",
  "verify",
  "depends_on",
  "key",
  "upcoming",
  "reason",
  "by",
  "__proto__"
]
const key = fc.oneof(fc.constantFrom(...fields), fc.string())
const body = fc.oneof(
  fc.json(),
  fc.string(),
  fc.dictionary(key, fc.jsonValue()).map((value) => JSON.stringify(value)),
  // So deep.
  fc.nat(60_000)
)

const piece = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => encodeURIComponent(Buffer.from(text).toString())),
  fc.constantFrom("api", "tasks", "1", "0", "-1", "1e3", "..", "%", "%zz", "%00", "%2f", "log", "events", ...names),
  fc.stringMatching(/^[!-"$-~]{0,12}$/)
)
const path = fc.array(piece, { maxLength: 6 }).map((pieces) => `/${pieces.join("/")}`)

/** It means something: what it does is for another spec. */
const meansSomething = /^\/api\/(?:drain|undrain|tasks\/1\/[a-z-]+)(?:[?#]|$)/

it.scopedLive("API-2 no body, whatever it is, makes a task or moves one, or is answered by a mistake", () =>
  Effect.gen(function* () {
    const site = yield* serving()
    yield* post(site, "/api/tasks", one)
    const before = yield* Effect.promise(() => all(site))
    const places = fc.constantFrom("/api/tasks", "/api/tasks/1/approve", "/api/tasks/1/landed", "/api/tasks/99/triage")
    yield* Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(places, body, async (place, given) => {
          const text = typeof given === "number" ? `{"name":${"[".repeat(given)}${"]".repeat(given)}}` : given
          isRefusal(await asked(site.places.socket, place, { body: text.trim() === "" ? "?" : text }))
        })
      )
    )
    expect(yield* Effect.promise(() => all(site))).toEqual(before)
  })
)

it.scopedLive("API-2 no path and no query, whatever they are, write anything or are answered by a mistake", () =>
  Effect.gen(function* () {
    const site = yield* serving()
    yield* post(site, "/api/tasks", one)
    const before = yield* Effect.promise(() => all(site))
    const query = fc.oneof(
      fc.constant(""),
      fc
        .dictionary(
          fc.oneof(fc.constantFrom("state", "limit", "after", "batch", "offset", "attempt"), fc.string()),
          fc.string(),
          {
            minKeys: 1
          }
        )
        .map((found) => `?${new URLSearchParams(found).toString()}`)
    )
    const method = fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE")
    yield* Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(method, path, query, async (method, found, query) => {
          const url = found + query
          if (method === "POST" && meansSomething.test(url)) return
          // A stream has no end.
          if (url.startsWith("/api/events")) return
          const { status, text } = await asked(site.places.socket, url, { method })
          expect([url, status < 500]).toEqual([url, true])
          if (method !== "HEAD" && status >= 400 && !url.startsWith("/hooks/"))
            Schema.decodeUnknownSync(Problem)(JSON.parse(text))
        }),
        { numRuns: 300 }
      )
    )
    expect(yield* Effect.promise(() => all(site))).toEqual(before)
  })
)

it.scopedLive("API-2 bytes that are no HTTP, and requests that are broken off, disturb nobody", () =>
  Effect.gen(function* () {
    const site = yield* serving()
    const before = yield* Effect.promise(() => all(site))
    const text = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom("GET", "POST", "BREW"), path, fc.nat(500), fc.string())
        .map(([method, to, length, part]) =>
          Buffer.from(
            `${method} ${to} HTTP/1.1\r\nhost: x\r\ncontent-length: ${length + Buffer.byteLength(part) + 1}\r\n\r\n${part}`
          )
        )
    )
    yield* Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(text, async (bytes) => {
          await new Promise<void>((resolve) => {
            const client = createConnection(site.places.socket)
            client.once("close", () => resolve())
            client.on("error", () => {})
            client.write(bytes, () => client.destroy())
          })
          expect((await asked(site.places.socket, "/healthz")).status).toBe(200)
        })
      )
    )
    expect(yield* Effect.promise(() => all(site))).toEqual(before)
  })
)
