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

  constructor(sql: string, real: Sqlite.Statement) {
    this.#sql = sql
    this.#real = real
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
    if (this.#sql === "COMMIT") universe().onCommit()
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

  constructor(path: string, options: Sqlite.Options) {
    const { databaseOf, loop } = universe()
    loop.step({ kind: "sql", what: "open" })
    this.#real = new Sqlite(databaseOf(path), { ...options, timeout: 0 })
    loop.current?.onDeath.push(() => this.#real.close())
  }

  prepare(sql: string): Statement {
    return new Statement(sql, this.#real.prepare(patience.test(sql) ? "PRAGMA busy_timeout = 0" : sql))
  }

  close(): void {
    this.#real.close()
  }
}
