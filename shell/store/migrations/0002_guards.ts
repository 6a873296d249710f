/**
 * Schema 2: how every guard stood when it was looked at last, for the next start and for whoever asks while no
 * supervisor runs.
 */
export const statements: ReadonlyArray<string> = [
  `CREATE TABLE guards (
    key TEXT PRIMARY KEY,
    posture TEXT NOT NULL,
    reason TEXT NOT NULL,
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    override TEXT,
    since REAL NOT NULL,
    at REAL NOT NULL
  ) STRICT, WITHOUT ROWID`
]
