/**
 * What is counted for metrics, as statements that add up inside the database: by ranges of ids and events, so that each
 * takes milliseconds.
 */
import type { TallyQuery } from "./Encoded.ts"

/** As `nanoOf` of `CostShare.ts`. */
const nano = `CAST((facts ->> '$.spentUsd') * 1e9 + 0.5 AS INTEGER)`

/** All that the state of a task, and whether it has an agent, depends on. */
const kind = `json_array(stage, stage_json ->> '$.from', stage_json ->> '$.kind._tag', stage_json ->> '$.kind.step',
  execution ->> '$._tag', execution ->> '$.mode', execution ->> '$.subject._tag', execution ->> '$.carrier._tag')`

const columns = `SELECT id, ${kind} AS kind, ${nano} AS nano_usd FROM tasks`

export const tasks = (query: TallyQuery): { readonly sql: string; readonly params: ReadonlyArray<number> } => {
  switch (query._tag) {
    case "After":
      return { sql: `${columns} WHERE id > ? ORDER BY id LIMIT ?`, params: [query.id, query.limit] }
    case "ChangedIn":
      return {
        sql: `${columns} WHERE id IN (
          SELECT task_id FROM events WHERE seq > ? AND seq <= ? AND type = 'task.transition') ORDER BY id`,
        params: [query.from, query.to]
      }
  }
}

/** Counted by their events: a row of a verification is written before there is a verdict, its event is not. */
export const verdicts = `
  SELECT body ->> '$.kind' AS kind, body ->> '$.verdict' AS verdict, count(*) AS count FROM events
  WHERE seq > ? AND seq <= ? AND type = 'task.verification' GROUP BY 1, 2 ORDER BY 1, 2`

/**
 * The attempt before that one of the same agent's work: attempts that only verify are left out, and a reminder takes up no work
 * that was not enough. What became of it is known
 * by then, for it was over before this one was created, so that the same attempt is always counted alike.
 */
export const retries = `
  WITH created AS MATERIALIZED (
    SELECT a.task_id, a.number, a.role, a.visit, a.feedback_number, a.mode, (
      SELECT max(b.number) FROM attempts b
      WHERE b.task_id = a.task_id AND b.number < a.number AND b.mode <> 'VerifyOnly') AS before
    FROM events e JOIN attempts a ON a.task_id = e.task_id
      AND a.number = CAST(substr(e.body ->> '$.attempt_id', instr(e.body ->> '$.attempt_id', '.') + 1) AS INTEGER)
    WHERE e.seq > ? AND e.seq <= ? AND e.type = 'task.attempt' AND e.body ->> '$.phase' = 'created'
      AND a.mode NOT IN ('VerifyOnly', 'Nudge') AND a.number > 1
  )
  SELECT CASE
      WHEN c.mode = 'CommitOnly' THEN 'Uncommitted'
      WHEN p.outcome = 'Clean' OR EXISTS (
        SELECT 1 FROM verifications v WHERE v.task_id = c.task_id AND v.attempt >= c.before AND v.attempt < c.number
          AND v.verdict IN ('FAIL', 'ERROR', 'TIMEOUT')) THEN 'Verdict'
      WHEN p.outcome = 'Stopped' THEN p.detail
      ELSE p.outcome END AS cause, count(*) AS count
  FROM created c JOIN attempts p ON p.task_id = c.task_id AND p.number = c.before
  WHERE p.role = c.role AND p.visit = c.visit AND p.feedback_number = c.feedback_number
  GROUP BY 1 ORDER BY 1`
