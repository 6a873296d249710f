/**
 * A copy of the fleet that follows the store, so that a command sees what any supervisor does, its own included.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Policy } from "../../core/policy/Policy.ts"
import type { BatchId, TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { AttentionItem, StoreError, StoreService } from "../store/Store.ts"
import * as FleetView from "../view/FleetView.ts"

export interface Look {
  readonly now: number
  readonly view: FleetView.View
  readonly isDraining: boolean
  /** What is open of the batch's tasks, and of no task. */
  readonly attention: ReadonlyArray<AttentionItem>
  /** The tasks of the batch, by id. */
  readonly batch: ReadonlyArray<Task>
  /** Every task that is known, the batch's and others. */
  readonly tasks: ReadonlyMap<TaskId, Task>
}

/** Follows the whole fleet, and one batch of it in particular. */
export const make = (
  store: StoreService,
  policy: Policy,
  batch: BatchId
): Effect.Effect<Effect.Effect<Look, StoreError>, StoreError> =>
  Effect.gen(function* () {
    const first = yield* FleetView.read(store, policy, yield* Clock.currentTimeMillis)
    const tasks = new Map<TaskId, Task>(first.tasks)
    const ofBatch = new Map<TaskId, Task>()
    let { accounts, attention, seq } = first

    const take = (task: Task): void => {
      if ((tasks.get(task.id)?.revision ?? -1) <= task.revision) tasks.set(task.id, task)
      const now = tasks.get(task.id) ?? task
      if (now.batch === batch) ofBatch.set(now.id, now)
    }
    for (const task of tasks.values()) take(task)
    for (const task of yield* store.tasks({ batch })) take(task)

    return Effect.gen(function* () {
      const changed = yield* store.changedSince(seq)
      if (changed.seq !== seq) {
        seq = changed.seq
        accounts = changed.accounts
        const wanted = yield* FleetView.withDependencies(store, changed.tasks)
        for (const task of wanted.values()) take(task)
        attention = yield* store.attention
      }
      const now = yield* Clock.currentTimeMillis
      const isDraining = yield* store.isDraining
      return {
        now,
        isDraining,
        tasks,
        attention: attention.filter(({ task }) => task === null || ofBatch.has(task)),
        batch: [...ofBatch.values()].toSorted((a, b) => a.id - b.id),
        view: FleetView.make({ now, policy, isDraining, tasks, isWhole: true, attention, accounts })
      }
    })
  })
