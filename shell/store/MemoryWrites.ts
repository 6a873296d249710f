/**
 * Writes into tables in memory, refusing what the tables of a database refuse.
 */
import * as Either from "effect/Either"
import * as Projection from "../../core/stage/Projection.ts"
import * as Stage from "../../core/stage/Stage.ts"
import type { Writes } from "./Encoded.ts"
import * as MemoryMailbox from "./MemoryMailbox.ts"
import { type Derived, specKey, type Tables } from "./MemoryTables.ts"
import type * as Rows from "./Rows.ts"

/** What a database derives from the columns; an unknown stage is open. */
const derive = (row: { readonly stage_json: string; readonly execution: string }): Derived => {
  const stage = Stage.decode(JSON.parse(row.stage_json))
  if (Either.isLeft(stage)) return { pipeline: null, done_at: null, is_open: true }
  return {
    pipeline: Projection.pipeline(stage.right),
    done_at: stage.right._tag === "Done" ? stage.right.at : null,
    is_open: !Projection.isTerminal(stage.right) || !row.execution.startsWith(`{"_tag":"Idle"`)
  }
}

/** The rows in ascending order of their number, with that one in its place. */
const placed = <Row>(rows: ReadonlyArray<Row>, row: Row, number: (row: Row) => number): ReadonlyArray<Row> => {
  const at = rows.findIndex((each) => number(each) >= number(row))
  if (at === -1) return [...rows, row]
  return number(row) === number(rows[at] ?? row) ? rows.with(at, row) : rows.toSpliced(at, 0, row)
}

/** The marker of an attempt never changes, and no two have the same. */
const putAttempt = (tables: Tables, row: Rows.AttemptRow): string | null => {
  const rows = tables.attempts.get(row.task_id) ?? []
  const before = rows.find((each) => each.number === row.number)
  if (before === undefined) {
    if (tables.markers.has(row.marker)) return `two attempts with the marker ${row.marker}`
    tables.markers.set(row.marker, { task: row.task_id, number: row.number })
  }
  const kept = before === undefined ? row : { ...row, marker: before.marker }
  tables.attempts.set(
    row.task_id,
    placed(rows, kept, (each) => each.number)
  )
  return null
}

const noteProgress = (tables: Tables, { number, progress, task_id }: Rows.ProgressRow): void => {
  const rows = tables.attempts.get(task_id)
  if (rows === undefined) return
  tables.attempts.set(
    task_id,
    rows.map((row) => (row.number === number ? { ...row, progress } : row))
  )
}

/** What a database has unique indexes over. */
const hookEventKeys = ({ hook, session_id, source, tool_use_id }: Rows.NewHookEventRow): ReadonlyArray<string> => [
  ...(source === null ? [] : [JSON.stringify([source])]),
  ...(tool_use_id === null || session_id === null ? [] : [JSON.stringify([session_id, tool_use_id, hook])])
]

const keepHookEvent = (tables: Tables, row: Rows.NewHookEventRow): void => {
  const keys = hookEventKeys(row)
  if (keys.some((key) => tables.hookEventKeys.has(key))) return
  const id = (tables.highest.get("hookEvent") ?? 0) + 1
  tables.highest.set("hookEvent", id)
  tables.hookEvents.set(id, { ...row, id })
  for (const key of keys) tables.hookEventKeys.set(key, id)
}

const raise = (tables: Tables, { key, raised_at, task_id, text }: Rows.AttentionRow): void => {
  const id = (tables.highest.get("attention") ?? 0) + 1
  tables.highest.set("attention", id)
  tables.attention.set(key, { id, key, task_id, text, raised_at, acknowledged_at: null })
}

const forgetHookEvent = (tables: Tables, id: number): void => {
  const row = tables.hookEvents.get(id)
  if (row === undefined) return
  tables.hookEvents.delete(id)
  for (const key of hookEventKeys(row)) tables.hookEventKeys.delete(key)
}

const putCommitment = (tables: Tables, row: Rows.CommitmentRow): void => {
  const { opened_at, session, topic } = tables.commitments.get(row.id) ?? row
  tables.commitments.set(row.id, { ...row, opened_at, session, topic })
  tables.highest.set("commitment", Math.max(row.id, tables.highest.get("commitment") ?? 0))
}

const keepUnverified = (tables: Tables, row: Rows.NewUnverifiedRow): void => {
  const id = (tables.highest.get("unverified") ?? 0) + 1
  tables.highest.set("unverified", id)
  tables.unverified.set(id, { ...row, id })
}

const forgetClaims = (tables: Tables, before: number): void => {
  for (const { ended_at, id } of tables.commitments.values()) {
    if (ended_at !== null && ended_at < before) tables.commitments.delete(id)
  }
  for (const { at, id } of tables.unverified.values()) if (at < before) tables.unverified.delete(id)
}

/** Before that moment, of items that are over. */
export const tellingsBefore = (tables: Tables, before: number): ReadonlyArray<Rows.TellingRow> => {
  const open = new Set(tables.attention.values().map(({ id }) => id))
  return tables.tellings.values().filter(({ at, attention_id }) => at < before && !open.has(attention_id))
}

/** Writes all; answers what is refused, or null. What was written until then is the caller's to undo. */
export const write = (tables: Tables, rows: Writes): string | null => {
  for (const { at, id, path } of rows.batches ?? []) {
    tables.batches.set(id, { id, path, at })
    tables.highest.set("batch", id)
  }
  for (const row of rows.newTasks ?? []) {
    tables.tasks.set(row.id, { ...row, ...derive(row), revision: 0, spec_revision: 0, visit: 1 })
    tables.highest.set("task", row.id)
  }
  for (const row of rows.specs ?? []) tables.specs.set(specKey(row.task_id, row.revision), row)
  for (const row of rows.tasks ?? []) {
    const before = tables.tasks.get(row.id)
    if (before === undefined) continue
    const spec_revision = row.spec_revision ?? before.spec_revision
    tables.tasks.set(row.id, { ...before, ...row, ...derive(row), spec_revision })
  }
  for (const row of rows.transitions ?? []) {
    tables.transitionsBySeq.set(row.seq, row)
    tables.transitions.set(row.task_id, [...(tables.transitions.get(row.task_id) ?? []), row])
  }
  for (const row of rows.events ?? []) {
    tables.events.set(row.seq, row)
    tables.highest.set("seq", row.seq)
  }
  for (const row of rows.attempts ?? []) {
    const refused = putAttempt(tables, row)
    if (refused !== null) return refused
  }
  for (const row of rows.progress ?? []) noteProgress(tables, row)
  for (const row of rows.verifications ?? []) {
    const before = tables.verifications.get(row.task_id) ?? []
    tables.verifications.set(
      row.task_id,
      placed(before, row, (each) => each.run)
    )
  }
  for (const row of rows.accounts ?? []) tables.accounts.set(row.id, row)
  for (const change of rows.attention ?? []) {
    if (change._tag === "Raise") raise(tables, change)
    else tables.attention.delete(change.key)
  }
  for (const { at, id } of rows.acknowledged ?? []) {
    const row = tables.attention.values().find((each) => each.id === id)
    if (row !== undefined && row.acknowledged_at === null) {
      tables.attention.set(row.key, { ...row, acknowledged_at: at })
    }
  }
  for (const row of rows.tellings ?? []) tables.tellings.set(`${row.attention_id}/${row.channel}`, row)
  for (const { attention_id, channel } of tellingsBefore(tables, rows.tellingsBefore ?? Number.NEGATIVE_INFINITY)) {
    tables.tellings.delete(`${attention_id}/${channel}`)
  }
  for (const { name, value } of rows.settings ?? []) tables.settings.set(name, value)
  for (const row of rows.supervisors ?? []) {
    tables.supervisors.set(row.epoch, row)
    tables.highest.set("epoch", Math.max(row.epoch, tables.highest.get("epoch") ?? 0))
  }
  for (const row of rows.guards ?? []) tables.guards.set(row.key, row)
  for (const row of rows.hookEvents ?? []) keepHookEvent(tables, row)
  for (const id of rows.goneHookEvents ?? []) forgetHookEvent(tables, id)
  for (const row of rows.commitments ?? []) putCommitment(tables, row)
  for (const row of rows.unverified ?? []) keepUnverified(tables, row)
  if (rows.claimsBefore !== undefined) forgetClaims(tables, rows.claimsBefore)
  return MemoryMailbox.write(tables, rows)
}
