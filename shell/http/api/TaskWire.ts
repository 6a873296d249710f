/** Tasks as HTTP tells of them; the same words as `status --json`, `show --json` and `logs --json` have. */
import * as Schema from "effect/Schema"
import { AttemptRecord } from "../../../core/execution/AttemptRecord.ts"
import { Execution } from "../../../core/execution/Execution.ts"
import { Task } from "../../../core/task/Task.ts"
import { Verification } from "../../../core/verify/Verification.ts"
import { maybe } from "../../config/Values.ts"
import * as Verbs from "../../operator/Verbs.ts"
import { Account, Supervisor } from "./FleetWire.ts"
import { count, strict } from "./Query.ts"
import { BatchNumber, Id, StageWire, State, TaskNumber } from "./TaskOrders.ts"

const named = <A, I>(identifier: string, schema: Schema.Schema<A, I>) => schema.annotations({ identifier })

const ExecutionWire = named("Execution", Schema.encodedSchema(Execution))

const row = {
  id: Id,
  name: Schema.String,
  batch: Schema.NullOr(Id),
  state: State,
  stage: StageWire,
  execution: ExecutionWire,
  waiting: Schema.NullOr(Schema.String),
  stuck_on: Schema.NullOr(Id),
  needs_person: Schema.NullOr(Schema.String),
  attempt: Schema.Int,
  cost_usd: Schema.NullOr(Schema.Number),
  cost_is_complete: Schema.Boolean,
  depends_on: Schema.Array(Id),
  agent: Schema.String,
  qa_agent: Schema.NullOr(Schema.String),
  merge_agent: Schema.NullOr(Schema.String),
  cwd: Schema.String,
  priority: Schema.Int,
  created_at: Schema.String
}

/** One task in a listing. */
const TaskRow = Schema.Struct(row).annotations({ identifier: "TaskRow" })

export const TaskListing = Schema.Struct({
  tasks: Schema.Array(TaskRow),
  /** The value of `after` with which the listing goes on; null at its end. */
  next: Schema.NullOr(Id),
  accounts: Schema.Array(Account),
  draining: Schema.Boolean,
  supervisor: Schema.NullOr(Supervisor)
})

export const TaskDocument = Schema.Struct({
  ...row,
  /** The events that mean something for it now. */
  legal: Schema.Array(Schema.Literal(...Verbs.names)),
  next_command: Schema.NullOr(Schema.String),
  /** As it is stored; values of environment variables are left out. */
  task: named("Task", Schema.encodedSchema(Task)),
  attempts: Schema.Array(named("Attempt", Schema.encodedSchema(AttemptRecord))),
  verifications: Schema.Array(named("Verification", Schema.encodedSchema(Verification))),
  worktree: Schema.NullOr(Schema.String),
  take_over: Schema.NullOr(Schema.String)
})

/** How many tasks one answer has. */
const fewest = 100
const mostTasks = 1000

export const ListQuery = Schema.Struct({
  state: maybe(Schema.Array(State), "Only tasks in that state; can be given several times"),
  batch: maybe(BatchNumber, "Only tasks of that batch"),
  after: maybe(TaskNumber, "Only tasks with a greater id"),
  limit: Schema.optionalWith(count(1, mostTasks), { default: () => fewest }).annotations({
    description: `How many at most, up to ${mostTasks}; ${fewest} if nothing is said`
  })
}).annotations(strict)

/** Bytes of output that one answer is made of. */
const logBytes = 256 * 1024
const mostLogBytes = 1024 * 1024
/** A character of any kind fits in. */
const leastLogBytes = 16

export const LogQuery = Schema.Struct({
  attempt: maybe(count(1, 1_000_000_000), "Only that attempt"),
  stream: maybe(
    Schema.Literal("stdout", "stderr", "verifier"),
    "Only that stream; both of the agent if nothing is said"
  ),
  offset: maybe(
    count(0, 999_999_999_999_999),
    "From that byte on, of one stream of one attempt; its end if nothing is said"
  ),
  limit: Schema.optionalWith(count(leastLogBytes, mostLogBytes), { default: () => logBytes }).annotations({
    description: `Bytes at most, up to ${mostLogBytes}; ${logBytes} if nothing is said`
  })
}).annotations(strict)

export const TaskOutput = Schema.Struct({
  id: Id,
  name: Schema.String,
  /** There is more than was asked for. */
  is_cut: Schema.Boolean,
  /** Attempts of which some output was removed since. */
  removed: Schema.Array(Schema.String),
  lines: Schema.Array(
    Schema.Struct({
      attempt: Schema.String,
      stream: Schema.Literal("stdout", "stderr", "verifier"),
      text: Schema.String
    })
  ),
  /** Where the next read goes on; null where none was asked for by its offset. */
  next_offset: Schema.NullOr(Schema.Int)
})
