/** What is remembered of what hooks tell. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import * as HookActivity from "../../../shell/sensors/HookActivity.ts"
import type { ReceivedHookEvent } from "../../../shell/store/Store.ts"

const heard = (sessionId: string | null, at: number): ReceivedHookEvent => ({
  event: { hook: "Stop", sessionId, toolName: null, toolUseId: null, cwd: null, payload: "" },
  at,
  source: null
})

it("EXE-6 of each session the latest event counts, in whatever order they come", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom("a", "b", null), fc.nat(50))), (told) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const activity = yield* HookActivity.make
          for (const [session, at] of told) yield* activity.note([heard(session, at)])
          for (const session of ["a", "b"]) {
            const own = told.flatMap(([each, at]) => (each === session ? [at] : []))
            expect(activity.heardAt(session)).toBe(Math.max(0, ...own))
          }
          expect(activity.heardAt(null)).toBe(0)
        })
      )
    )
  ))

it.effect(
  "EXE-6 an event of a session is a reason to look, one of none is not, and of too many the silent ones are forgotten",
  () =>
    Effect.gen(function* () {
      const activity = yield* HookActivity.make
      yield* activity.note([heard(null, 1)])
      expect(yield* activity.heard.awaitFor(0)).toBe(false)
      yield* activity.note(Array.from({ length: 10_000 }, (_, index) => heard(`s${index}`, index + 1)))
      expect(yield* activity.heard.awaitFor(0)).toBe(true)
      yield* activity.note([heard("s0", 5), heard("new", 7)])
      expect(["s0", "s1", "s2", "new"].map(activity.heardAt)).toEqual([5, 0, 3, 7])
    })
)
