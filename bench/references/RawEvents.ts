/** Rows of hook events by one prepared statement: nothing between them and SQLite. */
import type Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import * as HookEventRows from "../../shell/store/HookEventRows.ts"
import type { ReceivedHookEvent } from "../../shell/store/Store.ts"
import { at, eventOf } from "../workload/HookEvents.ts"
import { withStore } from "../workload/Stores.ts"
import * as RawSqlite from "./RawSqlite.ts"

type Row = ReturnType<typeof HookEventRows.encode>

const columns: ReadonlyArray<keyof Row> = [
  "session_id",
  "hook",
  "tool_name",
  "tool_use_id",
  "cwd",
  "payload",
  "at",
  "source"
]

/** Of a database that has drover's tables. */
export const writer = (database: Database): ((row: Row) => void) => {
  const insert = database.prepare(
    `INSERT INTO hook_events (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`
  )
  return (row) => void insert.run(...columns.map((column) => row[column]))
}

const received = (number: number, bytes: number): ReceivedHookEvent => ({
  event: HookEvent.make("PostToolUse", eventOf(number, bytes)),
  at,
  source: null
})

export interface Work {
  readonly warmUp: number
  readonly count: number
  readonly bytes: number
  /** Rows of one transaction. */
  readonly batch: number
}

/** Milliseconds for `count` rows that were made beforehand, in a new file, after some that warm it up. */
export const run = async (file: string, { batch, bytes, count, warmUp }: Work): Promise<number> => {
  const rows = Array.from({ length: warmUp + count }, (_, number) => HookEventRows.encode(received(number, bytes)))
  await withStore(file, () => Effect.void)
  const database = RawSqlite.open(file)
  const durable = RawSqlite.transactions(database)
  const insert = writer(database)
  const write = (from: number, to: number): void => {
    for (let first = from; first < to; first += batch) {
      durable(() => {
        for (const row of rows.slice(first, Math.min(first + batch, to))) insert(row)
      })
    }
  }
  write(0, warmUp)
  const begun = performance.now()
  write(warmUp, warmUp + count)
  const took = performance.now() - begun
  database.close()
  return took
}
