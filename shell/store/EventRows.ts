/**
 * The v1 stream as rows: what a change puts into it, and an event from its row. A transition is not stored twice, its
 * event is made from the ledger row when it is read.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Account } from "../../core/account/Account.ts"
import { type Commitment, detail, status } from "../../core/commitment/Commitment.ts"
import { type AccountCause, EventV1 } from "../../core/event/EventV1.ts"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import { idle } from "../../core/execution/Execution.ts"
import type { Changed } from "../../core/guard/Survey.ts"
import * as BlockReason from "../../core/stage/BlockReason.ts"
import * as MergeFailureKind from "../../core/stage/MergeFailureKind.ts"
import type * as Stage from "../../core/stage/Stage.ts"
import { attemptId } from "../../core/task/Identifiers.ts"
import type { LedgerEntry } from "../../core/task/Record.ts"
import type { Verification } from "../../core/verify/Verification.ts"
import * as Codec from "./Codec.ts"
import { decoder } from "./JsonColumn.ts"
import type * as Rows from "./Rows.ts"
import { type AttemptPhase, MalformedRow } from "./Store.ts"

/** An event before it has its place in the stream. */
export type Unnumbered = Omit<Rows.NewEventRow, "seq">

/** What `task.transition` says it came `from` when the task was created: it was nowhere. */
const nowhere = "none"

/** The event of a ledger row or a new task: a reference, made whole by `decode`. */
export const transition = (task: number, at: number): Unnumbered => ({
  type: "task.transition",
  at,
  task_id: task,
  body: null
})

/** Who is asked when a task can not go on by itself. */
const addressee = "operator"

const escalation = (stage: Stage.Stage): string | null => {
  switch (stage._tag) {
    case "Blocked":
      return BlockReason.describe(stage.reason)
    case "ReviewHold":
      return stage.reason
    case "MergeFailureFinal":
      return MergeFailureKind.describe(stage.kind)
    default:
      return null
  }
}

/** A person is needed from this entry on; null when none is, or was needed before it. */
export const escalated = (entry: LedgerEntry, at: number): Unnumbered | null => {
  if (entry.before.stage._tag === entry.after.stage._tag) return null
  const reason = escalation(entry.after.stage)
  if (reason === null) return null
  const body = JSON.stringify({ reason, addressed_to: addressee })
  return { type: "task.escalated", at, task_id: entry.after.id, body }
}

export const attempt = (record: AttemptRecord, phase: AttemptPhase, at: number): Unnumbered => ({
  type: "task.attempt",
  at,
  task_id: record.task,
  body: JSON.stringify({
    attempt_id: attemptId(record.task, record.attempt.number),
    agent: record.agent,
    session_id: record.progress.session,
    phase
  })
})

/** A verdict; null while there is none. */
export const verification = (value: Verification, at: number): Unnumbered | null =>
  value.verdict === null
    ? null
    : {
        type: "task.verification",
        at,
        task_id: value.task,
        body: JSON.stringify({
          attempt_id: attemptId(value.task, value.attempt),
          kind: value.kind,
          verdict: value.verdict,
          cost_usd: value.costUsd,
          duration_ms: Math.max(0, (value.endedAt ?? at) - value.startedAt)
        })
      }

export const raised = (task: number | null, key: string, text: string, at: number): Unnumbered => ({
  type: "attention.raised",
  at,
  task_id: task,
  body: JSON.stringify({ key, text })
})

export const cleared = (task: number | null, key: string, at: number): Unnumbered => ({
  type: "attention.cleared",
  at,
  task_id: task,
  body: JSON.stringify({ key })
})

export const acknowledged = (task: number | null, key: string, at: number): Unnumbered => ({
  type: "attention.acknowledged",
  at,
  task_id: task,
  body: JSON.stringify({ key })
})

export const guardChanged = ({ from, guard, reason, to }: Changed, at: number): Unnumbered => ({
  type: "guard.changed",
  at,
  task_id: null,
  body: JSON.stringify({ guard, from, to, reason })
})

/** An account after something happened to it. */
export const account = ({ id, pause, window }: Account, cause: AccountCause, at: number): Unnumbered => ({
  type: "account.changed",
  at,
  task_id: null,
  body: JSON.stringify({ account: id, cause, window, pause })
})

/** Null for a number that is no time. */
const iso = (at: number | null): string | null => {
  const date = new Date(at ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/** Which commitment an event is about, and whose word it is. */
const naming = ({ id, session, topic }: Commitment) => ({ commitment_id: id, topic, session_id: session })

export const commitmentOpened = (commitment: Commitment, at: number): Unnumbered => ({
  type: "commitment.opened",
  at,
  task_id: null,
  body: JSON.stringify({
    ...naming(commitment),
    verb: commitment.verb,
    object: commitment.object,
    text: commitment.text,
    deadline: iso(commitment.deadline)
  })
})

/** Null while it is open. */
export const commitmentClosed = (commitment: Commitment, at: number): Unnumbered | null =>
  commitment.state._tag === "Open"
    ? null
    : {
        type: "commitment.closed",
        at,
        task_id: null,
        body: JSON.stringify({
          ...naming(commitment),
          status: status(commitment),
          detail: detail(commitment)
        })
      }

export const started = (epoch: number, host: string, pid: number, at: number): Unnumbered => ({
  type: "supervisor.started",
  at,
  task_id: null,
  body: JSON.stringify({ epoch, host, pid })
})

export const stopped = (epoch: number, at: number): Unnumbered => ({
  type: "supervisor.stopped",
  at,
  task_id: null,
  body: JSON.stringify({ epoch })
})

const json = decoder(Schema.parseJson())
const fields = decoder(Schema.parseJson(Schema.Record({ key: Schema.String, value: Schema.Unknown })))
const wire = decoder(Schema.parseJson(Schema.Struct({ stage: Schema.String })))
const eventName = decoder(
  Schema.parseJson(
    Schema.Struct({ _tag: Schema.String, event: Schema.optional(Schema.Struct({ _tag: Schema.String })) })
  )
)
const decodeEvent = decoder(EventV1)
const idleJson = Codec.write.execution(idle)

/** The event of a row; one that is no event of version 1 names the row. */
export const decode = (row: Rows.EventRow): Codec.Decoded<EventV1> =>
  Either.gen(function* () {
    const body = yield* row.type === "task.transition" ? transitionBody(row) : storedBody(row)
    const at = new Date(row.at)
    if (Number.isNaN(at.getTime())) {
      return yield* Either.left(
        new MalformedRow({ table: "events", row: String(row.seq), detail: `at: ${row.at} is no time` })
      )
    }
    const isAboutTask = row.task_id !== null || row.type.startsWith("attention.")
    return yield* Codec.named(
      "events",
      row.seq,
      null,
      decodeEvent({
        v: 1,
        seq: row.seq,
        type: row.type,
        at: at.toISOString(),
        ...(isAboutTask ? { task_id: row.task_id } : {}),
        ...body
      })
    )
  })

const storedBody = (row: Rows.EventRow): Codec.Decoded<object> =>
  Codec.named("events", row.seq, "body", fields(row.body ?? "null"))

const transitionBody = (row: Rows.EventRow): Codec.Decoded<object> => {
  if (row.event === null) {
    const stage = row.upcoming === 1 ? ({ _tag: "Upcoming" } as const) : ({ _tag: "Backlog" } as const)
    const cause = { event: "Submitted", by: "submission" }
    return transitionOf(row, nowhere, cause, Codec.write.stage(stage), idleJson)
  }
  return Either.gen(function* () {
    const moved = yield* Codec.named("transitions", row.seq, "event", eventName(row.event))
    const cause = { event: moved.event?._tag ?? moved._tag, by: row.cause }
    return yield* transitionOf(row, row.from_stage ?? "", cause, row.stage_json ?? "null", row.execution ?? "null")
  })
}

const transitionOf = (
  row: Rows.EventRow,
  from: string,
  cause: object,
  stage: string,
  execution: string
): Codec.Decoded<object> =>
  Either.gen(function* () {
    const { stage: to } = yield* Codec.named("transitions", row.seq, "stage_json", wire(stage))
    return {
      from,
      to,
      cause,
      stage: yield* Codec.named("transitions", row.seq, "stage_json", json(stage)),
      execution: yield* Codec.named("transitions", row.seq, "execution", json(execution))
    }
  })
