/**
 * The questions and writes of a driver as SQL over one connection: many rows a statement, since an Effect for each row
 * costs 3.5 times as much as one for a hundred.
 */
import type { Connection } from "@effect/sql/SqlConnection"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import {
  type Answer,
  type AttemptQuery,
  type Inspection,
  type Reads,
  type TaskQuery,
  type Transaction,
  heldStages,
  type Telling
} from "./Encoded.ts"
import type { Standing } from "./Store.ts"
import { failureOf } from "./SqlFailure.ts"
import * as SqlBoard from "./SqlBoard.ts"
import * as SqlCosts from "./SqlCosts.ts"
import * as SqlHookEvents from "./SqlHookEvents.ts"
import * as SqlMailbox from "./SqlMailbox.ts"
import * as SqlTallies from "./SqlTallies.ts"
import * as SqlWrites from "./SqlWrites.ts"

const taskColumns = `t.id, t.batch_id, t.revision, t.visit, s.spec, t.flow, t.depends_on, t.stage_json, t.execution, t.facts,
  t.created_at, s.flow AS submitted_flow`
const tasksFrom = `FROM tasks t JOIN task_specs s ON s.task_id = t.id AND s.revision = t.spec_revision`
const attemptColumns = `task_id, number, role, visit, feedback_number, mode, marker, agent, process, tree_before, tree_after, progress, created_at,
  started_at, ended_at, outcome, detail`

const openPipelines = new Set(["backlog", "coding", "qa", "merge"])

interface Statement {
  readonly sql: string
  readonly params: ReadonlyArray<unknown>
}

/** The JSON of an execution that does nothing, as it is always written. */
const idle = `'{"_tag":"Idle"}'`
const held = heldStages.map((stage) => `'${stage}'`).join(", ")

const tellingSql = `SELECT ${taskColumns} FROM (
    SELECT id, CASE WHEN execution <> ${idle} THEN 0 WHEN stage IN (${held}) THEN 1 WHEN is_open = 1 THEN 2 ELSE 3 END AS rank
    FROM tasks WHERE stage IS NOT 'archived' ORDER BY rank, id LIMIT ?
  ) x JOIN tasks t ON t.id = x.id JOIN task_specs s ON s.task_id = t.id AND s.revision = t.spec_revision
  ORDER BY x.rank, t.id`

const standingsSql = `SELECT stage, execution, count(*) AS count FROM (
    SELECT stage, CASE execution WHEN ${idle} THEN 'Idle' ELSE execution ->> '$._tag' END AS execution
    FROM tasks WHERE stage IS NOT 'archived'
  ) GROUP BY stage, execution ORDER BY stage, execution`

const taskStatement = (query: TaskQuery | Telling): Statement => {
  switch (query._tag) {
    case "Ids":
      return where(`t.id IN (SELECT value FROM json_each(?))`, [JSON.stringify(query.ids)])
    case "Open":
      return limited(where(`t.is_open = 1 AND t.id > ?`, [query.after]), query.limit)
    case "Filter":
      return filtered(query)
    case "Telling":
      return { sql: tellingSql, params: [query.limit] }
  }
}

const where = (condition: string, params: ReadonlyArray<unknown>): Statement => ({
  sql: `SELECT ${taskColumns} ${tasksFrom} WHERE ${condition} ORDER BY t.id`,
  params
})

const limited = ({ params, sql }: Statement, limit: number): Statement => ({
  sql: `${sql} LIMIT ?`,
  params: [...params, limit]
})

const filtered = (query: Extract<TaskQuery, { readonly _tag: "Filter" }>): Statement => {
  const conditions = ["1"]
  const params: Array<unknown> = []
  const and = (condition: string, ...values: ReadonlyArray<unknown>): void => {
    conditions.push(condition)
    params.push(...values)
  }
  if (query.ids !== null) and(`t.id IN (SELECT value FROM json_each(?))`, JSON.stringify(query.ids))
  if (query.batch !== null) and(`t.batch_id = ?`, query.batch)
  if (query.pipelines !== null) {
    and(`t.pipeline IN (SELECT value FROM json_each(?))`, JSON.stringify(query.pipelines))
    // Says what follows from the columns, so that the index over open tasks can be used.
    if (query.pipelines.every((pipeline) => openPipelines.has(pipeline))) and(`t.is_open = 1`)
  }
  if (query.doneBefore !== null) and(`t.done_at IS NOT NULL AND t.done_at <= ?`, query.doneBefore)
  if (query.after !== null) and(`t.id > ?`, query.after)
  const all = where(conditions.join(" AND "), params)
  return query.limit === null ? all : limited(all, query.limit)
}

const attemptStatement = (query: AttemptQuery): Statement => {
  switch (query._tag) {
    case "OfTask":
      return { sql: `SELECT ${attemptColumns} FROM attempts WHERE task_id = ? ORDER BY number`, params: [query.task] }
    case "Marker":
      return { sql: `SELECT ${attemptColumns} FROM attempts WHERE marker = ?`, params: [query.marker] }
    case "Session":
      return {
        sql: `SELECT ${attemptColumns} FROM attempts WHERE progress ->> '$.session' = ? ORDER BY created_at DESC LIMIT 1`,
        params: [query.session]
      }
    case "LatestOf":
      return {
        sql: `SELECT ${attemptColumns} FROM json_each(?) j JOIN attempts a ON a.task_id = j.value
          AND a.number = (SELECT max(number) FROM attempts WHERE task_id = j.value) ORDER BY a.task_id`,
        params: [JSON.stringify([...new Set(query.tasks)])]
      }
  }
}

const attentionColumns = `id, key, task_id, text, raised_at, acknowledged_at`
const deliveryColumns = `d.attention_id, d.channel, d.state, d.tries, d.failures, d.at, d.detail`

/** Answers over a connection; whoever holds it decides when they are of one moment. */
export const reads = (connection: Connection): Reads => {
  // The tables are STRICT, so a row has the types of its columns; what they mean is decoded by `Codec.ts`.
  const all = <Row>(sql: string, params: ReadonlyArray<unknown>): Answer<ReadonlyArray<Row>> =>
    Effect.mapError(connection.execute(sql, params, undefined), failureOf)
  const one = <Row>(sql: string, params: ReadonlyArray<unknown>): Answer<Row | null> =>
    Effect.map(all<Row>(sql, params), ([row]) => row ?? null)
  const set = (sql: string, values: ReadonlyArray<string>): Answer<ReadonlySet<string>> =>
    Effect.map(
      all<{ readonly name: string }>(sql, [JSON.stringify(values)]),
      (rows) => new Set(rows.map(({ name }) => name))
    )

  return {
    head: (tasks) =>
      Effect.map(
        all<{
          readonly id: number | null
          readonly revision: number | null
          readonly seq: number
          readonly epoch: number
        }>(headSql, [JSON.stringify(tasks)]),
        (rows) => {
          const revisions = new Map<number, number>()
          for (const { id, revision } of rows) if (id !== null && revision !== null) revisions.set(id, revision)
          return { seq: rows[0]?.seq ?? 0, epoch: rows[0]?.epoch ?? 0, revisions }
        }
      ),
    tasks: (query) => {
      const { params, sql } = taskStatement(query)
      return all(sql, params)
    },
    changed: (seq) =>
      all(
        `SELECT id, revision FROM tasks
         WHERE id IN (SELECT task_id FROM events WHERE seq > ? AND type = 'task.transition') ORDER BY id`,
        [seq]
      ),
    standings: Effect.suspend(() => all<Standing>(standingsSql, [])),
    costs: (batch) => {
      const { params, sql } = SqlCosts.statement(batch)
      return all(sql, params)
    },
    tallyRows: (query) => {
      const { params, sql } = SqlTallies.tasks(query)
      return all(sql, params)
    },
    verdicts: ({ from, to }) => all(SqlTallies.verdicts, [from, to]),
    retries: ({ from, to }) => all(SqlTallies.retries, [from, to]),
    origin: (task) =>
      one(
        `SELECT t.id, t.batch_id, t.upcoming, s.spec, s.flow, s.depends_on, t.created_at FROM tasks t
         JOIN task_specs s ON s.task_id = t.id AND s.revision = 0 WHERE t.id = ?`,
        [task]
      ),
    dependencies: (tasks) =>
      all(`SELECT id, depends_on FROM tasks WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`, [
        JSON.stringify(tasks)
      ]),
    tasksByKey: (keys) =>
      all(`SELECT id, key FROM tasks WHERE key IN (SELECT value FROM json_each(?)) ORDER BY id`, [
        JSON.stringify(keys)
      ]),
    attempts: (query) => {
      const { params, sql } = attemptStatement(query)
      return all(sql, params)
    },
    existingAttempts: (names) =>
      set(
        `SELECT j.value AS name FROM json_each(?) j
         WHERE EXISTS (SELECT 1 FROM attempts a WHERE a.task_id = CAST(j.value AS INTEGER)
           AND a.number = CAST(substr(j.value, instr(j.value, '.') + 1) AS INTEGER))`,
        names
      ),
    verifications: (task) => all(`SELECT * FROM verifications WHERE task_id = ? ORDER BY run`, [task]),
    transitions: (task) => all(`SELECT * FROM transitions WHERE task_id = ? ORDER BY revision`, [task]),
    events: (since, limit) =>
      all(
        `SELECT e.seq, e.type, e.at, e.task_id, e.body, l.event, l.cause, l.from_stage, l.stage_json, l.execution, t.upcoming
         FROM events e LEFT JOIN transitions l ON l.seq = e.seq LEFT JOIN tasks t ON t.id = e.task_id
         WHERE e.seq > ? ORDER BY e.seq LIMIT ?`,
        [since, limit]
      ),
    accounts: all(`SELECT id, window, pause FROM accounts ORDER BY id`, []),
    openAttention: all(`SELECT ${attentionColumns} FROM attention WHERE cleared_at IS NULL ORDER BY id`, []),
    openAttentionKeys: (keys) =>
      set(
        `SELECT key AS name FROM attention WHERE cleared_at IS NULL AND key IN (SELECT value FROM json_each(?))`,
        keys
      ),
    tellings: all(
      `SELECT ${deliveryColumns} FROM attention a JOIN tellings d ON d.attention_id = a.id
       WHERE a.cleared_at IS NULL ORDER BY d.attention_id, d.channel`,
      []
    ),
    tellingsBefore: (before) =>
      Effect.map(
        all<{ readonly count: number }>(`SELECT count(*) AS count FROM tellings WHERE ${SqlWrites.isPastTelling}`, [
          before
        ]),
        ([row]) => row?.count ?? 0
      ),
    guards: all(`SELECT * FROM guards ORDER BY key`, []),
    hookEvents: ({ limit, session, since }) =>
      session === null
        ? all(SqlHookEvents.after, [since, limit])
        : all(SqlHookEvents.ofSession, [session, since, limit]),
    staleHookEvents: ({ before, limit, most }) =>
      Effect.map(all<{ readonly id: number }>(SqlHookEvents.stale, [limit, before, most]), (rows) =>
        rows.map(({ id }) => id)
      ),
    commitments: ({ endedSince, ids, sessions, topics }) =>
      all(
        `SELECT * FROM commitments WHERE id IN (SELECT value FROM json_each(?))
         UNION SELECT * FROM commitments WHERE is_open = 1 AND topic IN (SELECT value FROM json_each(?))
         UNION SELECT * FROM commitments WHERE is_open = 1 AND session IN (SELECT value FROM json_each(?))
         UNION SELECT * FROM commitments WHERE ended_at >= ? AND topic IN (SELECT value FROM json_each(?)) ORDER BY id`,
        [JSON.stringify(ids), JSON.stringify(topics), JSON.stringify(sessions), endedSince, JSON.stringify(topics)]
      ),
    allCommitments: (ended) =>
      all(
        `SELECT * FROM commitments WHERE is_open = 1
         UNION SELECT * FROM (SELECT * FROM commitments WHERE is_open = 0 ORDER BY ended_at DESC, id DESC LIMIT ?) ORDER BY id`,
        [ended]
      ),
    openCommitments: Effect.map(
      one<{ readonly count: number }>(`SELECT count(*) AS count FROM commitments WHERE is_open = 1`, []),
      (row) => row?.count ?? 0
    ),
    unverified: (limit) =>
      all(`SELECT * FROM (SELECT * FROM unverified_claims ORDER BY id DESC LIMIT ?) ORDER BY id`, [limit]),
    lastHookEvent: (session) => one(SqlHookEvents.lastOfSession, [session]),
    mailbox: SqlMailbox.reads(connection),
    board: SqlBoard.reads(connection),
    newestBatch: (path) =>
      Effect.map(
        one<{ readonly id: number }>(`SELECT id FROM batches WHERE path = ? ORDER BY id DESC LIMIT 1`, [path]),
        (row) => Option.map(Option.fromNullable(row), ({ id }) => id)
      ),
    setting: (name) =>
      Effect.map(
        one<{ readonly value: string }>(`SELECT value FROM meta WHERE name = ?`, [name]),
        (row) => row?.value ?? null
      ),
    supervisor: one(`SELECT * FROM supervisors ORDER BY epoch DESC LIMIT 1`, []),
    supervisorOf: (epoch) => one(`SELECT * FROM supervisors WHERE epoch = ?`, [epoch]),
    // AUTOINCREMENT remembers the highest id that was ever given, also after a deletion.
    nextIds: Effect.map(
      all<{ readonly name: string; readonly seq: number }>(`SELECT name, seq FROM sqlite_sequence`, []),
      (rows) => {
        const next = (table: string) => (rows.find(({ name }) => name === table)?.seq ?? 0) + 1
        return {
          batch: next("batches"),
          task: next("tasks"),
          commitment: next("commitments"),
          hookEvent: next("hook_events")
        }
      }
    )
  }
}

const headSql = `
  SELECT t.id, t.revision, h.seq, h.epoch
  FROM (SELECT coalesce((SELECT max(seq) FROM events), 0) AS seq,
               coalesce((SELECT max(epoch) FROM supervisors), 0) AS epoch) h
  LEFT JOIN tasks t ON t.id IN (SELECT value FROM json_each(?))`

export const transaction = (connection: Connection, questions: Reads): Transaction => ({
  ...questions,
  write: SqlWrites.over(connection)
})

const valuesOf =
  (connection: Connection) =>
  (sql: string): Answer<ReadonlyArray<unknown>> =>
    Effect.map(Effect.mapError(connection.executeValues(sql, []), failureOf), (rows) => rows.map(([value]) => value))

/** Another number whenever another connection has committed (https://www.sqlite.org/pragma.html#pragma_data_version). */
export const theirs = (connection: Connection): Answer<string> =>
  Effect.map(valuesOf(connection)("PRAGMA data_version"), String)

/** What others have committed shows in the one number, what this connection has written in the other. */
export const version = (connection: Connection): Answer<string> =>
  Effect.zipWith(
    theirs(connection),
    valuesOf(connection)("SELECT total_changes()"),
    (theirs, own) => `${theirs}.${own}`
  )

/** For `doctor`: what the file says of itself, and what a quick check of it finds. */
export const inspect = (connection: Connection): Answer<Inspection> => {
  const values = valuesOf(connection)
  return Effect.gen(function* () {
    const [schema] = yield* values(`SELECT value FROM meta WHERE name = 'schema'`)
    const [pages] = yield* values(`PRAGMA page_count`)
    const [pageSize] = yield* values(`PRAGMA page_size`)
    const [journalMode] = yield* values(`PRAGMA journal_mode`)
    const [synchronous] = yield* values(`PRAGMA synchronous`)
    const found = yield* values(`PRAGMA quick_check(10)`)
    const broken = yield* values(
      `SELECT "table" || ' ' || coalesce(rowid, '') || ': no ' || parent FROM pragma_foreign_key_check LIMIT 10`
    )
    return {
      schema: Number(schema),
      bytes: Number(pages) * Number(pageSize),
      journalMode: String(journalMode),
      synchronous: Number(synchronous),
      problems: [...found.map(String).filter((text) => text !== "ok"), ...broken.map(String)]
    }
  })
}
