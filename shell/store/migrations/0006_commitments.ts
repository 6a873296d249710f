/**
 * Schema 6: what agents promised and what became of it, what they said was done and nothing showed, and the attempt of a
 * session.
 */
export const statements: ReadonlyArray<string> = [
  // AUTOINCREMENT: what was pruned gives its id to nobody.
  `CREATE TABLE commitments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    session TEXT,
    is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    opened_at REAL NOT NULL,
    ended_at REAL,
    body TEXT NOT NULL
  ) STRICT`,
  `CREATE INDEX commitments_topic ON commitments (topic) WHERE is_open = 1`,
  `CREATE INDEX commitments_session ON commitments (session) WHERE is_open = 1`,
  `CREATE TABLE unverified_claims (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    session TEXT,
    body TEXT NOT NULL
  ) STRICT`,
  `CREATE INDEX attempts_session ON attempts (progress ->> '$.session')`
]
