/**
 * The durable unit of desired state: what was asked for, where the work stands, and what is being done about it.
 */
import * as Schema from "effect/Schema"
import { Execution, idle } from "../execution/Execution.ts"
import { Stage } from "../stage/Stage.ts"
import type * as StageValue from "../stage/Stage.ts"
import { Facts, initial } from "./Facts.ts"
import { Flow } from "./Flow.ts"
import { BatchId, Instant, TaskId } from "./Identifiers.ts"
import { Spec } from "./Spec.ts"

export const Task = Schema.Struct({
  id: TaskId,
  batch: Schema.NullOr(BatchId),
  /** Grows by one with every row of the task's ledger; what a writer compares. */
  revision: Schema.Int.pipe(Schema.nonNegative()),
  spec: Spec,
  flow: Flow,
  dependsOn: Schema.Array(TaskId),
  stage: Stage,
  /** Grows with every entry of a stage but freezing and unfreezing. */
  visit: Schema.Int.pipe(Schema.positive()),
  execution: Execution,
  facts: Facts,
  createdAt: Instant
})
export type Task = typeof Task.Type

/** The `cwd`, or another directory that only one task may be at work in. */
export const directoryOf = (task: Task): string | null => (task.spec.isolate === "in-place" ? task.spec.cwd : null)

/** A task as it is first stored: the state that its ledger starts from. */
export const create = (options: {
  readonly id: TaskId
  readonly batch: BatchId | null
  readonly spec: Spec
  readonly flow: Flow
  readonly dependsOn: ReadonlyArray<TaskId>
  readonly upcoming: boolean
  readonly createdAt: number
}): Task => {
  const stage: StageValue.Stage = options.upcoming ? { _tag: "Upcoming" } : { _tag: "Backlog" }
  return {
    id: options.id,
    batch: options.batch,
    revision: 0,
    spec: options.spec,
    flow: options.flow,
    dependsOn: options.dependsOn,
    stage,
    visit: 1,
    execution: idle,
    facts: initial,
    createdAt: options.createdAt
  }
}
