/** The answers for those who look, as statements that each take milliseconds: by keys and ranges of keys alone. */
import type { Connection } from "@effect/sql/SqlConnection"
import * as Effect from "effect/Effect"
import type { BoardReads } from "./BoardTables.ts"
import type { Answer } from "./DriverFailure.ts"
import { failureOf } from "./SqlFailure.ts"

const runColumns = `task_id, run, attempt, position, kind, title, digest, started_at, ended_at, verdict, detail, tree, cost_usd`

const nano = (usd: string): string => `CAST(coalesce(${usd}, 0) * 1e9 + 0.5 AS INTEGER)`
const accountOf = (definition: string): string => `coalesce(${definition} ->> '$.account', ${definition} ->> '$.name')`
const coder = accountOf(`(s.spec -> '$.agent')`)
const hour = (at: string): string => `CAST(${at} / 3600000 AS INTEGER) * 3600000`

const attempt = `CAST(substr(e.body ->> '$.attempt_id', instr(e.body ->> '$.attempt_id', '.') + 1) AS INTEGER)`

/** An event does not name its run: it is found by what it says of it. */
const position = `(SELECT v.position FROM verifications v WHERE v.task_id = e.task_id AND v.attempt = ${attempt}
  AND v.kind = e.body ->> '$.kind' AND v.cost_usd IS e.body ->> '$.cost_usd' AND v.verdict = e.body ->> '$.verdict'
  ORDER BY v.run LIMIT 1)`

/** Of whose agent an attempt is, and of whose a judgement, as `SqlCosts.ts` has it. */
const spendSql = `
  WITH ended AS MATERIALIZED (
    SELECT seq, at, task_id, type, body FROM events
    WHERE seq > ? AND seq <= ? AND (type = 'task.verification' OR (type = 'task.attempt' AND body ->> '$.phase' = 'ended'))
  ), part AS (
    SELECT ${hour("e.at")} AS hour, coalesce(${accountOf(`(s.spec -> ('$.roleAgents.' || a.role))`)}, ${coder}) AS account,
      ${nano(`(a.progress ->> '$.costUsd')`)} AS nano, 1 AS attempts,
      coalesce(a.outcome, 'LaunchFailed') <> 'LaunchFailed' AND a.progress ->> '$.costUsd' IS NULL AS is_unknown
    FROM ended e JOIN attempts a ON a.task_id = e.task_id
      AND a.number = ${attempt}
    JOIN tasks t ON t.id = e.task_id JOIN task_specs s ON s.task_id = t.id AND s.revision = t.spec_revision
    WHERE e.type = 'task.attempt' AND a.mode <> 'VerifyOnly'
    UNION ALL
    SELECT ${hour("e.at")}, coalesce(${accountOf(`(s.spec -> ('$.verify[' || ${position} || '].definition'))`)}, ${coder}),
      ${nano(`(e.body ->> '$.cost_usd')`)}, 0, e.body ->> '$.cost_usd' IS NULL
    FROM ended e JOIN tasks t ON t.id = e.task_id JOIN task_specs s ON s.task_id = t.id AND s.revision = t.spec_revision
    WHERE e.type = 'task.verification' AND e.body ->> '$.kind' <> 'Run'
  )
  SELECT hour, account, sum(nano) AS nano_usd, sum(attempts) AS attempts, max(is_unknown) AS is_unknown
  FROM part GROUP BY hour, account ORDER BY hour, account`

export const reads = (connection: Connection): BoardReads => {
  const all = <Row>(sql: string, params: ReadonlyArray<unknown>): Answer<ReadonlyArray<Row>> =>
    Effect.mapError(connection.execute(sql, params, undefined), failureOf)
  const last = Number.MAX_SAFE_INTEGER
  return {
    batches: (limit) =>
      all(`SELECT id, path, at FROM (SELECT * FROM batches ORDER BY id DESC LIMIT ?) ORDER BY id`, [limit]),
    // Rows are wide: what is sorted is their ids alone.
    tasksOf: (batch, limit) =>
      Effect.map(
        all<{ readonly id: number }>(`SELECT id FROM tasks WHERE batch_id = ? ORDER BY id LIMIT ?`, [batch, limit]),
        (rows) => rows.map(({ id }) => id)
      ),
    changedIn: ({ from, to }) =>
      Effect.map(
        all<{ readonly task_id: number }>(
          `SELECT DISTINCT task_id FROM events WHERE seq > ? AND seq <= ? AND type = 'task.transition' ORDER BY task_id`,
          [from, to]
        ),
        (rows) => rows.map(({ task_id }) => task_id)
      ),
    // Within a task revisions have the order of their events, and there is an index by revision.
    transitions: ({ before, limit, task }) =>
      all(`SELECT * FROM transitions WHERE task_id = ? AND seq < ? ORDER BY revision DESC LIMIT ?`, [
        task,
        before ?? last,
        limit
      ]),
    attempts: ({ before, limit, task }) =>
      all(
        `SELECT task_id, number, role, visit, feedback_number, mode, marker, agent, process, tree_before, tree_after, progress,
           created_at, started_at, ended_at, outcome, detail
         FROM attempts WHERE task_id = ? AND number < ? ORDER BY number DESC LIMIT ?`,
        [task, before ?? last, limit]
      ),
    runs: ({ from, task, to }, limit) =>
      all(
        `SELECT * FROM (SELECT ${runColumns}, NULL AS output, output IS NOT NULL AS has_output FROM verifications
         WHERE task_id = ? AND attempt >= ? AND attempt <= ? ORDER BY run DESC LIMIT ?) ORDER BY run`,
        [task, from, to, limit]
      ),
    run: (task, run) =>
      Effect.map(
        all<Effect.Effect.Success<ReturnType<BoardReads["run"]>>>(
          `SELECT ${runColumns}, output FROM verifications WHERE task_id = ? AND run = ?`,
          [task, run]
        ),
        ([row]) => row ?? null
      ),
    spend: ({ from, to }) => all(spendSql, [from, to]),
    eventAt: (seq) =>
      Effect.map(all<{ readonly at: number }>(`SELECT at FROM events WHERE seq = ?`, [seq]), ([row]) => row?.at ?? null)
  }
}
