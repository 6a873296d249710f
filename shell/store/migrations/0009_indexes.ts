/**
 * Schema 9: fewer pages for each hook event. A group of events touches a page of an index for every session it is of, so
 * that one index has to do both: it keeps an event from being stored twice, and finds the events of a session. Events
 * without a tool use are in it too; a null is equal to no other, so that all of them are kept.
 */
export const statements: ReadonlyArray<string> = [
  `DROP INDEX hook_events_session`,
  `DROP INDEX hook_events_tool`,
  `CREATE UNIQUE INDEX hook_events_session ON hook_events (session_id, tool_use_id, hook)`,
  `DROP INDEX attempts_session`,
  `CREATE INDEX attempts_session ON attempts (progress ->> '$.session') WHERE progress ->> '$.session' IS NOT NULL`
]
