/** Reads what was committed, beside the supervisors and in no step of theirs; each statement is prepared once. */
import Sqlite from "better-sqlite3"

export class Reader {
  readonly #database: Sqlite.Database
  readonly #statements = new Map<string, Sqlite.Statement>()

  constructor(path: string) {
    this.#database = new Sqlite(path, { readonly: true })
  }

  prepare(sql: string): Sqlite.Statement {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  close(): void {
    this.#database.close()
  }
}
