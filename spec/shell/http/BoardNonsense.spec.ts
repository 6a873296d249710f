/** What nobody should send to the port of the board, sent: nobody is let in by it, and nothing breaks. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import { folder } from "../process/World.ts"
import { ask, builtPage, signIn } from "./Browser.ts"
import { one, written } from "./Tasks.ts"
import { asked, post, serving } from "./World.ts"

/** What the value of a header can be. */
const value = fc.stringMatching(/^[ -~\u00a1-\u00ff]{0,80}$/).map((text) => text.trim())

const code = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => encodeURIComponent(Buffer.from(text).toString())),
  fc.stringMatching(/^[\w-]{43}$/),
  fc.stringMatching(/^[!-"$-~]{0,40}$/),
  fc.constantFrom("%", "%zz", "&code=x", "x".repeat(8000))
)

it.scopedLive(
  "BRD-2 no code, cookie, key, name or path that was not given lets anybody in, or is answered by a mistake",
  () =>
    Effect.gen(function* () {
      const site = yield* serving(null, "", builtPage(yield* folder))
      yield* post(site, "/api/tasks", one)
      const browser = yield* signIn(site)
      const before = yield* written(site)
      const host = `127.0.0.1:${browser.port}`
      const promise = (work: () => Promise<void>) => Effect.promise(work)
      yield* promise(() =>
        fc.assert(
          fc.asyncProperty(code, async (given) => {
            const { headers, status } = await asked(browser.port, `/board/sign-in?code=${given}`, { headers: { host } })
            expect([status, headers.location, headers["set-cookie"]]).toEqual([303, "/#refused", undefined])
          })
        )
      )
      const own = `drover-board-${browser.port}`
      const cookie = fc.oneof(
        value,
        value.map((text) => `${own}=${text}`),
        // Behind a semicolon would be another cookie, and before it the good one.
        value.map((text) => `${own}=${browser.cookie.split("=")[1]}${text.replaceAll(";", "")}x`),
        value.map((text) => `${text}; ${own}; =; ${own}=`)
      )
      const key = fc.oneof(value, fc.constant(browser.key))
      yield* promise(() =>
        fc.assert(
          fc.asyncProperty(cookie, key, async (cookie, key) => {
            const answer = await asked(browser.port, "/api/tasks/1/freeze", {
              body: "{}",
              headers: { host, cookie, "x-drover-board": key }
            })
            expect(answer.status).toBe(401)
          })
        )
      )
      const path = fc.oneof(
        fc.stringMatching(/^[!-"$-~]{0,30}$/).map((text) => `/assets/${text}`),
        fc
          .array(fc.constantFrom("..", "%2e%2e", "assets", "board", ".", "secret.js", "%00"), { maxLength: 6 })
          .map((parts) => `/${parts.join("/")}`)
      )
      yield* promise(() =>
        fc.assert(
          fc.asyncProperty(path, async (given) => {
            const { status, text } = await asked(browser.port, given, { headers: { host } })
            expect([200, 401, 404]).toContain(status)
            expect(text).not.toContain("not among the assets")
          })
        )
      )
      // Who has signed in still is.
      expect((yield* Effect.promise(() => ask(browser, "/healthz"))).status).toBe(200)
      expect(yield* written(site)).toBe(before)
    })
)
