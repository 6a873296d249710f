/**
 * `better-sqlite3` in the simulation: a real SQLite file, each statement a step of the process that runs it. What a killed
 * process had open is closed, which rolls its transaction back, as the system would.
 */
import Sqlite from "better-sqlite3"
import { universe } from "./Universe.ts"

type Row = ReadonlyArray<unknown>

/** Nobody waits on this thread: who has the lock could never let it go. */
const patience = /^PRAGMA busy_timeout/

class Statement {
  readonly #sql: string
  readonly #real: Sqlite.Statement
  readonly #database: Database

  constructor(sql: string, real: Sqlite.Statement, database: Database) {
    this.#sql = sql
    this.#real = real
    this.#database = database
  }

  get reader(): boolean {
    return this.#real.reader
  }

  all(...params: Row): ReadonlyArray<unknown> {
    this.#step()
    return this.#real.all(...params)
  }

  run(...params: Row): Sqlite.RunResult {
    this.#step()
    const result = this.#real.run(...params)
    this.#database.ran(this.#sql)
    return result
  }

  raw(isRaw: boolean): void {
    this.#real.raw(isRaw)
  }

  safeIntegers(isSafe: boolean): void {
    this.#real.safeIntegers(isSafe)
  }

  #step(): void {
    universe().loop.step({ kind: "sql", what: this.#sql })
  }
}

export default class Database {
  readonly #real: Sqlite.Database
  /** Whether the transaction is one that writes. */
  #writes = false

  constructor(path: string, options: Sqlite.Options) {
    const { databaseOf, loop } = universe()
    loop.step({ kind: "sql", what: "open" })
    this.#real = new Sqlite(databaseOf(path), { ...options, timeout: 0 })
    loop.current?.onDeath.push(() => this.#real.close())
  }

  prepare(sql: string): Statement {
    return new Statement(sql, this.#real.prepare(patience.test(sql) ? "PRAGMA busy_timeout = 0" : sql), this)
  }

  ran(sql: string): void {
    if (sql === "BEGIN IMMEDIATE") this.#writes = true
    else if (sql === "COMMIT" && this.#writes) {
      this.#writes = false
      universe().onCommit()
    }
  }

  close(): void {
    this.#real.close()
  }
}
