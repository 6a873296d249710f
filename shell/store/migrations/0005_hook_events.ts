/**
 * Schema 5: what the agents' programs tell by their hooks. `hook_events (id, session_id, hook, tool_name, tool_use_id, cwd,
 * payload, at)` is stable for users; `source` is not.
 */
export const statements: ReadonlyArray<string> = [
  // AUTOINCREMENT: what was pruned gives its id to nobody.
  `CREATE TABLE hook_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT,
    hook TEXT NOT NULL,
    tool_name TEXT,
    tool_use_id TEXT,
    cwd TEXT,
    payload TEXT NOT NULL,
    at REAL NOT NULL,
    source TEXT
  ) STRICT`,
  // The same event may come again, over the same way or another one: it is there once.
  `CREATE UNIQUE INDEX hook_events_source ON hook_events (source) WHERE source IS NOT NULL`,
  `CREATE UNIQUE INDEX hook_events_tool ON hook_events (session_id, tool_use_id, hook) WHERE tool_use_id IS NOT NULL`,
  `CREATE INDEX hook_events_session ON hook_events (session_id, id)`
]
