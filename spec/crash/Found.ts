/**
 * What is in the store when the story is over, read as any program would read it.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { EventV1 } from "../../core/event/EventV1.ts"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Verification } from "../../core/verify/Verification.ts"
import * as SqlStore from "../../shell/store/SqlStore.ts"
import { type LedgerRow, Store } from "../../shell/store/Store.ts"
import type { Site } from "./Program.ts"

export interface FoundTask {
  readonly task: Task
  /** Where its ledger starts. */
  readonly created: Task
  readonly ledger: ReadonlyArray<LedgerRow>
  readonly attempts: ReadonlyArray<AttemptRecord>
  readonly verifications: ReadonlyArray<Verification>
}

export interface Found {
  readonly tasks: ReadonlyArray<FoundTask>
  readonly byName: ReadonlyMap<string, FoundTask>
  readonly events: ReadonlyArray<EventV1>
  readonly problems: ReadonlyArray<string>
  readonly epoch: number
}

const page = 1000

const everything = Effect.gen(function* () {
  const store = yield* Store
  const tasks: Array<FoundTask> = []
  for (const task of yield* store.tasks({})) {
    tasks.push({
      task,
      created: Option.getOrThrow(yield* store.created(task.id)),
      ledger: yield* store.ledger(task.id),
      attempts: yield* store.attempts(task.id),
      verifications: yield* store.verifications(task.id)
    })
  }
  const events: Array<EventV1> = []
  for (;;) {
    const more = yield* store.events(events.at(-1)?.seq ?? 0, page)
    if (more.length === 0) break
    events.push(...more)
  }
  const { problems } = yield* store.inspect
  const { epoch } = Option.getOrThrow(yield* store.supervisor)
  const byName = new Map(tasks.map((found) => [found.task.spec.name, found]))
  return { tasks, byName, events, problems, epoch } satisfies Found
})

export const read = ({ root }: Site): Promise<Found> =>
  Effect.runPromise(Effect.provide(everything, SqlStore.layer({ file: join(root, "home/drover.db"), readonly: true })))
