/** Schema 4: the progress of an attempt counts the turns of its model, and knows its tools and what it waits for. */
export const statements: ReadonlyArray<string> = [
  `UPDATE attempts SET progress = json_set(
    progress,
    '$.turns', 0,
    '$.turn', NULL,
    '$.toolTurn', NULL,
    '$.tools', json_array(),
    '$.waiting', NULL,
    '$.trouble', NULL
  )`
]
