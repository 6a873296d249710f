/**
 * Removes what is kept for long enough (`[retention]`): files of the attempts of ended tasks, never a row of the store,
 * and nothing of a task that may still need it.
 */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Retention from "../../core/retention/Retention.ts"
import { isTerminal } from "../../core/stage/Projection.ts"
import { attemptId, type Instant, type TaskId } from "../../core/task/Identifiers.ts"
import { Places } from "../config/Places.ts"
import { Store, type StoreError } from "../store/Store.ts"
import * as AttemptFiles from "./AttemptFiles.ts"

export interface Pruned {
  /** What went, or would go, the oldest first. */
  readonly removed: ReadonlyArray<Retention.Removal & { readonly bytes: number }>
  /** What should have gone and could not be removed. */
  readonly failed: ReadonlyArray<AttemptFiles.StateUnusable>
  /** What is left, in bytes. */
  readonly keptBytes: number
}

/** Tasks that are asked for at once. */
const group = 1000

/** Since when those tasks are at rest that are: when the last of their attempts ended. A task that is not known is none. */
const restingSince = (tasks: ReadonlyArray<TaskId>): Effect.Effect<ReadonlyMap<TaskId, Instant>, StoreError, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    const found = new Map<TaskId, Instant>()
    for (const ids of Chunk.chunksOf(Chunk.fromIterable(new Set(tasks)), group)) {
      const known = yield* store.tasks({ ids: [...ids] })
      const resting = known.filter(({ execution, stage }) => execution._tag === "Idle" && isTerminal(stage))
      for (const { endedAt, task } of yield* store.latestAttempts(resting.map(({ id }) => id))) {
        if (endedAt !== null) found.set(task, endedAt)
      }
    }
    return found
  })

/** Whatever is removed at the same time by somebody else is gone as well. */
export const prune = (
  retention: Retention.Retention,
  isDryRun: boolean
): Effect.Effect<Pruned, StoreError | AttemptFiles.StateUnusable, Store | Places> =>
  Effect.gen(function* () {
    const places = yield* Places
    const { attempts, otherBytes } = yield* AttemptFiles.find(places)
    const resting = yield* restingSince(attempts.map(({ task }) => task))
    const kept = attempts.map((files) => ({ ...files, restingSince: resting.get(files.task) ?? null }))
    const byName = new Map(kept.map((files) => [attemptId(files.task, files.attempt), files]))
    const removed: Array<Retention.Removal & { readonly bytes: number }> = []
    const failed: Array<AttemptFiles.StateUnusable> = []
    for (const removal of Retention.plan(kept, retention, yield* Clock.currentTimeMillis)) {
      const files = byName.get(attemptId(removal.task, removal.attempt))
      if (files === undefined) continue
      const result = isDryRun
        ? Either.right(undefined)
        : yield* Effect.either(AttemptFiles.remove(places, files, removal.what))
      if (Either.isLeft(result)) failed.push(result.left)
      else removed.push({ ...removal, bytes: removal.what === "attempt" ? files.bytes : files.logBytes })
    }
    const sum = (all: ReadonlyArray<{ readonly bytes: number }>): number => all.reduce((n, { bytes }) => n + bytes, 0)
    return { removed, failed, keptBytes: otherBytes + sum(attempts) - sum(removed) }
  })
