/**
 * Schema 1. Columns that can be derived are derived by the database, so that they can not disagree with what they are
 * derived from.
 */

/** The wire word of the stage that a hold holds: Frozen may hold Blocked, and nothing nests deeper. */
const held = `
  CASE stage_json ->> '$.stage'
    WHEN 'blocked' THEN stage_json ->> '$.resumeTo.stage'
    WHEN 'frozen' THEN CASE stage_json ->> '$.resumeTo.stage'
      WHEN 'blocked' THEN stage_json ->> '$.resumeTo.resumeTo.stage'
      ELSE stage_json ->> '$.resumeTo.stage' END
    ELSE stage_json ->> '$.stage' END`

/** As `pipeline` of core's `Projection.ts`; an unknown word has none. */
const pipeline = `
  CASE ${held}
    WHEN 'upcoming' THEN 'backlog'
    WHEN 'backlog' THEN 'backlog'
    WHEN 'coding' THEN 'coding'
    WHEN 'qa' THEN 'qa'
    WHEN 'review_hold' THEN 'qa'
    WHEN 'merge' THEN 'merge'
    WHEN 'merge_failure' THEN 'merge'
    WHEN 'merge_failure_final' THEN 'merge'
    WHEN 'done' THEN 'done'
    WHEN 'abandoned' THEN 'closed'
    WHEN 'superseded' THEN 'closed'
    WHEN 'rejected' THEN 'closed'
    WHEN 'archived' THEN 'archived' END`

/** As `status` of core's `Projection.ts`. */
const status = `
  CASE stage_json ->> '$.stage'
    WHEN 'upcoming' THEN 'active'
    WHEN 'backlog' THEN 'active'
    WHEN 'coding' THEN 'active'
    WHEN 'qa' THEN 'active'
    WHEN 'merge' THEN 'active'
    WHEN 'archived' THEN 'active'
    WHEN 'review_hold' THEN 'review-hold'
    WHEN 'merge_failure' THEN 'merge-failure'
    WHEN 'merge_failure_final' THEN 'merge-failure-final'
    WHEN 'blocked' THEN 'blocked'
    WHEN 'frozen' THEN 'frozen'
    WHEN 'done' THEN 'done'
    WHEN 'abandoned' THEN 'abandoned'
    WHEN 'superseded' THEN 'superseded'
    WHEN 'rejected' THEN 'rejected' END`

export const statements: ReadonlyArray<string> = [
  `CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE supervisors (
    epoch INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started_at REAL NOT NULL,
    heartbeat_at REAL NOT NULL,
    ended_at REAL
  ) STRICT`,

  `CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    limited_until REAL,
    canary TEXT,
    ramp INTEGER
  ) STRICT, WITHOUT ROWID`,

  `CREATE TABLE batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    at REAL NOT NULL
  ) STRICT`,
  `CREATE INDEX batches_by_path ON batches (path, id)`,

  // What a task says of itself is not written again with every move: it is in task_specs.
  `CREATE TABLE tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id INTEGER REFERENCES batches (id),
    key TEXT UNIQUE,
    name TEXT NOT NULL,
    upcoming INTEGER NOT NULL CHECK (upcoming IN (0, 1)),
    revision INTEGER NOT NULL CHECK (revision >= 0),
    spec_revision INTEGER NOT NULL,
    visit INTEGER NOT NULL CHECK (visit >= 1),
    stage_json TEXT NOT NULL,
    execution TEXT NOT NULL,
    facts TEXT NOT NULL,
    flow TEXT NOT NULL,
    depends_on TEXT NOT NULL,
    created_at REAL NOT NULL,
    stage TEXT GENERATED ALWAYS AS (stage_json ->> '$.stage') VIRTUAL,
    pipeline TEXT GENERATED ALWAYS AS (${pipeline}) VIRTUAL,
    status TEXT GENERATED ALWAYS AS (${status}) VIRTUAL,
    -- Of these two the indexes need the values before and after every update: they are kept, and cheap to make.
    done_at REAL GENERATED ALWAYS AS (CASE stage_json ->> '$.stage' WHEN 'done' THEN stage_json ->> '$.at' END) STORED,
    -- In doubt it is open: an unknown stage must be met by whoever reads, and said to be unknown.
    is_open INTEGER GENERATED ALWAYS AS (
      execution <> '{"_tag":"Idle"}' OR coalesce(stage_json ->> '$.stage', '')
        NOT IN ('done', 'abandoned', 'superseded', 'rejected', 'archived')
    ) STORED,
    UNIQUE (batch_id, name)
  ) STRICT`,
  // Recovery reads what is open: its cost follows live tasks, not history.
  `CREATE INDEX tasks_open ON tasks (id) WHERE is_open = 1`,
  `CREATE INDEX tasks_done ON tasks (done_at) WHERE done_at IS NOT NULL`,

  `CREATE TABLE task_specs (
    task_id INTEGER NOT NULL REFERENCES tasks (id),
    revision INTEGER NOT NULL,
    spec TEXT NOT NULL,
    flow TEXT NOT NULL,
    depends_on TEXT NOT NULL,
    PRIMARY KEY (task_id, revision)
  ) STRICT, WITHOUT ROWID`,

  // The ledger. Its key is that of its event: what happened has one order.
  `CREATE TABLE transitions (
    seq INTEGER PRIMARY KEY,
    task_id INTEGER NOT NULL REFERENCES tasks (id),
    revision INTEGER NOT NULL,
    event TEXT NOT NULL,
    cause TEXT NOT NULL,
    at REAL NOT NULL,
    from_stage TEXT NOT NULL,
    stage_json TEXT NOT NULL,
    execution TEXT NOT NULL,
    UNIQUE (task_id, revision)
  ) STRICT`,

  `CREATE TABLE attempts (
    task_id INTEGER NOT NULL REFERENCES tasks (id),
    number INTEGER NOT NULL,
    role TEXT NOT NULL,
    visit INTEGER NOT NULL,
    feedback_number INTEGER NOT NULL,
    mode TEXT NOT NULL,
    marker TEXT NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    process TEXT,
    tree TEXT,
    progress TEXT NOT NULL,
    created_at REAL NOT NULL,
    started_at REAL,
    ended_at REAL,
    outcome TEXT,
    detail TEXT,
    UNIQUE (task_id, number)
  ) STRICT`,

  `CREATE TABLE verifications (
    task_id INTEGER NOT NULL REFERENCES tasks (id),
    run INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    digest TEXT NOT NULL,
    started_at REAL NOT NULL,
    ended_at REAL,
    verdict TEXT,
    detail TEXT,
    tree TEXT,
    output TEXT,
    cost_usd REAL,
    UNIQUE (task_id, run)
  ) STRICT`,

  // The v1 stream, gapless. A transition has no body: its ledger row, or how its task was created, says it all.
  `CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    at REAL NOT NULL,
    task_id INTEGER,
    body TEXT
  ) STRICT`,

  `CREATE TABLE attention (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    task_id INTEGER REFERENCES tasks (id),
    text TEXT NOT NULL,
    raised_at REAL NOT NULL,
    cleared_at REAL
  ) STRICT`,
  `CREATE UNIQUE INDEX attention_open ON attention (key) WHERE cleared_at IS NULL`
]
