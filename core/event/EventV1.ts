/**
 * The stream of what happened, version 1: additive only, for ever. One event per ledger row, verification and attempt
 * phase; `seq` has no gap and no repeat, and a reader resumes after the last one it saw.
 */
import * as Schema from "effect/Schema"
import { Pause, Window } from "../account/Account.ts"
import { CommitmentId } from "../commitment/Commitment.ts"
import { Execution } from "../execution/Execution.ts"
import { Posture } from "../guard/Posture.ts"
import { Stage } from "../stage/Stage.ts"
import { TaskId } from "../task/Identifiers.ts"
import { Verdict } from "../verify/Verdict.ts"

const envelope = <Type extends string>(type: Type) => ({
  v: Schema.Literal(1),
  seq: Schema.Int.pipe(Schema.positive()),
  type: Schema.Literal(type),
  /** ISO 8601, UTC. */
  at: Schema.String
})

export const TaskTransition = Schema.Struct({
  ...envelope("task.transition"),
  task_id: TaskId,
  /** The wire words of the stages; equal when only the execution moved. */
  from: Schema.String,
  to: Schema.String,
  /** The event's name, and who made it happen. */
  cause: Schema.Struct({
    event: Schema.String,
    by: Schema.Literal("tick", "operator", "consequence", "submission")
  }),
  stage: Schema.encodedSchema(Stage),
  execution: Schema.encodedSchema(Execution)
})

export const TaskVerification = Schema.Struct({
  ...envelope("task.verification"),
  task_id: TaskId,
  attempt_id: Schema.String,
  kind: Schema.Literal("Run", "Brain", "Agent"),
  verdict: Verdict,
  cost_usd: Schema.NullOr(Schema.Finite),
  duration_ms: Schema.Finite
})

export const TaskAttempt = Schema.Struct({
  ...envelope("task.attempt"),
  task_id: TaskId,
  attempt_id: Schema.String,
  agent: Schema.String,
  session_id: Schema.NullOr(Schema.String),
  phase: Schema.Literal("created", "started", "adopted", "ended")
})

export const TaskEscalated = Schema.Struct({
  ...envelope("task.escalated"),
  task_id: TaskId,
  reason: Schema.String,
  addressed_to: Schema.String
})

export const Attention = Schema.Struct({
  ...envelope("attention.raised"),
  task_id: Schema.NullOr(TaskId),
  key: Schema.String,
  text: Schema.String
})

export const AttentionCleared = Schema.Struct({
  ...envelope("attention.cleared"),
  task_id: Schema.NullOr(TaskId),
  key: Schema.String
})

export const AttentionAcknowledged = Schema.Struct({
  ...envelope("attention.acknowledged"),
  task_id: Schema.NullOr(TaskId),
  key: Schema.String
})

export const GuardChanged = Schema.Struct({
  ...envelope("guard.changed"),
  guard: Schema.String,
  /** Null for a guard that nobody has looked at before. */
  from: Schema.NullOr(Posture),
  to: Posture,
  reason: Schema.String
})

/** The event's name, and who made it happen: a row of a ledger, or a person. */
const AccountCause = Schema.Struct({ event: Schema.String, by: Schema.Literal("ledger", "operator") })
export type AccountCause = typeof AccountCause.Type

/** Limited, tried by a canary, ramping up, open; paused or not. */
export const AccountChanged = Schema.Struct({
  ...envelope("account.changed"),
  account: Schema.String,
  cause: AccountCause,
  window: Schema.encodedSchema(Window),
  pause: Schema.NullOr(Schema.encodedSchema(Pause))
})

/** An agent has promised something. */
export const CommitmentOpened = Schema.Struct({
  ...envelope("commitment.opened"),
  commitment_id: CommitmentId,
  topic: Schema.String,
  session_id: Schema.NullOr(Schema.String),
  verb: Schema.String,
  object: Schema.NullOr(Schema.String),
  text: Schema.String,
  /** Until when, ISO 8601, UTC; null where no time was named. */
  deadline: Schema.NullOr(Schema.String)
})

/** It was kept, taken back, forgotten or broken. */
export const CommitmentClosed = Schema.Struct({
  ...envelope("commitment.closed"),
  commitment_id: CommitmentId,
  topic: Schema.String,
  session_id: Schema.NullOr(Schema.String),
  status: Schema.Literal("delivered", "withdrawn", "expired", "broken"),
  /** What showed that it was done, or what a person noted; null where nothing is said. */
  detail: Schema.NullOr(Schema.String)
})

export const SupervisorStarted = Schema.Struct({
  ...envelope("supervisor.started"),
  epoch: Schema.Int,
  host: Schema.String,
  pid: Schema.Int
})

export const SupervisorStopped = Schema.Struct({ ...envelope("supervisor.stopped"), epoch: Schema.Int })

export const EventV1 = Schema.Union(
  TaskTransition,
  TaskVerification,
  TaskAttempt,
  TaskEscalated,
  Attention,
  AttentionCleared,
  AttentionAcknowledged,
  GuardChanged,
  AccountChanged,
  CommitmentOpened,
  CommitmentClosed,
  SupervisorStarted,
  SupervisorStopped
)
export type EventV1 = typeof EventV1.Type
export type Type = EventV1["type"]
