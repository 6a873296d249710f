/**
 * Schema 3: an account is a window and a pause (no version before this one has written an account); an attempt knows what
 * its directory held before and after it; and its progress says why a limit was told, what its conversations cost and
 * which files were read.
 */

/** The total that the attempt's session had reported; a session may be resumed, and counts on. */
const conversations = `CASE
    WHEN progress ->> '$.session' IS NULL OR progress ->> '$.costUsd' IS NULL THEN json_array()
    ELSE json_array(json_object(
      'session', progress ->> '$.session',
      'base', json_object('costUsd', NULL, 'tokens', NULL),
      'total', json_object('costUsd', progress ->> '$.costUsd', 'tokens', NULL)
    ))
  END`

const limit = `CASE
    WHEN progress ->> '$.limitedUntil' IS NULL THEN NULL
    ELSE json_object('until', progress ->> '$.limitedUntil', 'cause', 'usage')
  END`

export const statements: ReadonlyArray<string> = [
  `DROP TABLE accounts`,
  `CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    window TEXT NOT NULL,
    pause TEXT
  ) STRICT, WITHOUT ROWID`,

  `ALTER TABLE attempts ADD COLUMN tree_before TEXT`,
  `ALTER TABLE attempts ADD COLUMN tree_after TEXT`,
  `UPDATE attempts SET progress = json_remove(
    json_set(
      progress,
      '$.limit', json(${limit}),
      '$.spend', json_object('conversations', json(${conversations}), 'closed', json_array()),
      '$.reads', json_object('files', json_array(), 'grew', json('false'))
    ),
    '$.limitedUntil'
  )`
]
