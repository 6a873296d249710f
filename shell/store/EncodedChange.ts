/**
 * A change in rows: encoded by the fiber that asks for it, so that what does not encode fails alone, and not the group
 * that it would be committed with.
 */
import { type AccountChange, accountChanges } from "../../core/account/AccountChange.ts"
import { attemptId, type TaskId } from "../../core/task/Identifiers.ts"
import type { LedgerEntry } from "../../core/task/Record.ts"
import type { Task } from "../../core/task/Task.ts"
import * as Codec from "./Codec.ts"
import * as EventRows from "./EventRows.ts"
import type * as Rows from "./Rows.ts"
import type { MailChange } from "./MailboxService.ts"
import type { AttentionChange, Change } from "./Store.ts"

/** A ledger row before it has its place in the stream, its event, and the escalation that may follow. */
export interface EncodedEntry {
  readonly row: Omit<Rows.TransitionRow, "seq">
  readonly event: EventRows.Unnumbered
  readonly escalated: EventRows.Unnumbered | null
}

export interface EncodedChange {
  readonly epoch: number | null
  readonly at: number
  readonly task: TaskId
  readonly expectedRevision: number
  /** Null where no entry changes the task. */
  readonly update: Rows.TaskUpdateRow | null
  readonly specs: ReadonlyArray<Rows.SpecRow>
  readonly entries: ReadonlyArray<EncodedEntry>
  readonly attempt: { readonly row: Rows.AttemptRow; readonly name: string; readonly isNew: boolean } | null
  readonly verification: Rows.VerificationRow | null
  /** What the entries mean to accounts. */
  readonly accounts: ReadonlyArray<AccountChange>
  /** Of the attempt and the verification. */
  readonly events: ReadonlyArray<EventRows.Unnumbered>
  readonly attention: ReadonlyArray<AttentionChange>
  readonly mail: MailChange | null
  /** Rows it writes, at most. */
  readonly weight: number
}

const entryOf = (entry: LedgerEntry, at: number): EncodedEntry => ({
  row: {
    task_id: entry.after.id,
    revision: entry.revision,
    event: Codec.write.event(entry.event),
    cause: entry.cause,
    at,
    from_stage: Codec.wireWord(entry.before.stage),
    stage_json: Codec.write.stage(entry.after.stage),
    execution: Codec.write.execution(entry.after.execution)
  },
  event: EventRows.transition(entry.after.id, at),
  escalated: EventRows.escalated(entry, at)
})

const specRows = (entries: ReadonlyArray<LedgerEntry>): ReadonlyArray<Rows.SpecRow> =>
  entries.flatMap(({ event, revision, after }) =>
    event._tag === "Respecified"
      ? [
          {
            task_id: after.id,
            revision,
            spec: Codec.write.spec(event.spec),
            flow: Codec.write.flow(event.flow),
            depends_on: Codec.write.dependsOn(event.dependsOn)
          }
        ]
      : []
  )

const updateOf = (task: Task, specs: ReadonlyArray<Rows.SpecRow>): Rows.TaskUpdateRow => ({
  id: task.id,
  revision: task.revision,
  visit: task.visit,
  stage_json: Codec.write.stage(task.stage),
  execution: Codec.write.execution(task.execution),
  facts: Codec.write.facts(task.facts),
  flow: Codec.write.flow(task.flow),
  depends_on: Codec.write.dependsOn(task.dependsOn),
  spec_revision: specs.at(-1)?.revision ?? null
})

/** The rows of a change, all but their numbers in the stream. */
export const encode = (change: Change): EncodedChange => {
  const { at, attention, attempt, recorded, verification } = change
  const specs = specRows(recorded.entries)
  const events: Array<EventRows.Unnumbered> = []
  if (attempt !== null && attempt.phase !== null) events.push(EventRows.attempt(attempt.record, attempt.phase, at))
  const verdict = verification === null ? null : EventRows.verification(verification, at)
  if (verdict !== null) events.push(verdict)
  const accounts = recorded.entries.flatMap(accountChanges)
  return {
    epoch: change.epoch,
    at,
    task: change.task,
    expectedRevision: change.expectedRevision,
    update: recorded.entries.length === 0 ? null : updateOf(recorded.task, specs),
    specs,
    entries: recorded.entries.map((entry) => entryOf(entry, at)),
    attempt:
      attempt === null
        ? null
        : {
            row: Codec.attemptRow(attempt.record),
            name: attemptId(attempt.record.task, attempt.record.attempt.number),
            isNew: attempt.phase === "created"
          },
    verification: verification === null ? null : Codec.verificationRow(verification),
    accounts,
    events,
    attention,
    mail: change.mail ?? null,
    weight:
      2 +
      3 * recorded.entries.length +
      2 * (accounts.length + attention.length + events.length) +
      (verification === null ? 0 : 1)
  }
}
