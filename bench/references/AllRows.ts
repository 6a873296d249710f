/**
 * The tick of a supervisor that keeps nothing in memory: at each one it asks the database three times, for the tasks
 * that are pending, assigned and running, makes an object of every row and looks at each (as claudectl's does,
 * PERFORMANCE section 1.7).
 */
import { join } from "node:path"
import type { World } from "../../core/tick/World.ts"
import * as RawSqlite from "./RawSqlite.ts"

const states = ["pending", "assigned", "running"] as const
type State = (typeof states)[number]

const stateOf = ({ task: { execution, stage } }: World["tasks"][number]): State | "done" => {
  if (stage._tag === "Done") return "done"
  if (execution._tag === "Idle" || execution._tag === "Backoff") return "pending"
  return execution._tag === "Launching" ? "assigned" : "running"
}

const fileIn = (directory: string): string => join(directory, "rows.db")

/** The rows of the world's tasks, in a database of their own. */
export const fill = (directory: string, { tasks }: World): void => {
  const database = RawSqlite.open(fileIn(directory))
  database.exec(`CREATE TABLE tasks (
    id INTEGER PRIMARY KEY, state TEXT NOT NULL, name TEXT NOT NULL, prompt TEXT NOT NULL, cwd TEXT NOT NULL,
    attempt INTEGER NOT NULL, revision INTEGER NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL
  ) STRICT`)
  database.exec("CREATE INDEX tasks_by_state ON tasks (state, id)")
  const insert = database.prepare("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
  RawSqlite.transactions(database)(() => {
    for (const view of tasks) {
      const { createdAt, facts, id, revision, spec } = view.task
      insert.run(
        id,
        stateOf(view),
        spec.name,
        spec.prompt,
        spec.cwd,
        facts.attemptsUsed,
        revision,
        createdAt,
        createdAt
      )
    }
  })
  database.close()
}

/** One tick over those rows; it answers how many it looked at. */
export const open = (directory: string): (() => number) => {
  const select = RawSqlite.open(fileIn(directory)).prepare("SELECT * FROM tasks WHERE state = ? ORDER BY id")
  return () => {
    let open = 0
    for (const state of states) open += select.all(state).length
    return open
  }
}
