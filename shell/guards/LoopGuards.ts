/**
 * The guards that act within the reconcile loop, and how it says that they did.
 */
import * as Effect from "effect/Effect"
import type { Policy } from "../../core/policy/Policy.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { RunObservation } from "../../core/tick/World.ts"
import { Guards, pulse } from "./Guards.ts"

export const make = Effect.fnUntraced(function* ({ inactivityOffUntil = 0 }: Policy) {
  const guards = yield* Guards
  const clock = yield* Effect.clock
  const reconciler = yield* pulse("reconciler")
  const fencing = yield* pulse("fencing")
  const verifiers = yield* pulse("verifiers")
  yield* guards.register("inactivity", () => ({ enabled: clock.unsafeCurrentTimeMillis() >= inactivityOffUntil }))
  return {
    /** A tick was decided and applied. */
    ticked: reconciler.beat(null),
    /** The store took a write of this epoch. */
    fenced: fencing.beat(null),
    /** The verifiers under way were looked at. */
    judged: (found: ReadonlyMap<TaskId, RunObservation>) => {
      const unseen = [...found].flatMap(([task, run]) => (run._tag === "Unknown" ? [`#${task}: ${run.why}`] : []))
      return verifiers.beat(unseen[0] ?? null)
    }
  } as const
})
