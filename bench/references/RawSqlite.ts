/**
 * SQLite without drover: one connection of better-sqlite3 with the durability that drover has, and no layer between.
 */
import Database from "better-sqlite3"
import type { Writes } from "../../shell/store/Encoded.ts"

/** WAL, and every commit synced (better-sqlite3 would sync none of them). */
export const open = (file: string): Database => {
  const database = new Database(file)
  database.pragma("journal_mode = WAL")
  database.pragma("synchronous = FULL")
  database.pragma("foreign_keys = ON")
  return database
}

/** Runs the body as transactions of its own, durable when it returns. */
export const transactions = (database: Database): ((body: () => void) => void) => {
  const begin = database.prepare("BEGIN IMMEDIATE")
  const commit = database.prepare("COMMIT")
  return (body) => {
    begin.run()
    body()
    commit.run()
  }
}

/** Columns of the key of those rows that may be there already. */
const keys: { readonly [Table in string]?: ReadonlyArray<string> } = {
  attempts: ["task_id", "number"],
  verifications: ["task_id", "run"]
}

const insertOf = (table: string, columns: ReadonlyArray<string>): string => {
  const key = keys[table]
  const rest = columns.filter((column) => key?.includes(column) === false)
  const conflict =
    key === undefined
      ? ""
      : `ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${rest.map((name) => `${name} = excluded.${name}`).join(", ")}`
  return `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")}) ${conflict}`
}

const update = `UPDATE tasks SET revision = ?, visit = ?, stage_json = ?, execution = ?, facts = ?, flow = ?,
  depends_on = ?, spec_revision = coalesce(?, spec_revision) WHERE id = ? AND revision < ?`

const insertTask = `INSERT INTO tasks (id, batch_id, key, name, upcoming, stage_json, execution, facts, flow, depends_on,
  created_at, revision, spec_revision, visit) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 1)`

/** Writes the rows that drover would write, one statement a row, each prepared once. */
export const writer = (database: Database): ((rows: Writes) => void) => {
  const updating = database.prepare(update)
  const creating = database.prepare(insertTask)
  const inserts = new Map<string, ReturnType<Database["prepare"]>>()
  const insert = (table: string, rows: ReadonlyArray<object> = []): void => {
    for (const row of rows) {
      const known = inserts.get(table)
      const statement = known ?? database.prepare(insertOf(table, Object.keys(row)))
      if (known === undefined) inserts.set(table, statement)
      statement.run(...Object.values(row))
    }
  }
  return (rows) => {
    insert("batches", rows.batches)
    for (const row of rows.newTasks ?? []) {
      const { batch_id, created_at, depends_on, execution, facts, flow, id, key, name, stage_json, upcoming } = row
      creating.run(id, batch_id, key, name, upcoming, stage_json, execution, facts, flow, depends_on, created_at)
    }
    insert("task_specs", rows.specs)
    for (const row of rows.tasks ?? []) {
      const { depends_on, execution, facts, flow, id, revision, spec_revision, stage_json, visit } = row
      updating.run(revision, visit, stage_json, execution, facts, flow, depends_on, spec_revision, id, revision)
    }
    insert("transitions", rows.transitions)
    insert("events", rows.events)
    insert("attempts", rows.attempts)
    insert("verifications", rows.verifications)
  }
}
