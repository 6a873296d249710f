/**
 * Schema 8: what a person has acknowledged, and how the telling of every item by every channel stands.
 */
export const statements: ReadonlyArray<string> = [
  `ALTER TABLE attention ADD COLUMN acknowledged_at REAL`,
  `CREATE TABLE tellings (
    attention_id INTEGER NOT NULL REFERENCES attention (id),
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('telling', 'failed', 'told', 'given-up')),
    tries INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    at REAL NOT NULL,
    detail TEXT,
    PRIMARY KEY (attention_id, channel)
  ) STRICT, WITHOUT ROWID`
]
