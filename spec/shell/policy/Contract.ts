/** What every layer of the session policies must do. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Layer from "effect/Layer"
import fc from "fast-check"
import { describe, expect } from "vitest"
import { Marker } from "../../../core/execution/AttemptRecord.ts"
import { isName, type SessionPolicy } from "../../../core/policy/SessionPolicy.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"
import { SessionPolicies } from "../../../shell/policy/SessionPolicies.ts"

export const policyOf = (session: string, task: number, attempt = "0"): SessionPolicy => ({
  session,
  task: TaskId.make(task),
  attempt: Marker.make(attempt.padStart(32, "0")),
  answer: "ask"
})

const session = fc.oneof(
  fc.constantFrom("a", "b", "C-d_9", "5d0f0e3a-0000-4000-8000-000000000001", "x".repeat(128)),
  fc.constantFrom("..", ".", "", "../x", "a/b", "a\0b", "a.json", "a\n", "é", "*", "-", "x".repeat(129)),
  fc.fullUnicodeString({ maxLength: 20 })
)
const step = fc.record({
  does: fc.constantFrom("write" as const, "clear" as const),
  session,
  task: fc.integer({ min: 1, max: 3 })
})

export const contract = (title: string, layer: () => Layer.Layer<SessionPolicies>): void => {
  describe(`session policies ${title}`, () => {
    it.effect(
      "API-5 whatever sessions are called, there is the file that was written last of each, unless it was cleared, and no other goes with it",
      () =>
        Effect.promise(() =>
          fc.assert(
            fc.asyncProperty(fc.array(step, { maxLength: 12 }), (steps) =>
              Effect.gen(function* () {
                const policies = yield* SessionPolicies
                const known = new Map<string, number>()
                for (const { does, session, task } of steps) {
                  const work = does === "write" ? policies.write(policyOf(session, task)) : policies.clear(session)
                  const done = yield* Effect.either(work)
                  expect(Either.isRight(done)).toBe(isName(session))
                  if (!isName(session)) continue
                  if (does === "write") known.set(session, task)
                  else known.delete(session)
                  const { attempt } = policyOf(session, task)
                  expect(yield* policies.list).toEqual(
                    [...known]
                      .toSorted(([a], [b]) => (a < b ? -1 : 1))
                      .map(([session, task]) => ({ session, owner: { task, attempt } }))
                  )
                }
                yield* policies.tidy
                expect(yield* policies.list).toHaveLength(known.size)
              }).pipe(Effect.provide(layer()), Effect.runPromise)
            ),
            { numRuns: 40 }
          )
        )
    )
  })
}
