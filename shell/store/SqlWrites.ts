/**
 * Rows into tables, many a statement. The statements come in a few sizes, so that each is prepared once.
 *
 * One that fails (`OR FAIL`) keeps the rows it has written, which go with the whole transaction. To undo the statement
 * alone SQLite would copy every page it changes.
 */
import type { Connection } from "@effect/sql/SqlConnection"
import * as Effect from "effect/Effect"
import type { Answer, Writes } from "./Encoded.ts"
import type { DeliveryRow, EndedRow, MessageRow, SessionRow, SettledRow } from "./MailboxRows.ts"
import type * as Rows from "./Rows.ts"
import { forgetMail } from "./SqlMailbox.ts"
import { failureOf } from "./SqlFailure.ts"

type Value = string | number | null
type Columns<Row> = { readonly [Column in keyof Row]: Value }

/** Rows a statement, largest first; a list is cut greedily, so that any list takes few. */
const sizes = [64, 32, 16, 8, 4, 2, 1] as const

/** A statement for each size, and the values of a row in the order of its columns. */
interface Bulk<Row> {
  readonly texts: ReadonlyArray<{ readonly size: number; readonly sql: string }>
  readonly append: (values: Array<Value>, row: Row) => void
}

const bulk = <Row extends Columns<Row>>(
  columns: ReadonlyArray<keyof Row & string>,
  text: (columns: string, rows: string) => string
): Bulk<Row> => {
  const row = `(${columns.map(() => "?").join(",")})`
  return {
    texts: sizes.map((size) => ({ size, sql: text(columns.join(", "), Array(size).fill(row).join(",")) })),
    append: (values, row) => {
      for (const column of columns) values.push(row[column])
    }
  }
}

const insert = <Row extends Columns<Row>>(
  table: string,
  columns: ReadonlyArray<keyof Row & string>,
  conflict = ""
): Bulk<Row> => bulk(columns, (names, rows) => `INSERT OR FAIL INTO ${table} (${names}) VALUES ${rows} ${conflict}`)

/** Inserted, or all replaced but its key and what never changes. */
const upsert = <Row extends Columns<Row>>(
  table: string,
  key: ReadonlyArray<keyof Row & string>,
  columns: ReadonlyArray<keyof Row & string>,
  unchanging: ReadonlyArray<keyof Row & string> = []
): Bulk<Row> => {
  const rest = columns.map((column) => `${column} = excluded.${column}`).join(", ")
  const all = [...key, ...unchanging, ...columns]
  return insert(table, all, `ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${rest}`)
}

const batches = insert<NonNullable<Writes["batches"]>[number]>("batches", ["id", "path", "at"])
const newTasks = bulk<Rows.NewTaskRow>(
  ["id", "batch_id", "key", "name", "upcoming", "stage_json", "execution", "facts", "flow", "depends_on", "created_at"],
  (names, rows) =>
    `WITH v (${names}) AS (VALUES ${rows})
     INSERT OR FAIL INTO tasks (${names}, revision, spec_revision, visit) SELECT ${names}, 0, 0, 1 FROM v`
)
const specs = insert<Rows.SpecRow>("task_specs", ["task_id", "revision", "spec", "flow", "depends_on"])
const tasks = bulk<Rows.TaskUpdateRow>(
  ["id", "revision", "visit", "stage_json", "execution", "facts", "flow", "depends_on", "spec_revision"],
  (names, rows) =>
    `WITH v (${names}) AS (VALUES ${rows})
     UPDATE OR FAIL tasks SET revision = v.revision, visit = v.visit, stage_json = v.stage_json, execution = v.execution,
       facts = v.facts, flow = v.flow, depends_on = v.depends_on,
       spec_revision = coalesce(v.spec_revision, tasks.spec_revision)
     FROM v WHERE tasks.id = v.id`
)
const transitions = insert<Rows.TransitionRow>("transitions", [
  "seq",
  "task_id",
  "revision",
  "event",
  "cause",
  "at",
  "from_stage",
  "stage_json",
  "execution"
])
const events = insert<Rows.NewEventRow>("events", ["seq", "type", "at", "task_id", "body"])
const attempts = upsert<Rows.AttemptRow>(
  "attempts",
  ["task_id", "number"],
  [
    "role",
    "visit",
    "feedback_number",
    "mode",
    "agent",
    "process",
    "tree_before",
    "tree_after",
    "progress",
    "created_at",
    "started_at",
    "ended_at",
    "outcome",
    "detail"
  ],
  // Its index is in random order: writing it anew would touch a page of its own for every attempt.
  ["marker"]
)
const progress = bulk<Rows.ProgressRow>(
  ["task_id", "number", "progress"],
  (names, rows) =>
    `WITH v (${names}) AS (VALUES ${rows})
     UPDATE OR FAIL attempts SET progress = v.progress FROM v WHERE attempts.task_id = v.task_id AND attempts.number = v.number`
)
const verifications = upsert<Rows.VerificationRow>(
  "verifications",
  ["task_id", "run"],
  [
    "attempt",
    "position",
    "kind",
    "title",
    "digest",
    "started_at",
    "ended_at",
    "verdict",
    "detail",
    "tree",
    "output",
    "cost_usd"
  ]
)
const accounts = upsert<Rows.AccountRow>("accounts", ["id"], ["window", "pause"])
const settings = upsert<NonNullable<Writes["settings"]>[number]>("meta", ["name"], ["value"])
const supervisors = upsert<Rows.SupervisorRow>(
  "supervisors",
  ["epoch"],
  ["host", "pid", "started_at", "heartbeat_at", "ended_at"]
)
const guards = upsert<Rows.GuardRow>("guards", ["key"], ["posture", "reason", "is_on", "override", "since", "at"])
const hookEvents = insert<Rows.NewHookEventRow>(
  "hook_events",
  ["session_id", "hook", "tool_name", "tool_use_id", "cwd", "payload", "at", "source"],
  "ON CONFLICT DO NOTHING"
)
const newMessages = insert<MessageRow>("messages", [
  "id",
  "role",
  "sender",
  "body",
  "hop",
  "at",
  "task_id",
  "attempt",
  "visit",
  "state",
  "delivery",
  "settled_at"
])
const deliveries = upsert<DeliveryRow>(
  "deliveries",
  ["id"],
  ["role", "session", "at", "hop", "chain", "printed", "confirmed_at", "ended_at", "said"]
)
const settledMessages = bulk<SettledRow>(
  ["id", "state", "delivery", "settled_at"],
  (names, rows) =>
    `WITH v (${names}) AS (VALUES ${rows})
     UPDATE OR FAIL messages SET state = v.state, delivery = v.delivery, settled_at = v.settled_at
     FROM v WHERE messages.id = v.id AND messages.state = 'waiting'`
)
const endedDeliveries = bulk<EndedRow>(
  ["id", "ended_at"],
  (names, rows) =>
    `WITH v (${names}) AS (VALUES ${rows})
     UPDATE OR FAIL deliveries SET ended_at = v.ended_at FROM v JOIN messages m ON m.id = v.id
     WHERE deliveries.id = m.delivery AND deliveries.ended_at IS NULL`
)
const sessions = upsert<SessionRow>(
  "sessions",
  ["session"],
  ["role", "bound", "at", "cwd", "process", "spoken_at", "ended_at"]
)
const forget = `DELETE FROM hook_events WHERE id IN (SELECT value FROM json_each(?))`
const commitments = upsert<Rows.CommitmentRow>(
  "commitments",
  ["id"],
  ["is_open", "ended_at", "body"],
  ["topic", "session", "opened_at"]
)
const unverified = insert<Rows.NewUnverifiedRow>("unverified_claims", ["at", "session", "body"])
const forgetClaims = [
  `DELETE FROM commitments WHERE is_open = 0 AND ended_at < ?`,
  `DELETE FROM unverified_claims WHERE at < ?`
]
const raise = insert<Rows.AttentionRow>("attention", ["key", "task_id", "text", "raised_at"])
const clear = `UPDATE attention SET cleared_at = ? WHERE key = ? AND cleared_at IS NULL`
const acknowledge = `UPDATE attention SET acknowledged_at = ? WHERE id = ? AND cleared_at IS NULL AND acknowledged_at IS NULL`
const tellings = upsert<Rows.TellingRow>(
  "tellings",
  ["attention_id", "channel"],
  ["state", "tries", "failures", "at", "detail"]
)
/** Takes a moment. */
export const isPastTelling = "at < ? AND attention_id IN (SELECT id FROM attention WHERE cleared_at IS NOT NULL)"
const forgetTellings = `DELETE FROM tellings WHERE ${isPastTelling}`

/** Writes over a connection that is in a transaction. */
export const over = (connection: Connection): ((rows: Writes) => Answer<void>) => {
  const run = (sql: string, values: ReadonlyArray<Value>): Answer<void> =>
    Effect.asVoid(Effect.mapError(connection.executeRaw(sql, values), failureOf))

  const all = <Row>({ append, texts }: Bulk<Row>, rows: ReadonlyArray<Row> = []): ReadonlyArray<Answer<void>> => {
    const statements: Array<Answer<void>> = []
    let values: Array<Value> = []
    let done = 0
    for (const { size, sql } of texts) {
      for (; rows.length - done >= size; done += size) {
        for (const row of rows.slice(done, done + size)) append(values, row)
        statements.push(run(sql, values))
        values = []
      }
    }
    return statements
  }
  const attend = (changes: Writes["attention"] = []): ReadonlyArray<Answer<void>> =>
    changes.flatMap((change) =>
      change._tag === "Raise" ? all(raise, [change]) : [run(clear, [change.at, change.key])]
    )

  const forgetting = (statements: ReadonlyArray<string>, before?: number): ReadonlyArray<Answer<void>> =>
    before === undefined ? [] : statements.map((sql) => run(sql, [before]))

  return (rows) =>
    Effect.suspend(() =>
      Effect.all(
        [
          ...all(batches, rows.batches),
          ...all(newTasks, rows.newTasks),
          ...all(specs, rows.specs),
          ...all(tasks, rows.tasks),
          ...all(transitions, rows.transitions),
          ...all(events, rows.events),
          ...all(attempts, rows.attempts),
          ...all(progress, rows.progress),
          ...all(verifications, rows.verifications),
          ...all(accounts, rows.accounts),
          ...attend(rows.attention),
          ...(rows.acknowledged ?? []).map(({ at, id }) => run(acknowledge, [at, id])),
          ...all(tellings, rows.tellings),
          ...all(settings, rows.settings),
          ...all(supervisors, rows.supervisors),
          ...all(guards, rows.guards),
          ...all(hookEvents, rows.hookEvents),
          ...all(newMessages, rows.newMessages),
          ...all(deliveries, rows.deliveries),
          ...all(settledMessages, rows.settledMessages),
          ...all(endedDeliveries, rows.endedDeliveries),
          ...all(sessions, rows.sessions),
          ...forgetting(forgetMail, rows.mailBefore),
          ...forgetting([forgetTellings], rows.tellingsBefore),
          ...(rows.goneHookEvents === undefined ? [] : [run(forget, [JSON.stringify(rows.goneHookEvents)])]),
          ...all(commitments, rows.commitments),
          ...all(unverified, rows.unverified),
          ...forgetting(forgetClaims, rows.claimsBefore)
        ],
        { discard: true }
      )
    )
}
