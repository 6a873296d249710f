/** What is refused, how that is said, and that nothing comes of it; and the document that says so. */
import { readFileSync } from "node:fs"
import { it } from "@effect/vitest"
import { Validator } from "@seriousme/openapi-schema-validator"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { bodyLimit } from "../../../shell/http/ApiListener.ts"
import { names } from "../../../shell/operator/Verbs.ts"
import { one, problemOf, withTasks, written } from "./Tasks.ts"
import { asked, freePort, json, post, serving } from "./World.ts"

it.scopedLive(
  "API-2 what is refused has one shape, names the field and the nearest valid word, and writes nothing",
  () =>
    Effect.gen(function* () {
      const site = yield* withTasks
      const before = yield* written(site)
      const refused = [
        ["/api/tasks", { promt: "x", ...one }, 400, "promt", "prompt"],
        ["/api/tasks", { ...one, name: 3 }, 400, "name", null],
        ["/api/tasks", { ...one, verify: [1] }, 400, "verify[0]", null],
        ["/api/tasks", { ...one, cwd: "relative" }, 400, "cwd", null],
        ["/api/tasks", { ...one, cwd: "/no such place" }, 400, "cwd", null],
        ["/api/tasks", { ...one, agent: "shh" }, 400, "agent", "sh"],
        ["/api/tasks/1/hold", { reasn: "x" }, 400, "reasn", "reason"],
        ["/api/tasks/1/freeze", { reason: "x" }, 400, "reason", null],
        ["/api/tasks/1/unblock", { budget_usd: -1 }, 400, "budget_usd", null],
        ["/api/tasks/1/landed", {}, 400, "commit", null],
        ["/api/tasks/1/supersede", { by: 1 }, 400, "by", null],
        ["/api/tasks/1/freze", {}, 404, "event", "freeze"],
        ["/api/tasks/x/freeze", {}, 400, "id", null]
      ] as const
      for (const [path, body, status, field, suggestion] of refused) {
        const answer = yield* post(site, path, body)
        expect([path, body, answer.status]).toEqual([path, body, status])
        expect(problemOf(answer.body).fields?.map((each) => [each.field, each.suggestion])).toEqual([
          [field, suggestion]
        ])
      }
      const asks = [
        ["/api/tasks?stat=DONE", "stat", "state"],
        ["/api/tasks?state=DNE", "state[0]", "DONE"],
        ["/api/tasks?limit=0", "limit", null],
        ["/api/tasks?limit=1e2", "limit", null],
        ["/api/tasks/0", "id", null],
        ["/api/tasks/1/log?stream=stdot", "stream", "stdout"],
        ["/api/tasks/1/log?offset=0", "offset", null],
        ["/api/events?since=-1", "since", null],
        ["/api/events?snce=1", "snce", "since"]
      ] as const
      for (const [path, field, suggestion] of asks) {
        const answer = yield* json(site, path)
        expect([path, answer.status]).toEqual([path, 400])
        expect(problemOf(answer.body).fields?.map((each) => [each.field, each.suggestion])).toEqual([
          [field, suggestion]
        ])
      }
      expect(yield* post(site, "/api/tasks", { ...one, depends_on: [99] })).toMatchObject({
        status: 400,
        body: { code: "refused", error: "one: there is no task #99 to wait for" }
      })
      for (const path of ["/api/tasks/9/freeze", "/api/accounts/nobody/resume"]) {
        expect(yield* post(site, path)).toMatchObject({ status: 404, body: { code: "not_found" } })
      }
      expect(yield* written(site)).toBe(before)
    })
)

it.scopedLive(
  "API-9 the document is valid OpenAPI, and has every place, event and refusal; its page loads nothing",
  () =>
    Effect.gen(function* () {
      const site = yield* serving()
      const { text } = yield* Effect.promise(() => asked(site.places.socket, "/openapi.json"))
      const document = JSON.parse(text)
      const validator = new Validator()
      const { errors, valid } = yield* Effect.promise(() => validator.validate(document))
      expect([errors, valid, validator.version]).toEqual([undefined, true, "3.1"])
      const operate = document.paths["/api/tasks/{id}/{event}"].post
      expect(operate.parameters[1].schema.enum).toEqual([...names])
      expect(operate.requestBody.content["application/json"].schema.additionalProperties).toBe(false)
      expect(Object.keys(operate.responses)).toEqual(expect.arrayContaining(["200", "400", "404", "409", "413", "503"]))
      expect(text).not.toContain("HttpApiDecodeError")
      const page = yield* Effect.promise(() => asked(site.places.socket, "/docs"))
      expect(page.headers["content-security-policy"]).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /)
      expect(page.text).not.toMatch(/<script|<link|<img|@import|url\(|src=/i)
      expect(
        [...page.text.matchAll(/href="([^"]*)"/g)].filter(([, to = ""]) => !/^(#|\/openapi\.json$)/.test(to))
      ).toEqual([])
      for (const path of Object.keys(document.paths)) expect(page.text).toContain(path)
    })
)

it.scopedLive("API-2 a method, a body or a place that is none is refused as what it is, over the socket too", () =>
  Effect.gen(function* () {
    const site = yield* withTasks
    const before = yield* written(site)
    const ask = (path: string, sent: Parameters<typeof asked>[2]) =>
      Effect.promise(() => asked(site.places.socket, path, sent))
    const large = yield* ask("/api/tasks", { body: Buffer.alloc(bodyLimit + 1, " ") })
    expect([large.status, problemOf(JSON.parse(large.text)).code]).toEqual([413, "too_large"])
    const chunked = { body: Buffer.alloc(bodyLimit + 1, " "), headers: { "transfer-encoding": "chunked" } }
    expect((yield* ask("/api/tasks", chunked)).status).toBe(413)
    for (const body of ["{", "[]", "null", '"x"', "3", '{"a":1}{"a":1}']) {
      expect([body, (yield* ask("/api/tasks/1/freeze", { body })).status]).toEqual([body, 400])
    }
    const form = { body: "reason=x", headers: { "content-type": "application/x-www-form-urlencoded" } }
    expect((yield* ask("/api/tasks/1/freeze", form)).status).toBe(415)
    const remove = yield* ask("/api/tasks/1", { method: "DELETE" })
    expect([remove.status, remove.headers.allow]).toEqual([405, "GET"])
    expect(
      (yield* ask("/api/tasks", { method: "OPTIONS", headers: { origin: "http://evil.example" } })).headers
    ).not.toHaveProperty("access-control-allow-origin")
    expect((yield* ask("/api/tasks", { method: "PUT" })).headers.allow).toBe("GET, POST")
    expect((yield* ask("/nowhere", {})).status).toBe(404)
    expect(yield* written(site)).toBe(before)
    const head = yield* ask("/api/tasks", { method: "HEAD" })
    expect([head.status, head.text]).toEqual([200, ""])
    const empty = yield* ask("/api/tasks/1/freeze", { method: "POST" })
    expect(empty.status).toBe(200)
    expect((yield* ask("/api/tasks", {})).headers["cache-control"]).toBe("no-store")
  })
)

it.scopedLive("API-2 over TCP nothing is told or done without the token, or by a name that is not this machine's", () =>
  Effect.gen(function* () {
    const port = yield* freePort
    const site = yield* serving({ host: "127.0.0.1", port })
    yield* post(site, "/api/tasks", one)
    const before = yield* written(site)
    const authorization = `Bearer ${readFileSync(site.places.token, "utf8").trim()}`
    const host = `127.0.0.1:${port}`
    for (const [path, body] of [
      ["/api/tasks", undefined],
      ["/healthz", undefined],
      ["/api/events", undefined],
      ["/docs", undefined],
      ["/api/tasks", JSON.stringify(one)],
      ["/api/tasks/1/freeze", "{}"],
      ["/api/drain", "{}"]
    ] as const) {
      const sent = (headers: Readonly<Record<string, string>>) =>
        Effect.promise(() => asked(port, path, { headers, ...(body === undefined ? {} : { body }) }))
      expect([path, (yield* sent({ host })).status]).toEqual([path, 401])
      expect([path, (yield* sent({ host, authorization: `${authorization}x` })).status]).toEqual([path, 401])
      const foreign = yield* sent({ host: "evil.example", authorization })
      expect([path, foreign.status, problemOf(JSON.parse(foreign.text)).code]).toEqual([path, 403, "forbidden"])
    }
    expect(yield* written(site)).toBe(before)
    expect(yield* site.store.isDraining).toBe(false)
    const let_in = yield* Effect.promise(() =>
      asked(port, "/api/tasks/1/freeze", { body: "{}", headers: { host, authorization } })
    )
    expect(let_in.status).toBe(200)
  })
)
