/**
 * Costs by account and batch as one statement, since the tasks of years need not leave the database to be added up.
 */

const nano = (usd: string): string => `CAST(${usd} * 1e9 + 0.5 AS INTEGER)`

/** As `accountOfAgent` of core, of the JSON of a definition. */
const accountOf = (definition: string): string => `coalesce(${definition} ->> '$.account', ${definition} ->> '$.name')`

const spent = nano(`(t.facts ->> '$.spentUsd')`)
const coder = accountOf(`(s.spec -> '$.agent')`)

/** The agent of an attempt's role, where it is another than the task's own; of JSON, null where there is none. */
const other = `(s.spec -> ('$.roleAgents.' || a.role))`

/** An attempt that is over, and has told no cost. */
const isUnheard = `(coalesce(a.outcome, 'LaunchFailed') <> 'LaunchFailed' AND a.progress ->> '$.costUsd' IS NULL)`

/** Which of the two leads is left to the database: of all tasks the specs, which are costly to look up one by one. */
const tasks = `tasks t JOIN task_specs s ON s.task_id = t.id AND s.revision = t.spec_revision`

/**
 * A part of a task's spend is a judgement, or an attempt of an agent that is not the task's own; the rest is its own
 * agent's. `upto`: what this part and those before it have cost. No part is more than what is left of the task's spend: each
 * is rounded for itself, and their sum may be a billionth too much.
 *
 * The last rule: where a judge did not say its cost, the agent may still have said all of its own. It is believed where
 * nothing else may be unknown, as landings are, whose judgements have no rows.
 */
const sql = (condition: string): string => `
  WITH verdict AS MATERIALIZED (
    SELECT v.task_id, v.run AS place, 1 AS is_judgement, t.batch_id, ${spent} AS spent, v.cost_usd IS NULL AS is_unknown,
      coalesce(${nano("v.cost_usd")}, 0) AS nano,
      coalesce(${accountOf(`(s.spec -> ('$.verify[' || v.position || '].definition'))`)}, ${coder}) AS account
    FROM ${tasks} CROSS JOIN verifications v ON v.task_id = t.id
    WHERE v.kind <> 'Run' AND v.ended_at IS NOT NULL AND ${condition}
    UNION ALL
    SELECT a.task_id, a.number, 0, t.batch_id, ${spent}, ${isUnheard},
      coalesce(${nano("(a.progress ->> '$.costUsd')")}, 0), ${accountOf(other)}
    FROM ${tasks} CROSS JOIN attempts a ON a.task_id = t.id
    WHERE a.mode <> 'VerifyOnly' AND ${other} IS NOT NULL AND ${condition}
  ), judgement AS MATERIALIZED (
    SELECT task_id, batch_id, account, is_judgement, is_unknown, min(upto, spent) - min(upto - nano, spent) AS nano
    FROM (SELECT *, sum(nano) OVER (PARTITION BY task_id ORDER BY is_judgement DESC, place) AS upto FROM verdict)
  ), judged AS MATERIALIZED (
    SELECT task_id, sum(nano) AS nano, max(is_unknown) AS is_unknown, sum(1 - is_judgement) AS attempts
    FROM judgement GROUP BY task_id
  ), share AS (
    SELECT account, batch_id, 0 AS tasks, 0 AS at_work, 1 - is_judgement AS attempts, is_judgement AS judgements, nano,
      is_unknown FROM judgement
    UNION ALL
    SELECT ${coder}, t.batch_id, 1, t.execution <> '{"_tag":"Idle"}',
      (SELECT count(*) FROM attempts a WHERE a.task_id = t.id AND a.mode <> 'VerifyOnly') - coalesce(j.attempts, 0),
      0, ${spent} - coalesce(j.nano, 0),
      t.facts ->> '$.hasUnknownCost' AND (
        coalesce(j.is_unknown, 0) = 0 OR t.flow ->> '$.merge' <> 'none' OR EXISTS (
          SELECT 1 FROM attempts a WHERE a.task_id = t.id AND a.mode <> 'VerifyOnly' AND ${other} IS NULL
            AND ${isUnheard}))
    FROM ${tasks} LEFT JOIN judged j ON j.task_id = t.id
    WHERE ${condition}
  ), total AS (
    SELECT account, batch_id, sum(tasks) AS tasks, sum(at_work) AS at_work, sum(attempts) AS attempts,
      sum(judgements) AS judgements, sum(nano) AS nano_usd, max(is_unknown) AS is_unknown
    FROM share GROUP BY batch_id, account
  )
  SELECT account, batch_id, path, tasks, at_work, attempts, judgements, nano_usd, is_unknown
  FROM total LEFT JOIN batches b ON b.id = batch_id ORDER BY batch_id, account`

/** Of all tasks, or of those of one batch. */
export const statement = (batch: number | null): { readonly sql: string; readonly params: ReadonlyArray<number> } =>
  batch === null ? { sql: sql("1"), params: [] } : { sql: sql("t.batch_id = ?"), params: [batch, batch, batch] }
