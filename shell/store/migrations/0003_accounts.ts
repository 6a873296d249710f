/**
 * Schema 3: an account is a window and a pause (no version before this one has written an account), and the limit that an
 * output told of has a cause.
 */
export const statements: ReadonlyArray<string> = [
  `DROP TABLE accounts`,
  `CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    window TEXT NOT NULL,
    pause TEXT
  ) STRICT, WITHOUT ROWID`,

  `UPDATE attempts SET progress = json_remove(
    json_set(progress, '$.limit', CASE
      WHEN progress ->> '$.limitedUntil' IS NULL THEN NULL
      ELSE json_object('until', progress ->> '$.limitedUntil', 'cause', 'usage')
    END),
    '$.limitedUntil'
  )`
]
