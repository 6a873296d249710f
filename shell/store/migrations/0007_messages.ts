/**
 * Schema 7: the mailbox of long-lived sessions: who holds which role, what was sent, and which delivery each message is in.
 */
export const statements: ReadonlyArray<string> = [
  `CREATE TABLE sessions (
    session TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    -- Of the sessions of a role the one with the highest has it.
    bound INTEGER NOT NULL UNIQUE,
    at REAL NOT NULL,
    cwd TEXT,
    process TEXT,
    spoken_at REAL,
    ended_at REAL
  ) STRICT, WITHOUT ROWID`,
  `CREATE INDEX sessions_role ON sessions (role, bound)`,

  `CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    role TEXT NOT NULL,
    session TEXT NOT NULL,
    at REAL NOT NULL,
    hop INTEGER NOT NULL,
    chain INTEGER NOT NULL,
    printed INTEGER NOT NULL,
    confirmed_at REAL,
    ended_at REAL,
    said TEXT
  ) STRICT`,
  `CREATE INDEX deliveries_session ON deliveries (session, at, id)`,
  `CREATE INDEX deliveries_unseen ON deliveries (role, id) WHERE confirmed_at IS NULL`,

  // One column for the delivery: a message that is in two of them can not be written down.
  `CREATE TABLE messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    sender TEXT NOT NULL,
    body TEXT NOT NULL,
    hop INTEGER NOT NULL,
    at REAL NOT NULL,
    task_id INTEGER REFERENCES tasks (id),
    attempt INTEGER,
    visit INTEGER,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'withdrawn', 'expired')),
    delivery INTEGER REFERENCES deliveries (id),
    settled_at REAL,
    CHECK ((state = 'delivered') = (delivery IS NOT NULL)),
    CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CHECK ((task_id IS NULL) = (attempt IS NULL) AND (task_id IS NULL) = (visit IS NULL))
  ) STRICT`,
  `CREATE INDEX messages_waiting ON messages (role, seq) WHERE state = 'waiting'`,
  `CREATE INDEX messages_delivery ON messages (delivery) WHERE delivery IS NOT NULL`,
  `CREATE INDEX messages_task ON messages (task_id, attempt) WHERE task_id IS NOT NULL`,
  // What rates are counted by.
  `CREATE INDEX messages_role_at ON messages (role, at) WHERE task_id IS NULL`,
  `CREATE INDEX messages_sender_at ON messages (sender, at) WHERE task_id IS NULL`
]
