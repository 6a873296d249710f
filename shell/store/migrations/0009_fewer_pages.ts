/**
 * Schema 9: fewer pages for each hook event and each task.
 *
 * A group of events touches a page of an index for every session it is of, so that one index has to do both: it keeps an
 * event from being stored twice, and finds the events of a session. Events without a tool use are in it too; a null is
 * equal to no other, so that all of them are kept.
 *
 * A table that is its own index (`WITHOUT ROWID`) keeps a quarter of a page of a row and gives the rest a page of its own
 * (fileformat2.html, 1.6): a spec took more than a page, where two go on one.
 */
export const statements: ReadonlyArray<string> = [
  `DROP INDEX hook_events_session`,
  `DROP INDEX hook_events_tool`,
  `CREATE UNIQUE INDEX hook_events_session ON hook_events (session_id, tool_use_id, hook)`,
  `DROP INDEX attempts_session`,
  `CREATE INDEX attempts_session ON attempts (progress ->> '$.session') WHERE progress ->> '$.session' IS NOT NULL`,
  `CREATE TABLE new_task_specs (
    task_id INTEGER NOT NULL REFERENCES tasks (id),
    revision INTEGER NOT NULL,
    spec TEXT NOT NULL,
    flow TEXT NOT NULL,
    depends_on TEXT NOT NULL,
    UNIQUE (task_id, revision)
  ) STRICT`,
  `INSERT INTO new_task_specs SELECT task_id, revision, spec, flow, depends_on FROM task_specs ORDER BY task_id, revision`,
  `DROP TABLE task_specs`,
  `ALTER TABLE new_task_specs RENAME TO task_specs`
]
