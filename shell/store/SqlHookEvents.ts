/** What is asked of the table of hook events. */

export const after = `SELECT * FROM hook_events WHERE id > ? ORDER BY id LIMIT ?`

/** The ids from the index alone, by `+id`: in the table it would look at the events of every session. */
export const ofSession = `
  SELECT * FROM hook_events
  WHERE id IN (SELECT id FROM hook_events WHERE session_id = ? AND +id > ? ORDER BY +id LIMIT ?) ORDER BY id`

/** Ids are given in order: no index over times is needed, and the end of the table is found without counting it. */
export const stale = `
  SELECT id FROM (SELECT id, at FROM hook_events ORDER BY id LIMIT ?)
  WHERE at < ? OR id <= (SELECT max(id) FROM hook_events) - ? ORDER BY id`

export const lastOfSession = `SELECT * FROM hook_events WHERE id = (SELECT max(id) FROM hook_events WHERE session_id = ?)`
