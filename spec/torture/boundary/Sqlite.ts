/** `better-sqlite3`, whose statements are announced as far as they change something. */
import Sqlite from "better-sqlite3"
import { boundary } from "./Boundary.ts"

const change =
  /^\s*(?:(BEGIN IMMEDIATE|COMMIT|ROLLBACK|VACUUM)|(INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\b(?:\s+(?:OR \w+|INTO|FROM|TABLE|INDEX|IF NOT EXISTS|UNIQUE))*\s+(\w+)|WITH[^]*?\b(UPDATE|INSERT|DELETE)(?:\s+(?:OR \w+|INTO|FROM))*\s+(\w+))/i

const deedOf = (sql: string): string | null => {
  const found = change.exec(sql)
  if (found === null) return null
  const [, whole, word, table, inner, target] = found
  return `sql ${whole ?? `${word ?? inner} ${table ?? target}`}`
}

type Arguments = ReadonlyArray<unknown>

/** Has the methods of that name do something first. */
const before = (object: object, names: ReadonlyArray<string>, announce: () => void): void => {
  for (const name of names) {
    const real = Reflect.get(object, name)
    Reflect.set(object, name, (...args: Arguments): unknown => {
      announce()
      return Reflect.apply(real, object, args)
    })
  }
}

/** A constructor that makes the real one. */
export default function Database(...args: ConstructorParameters<typeof Sqlite>): Sqlite.Database {
  const database = new Sqlite(...args)
  const { prepare } = database
  Reflect.set(database, "prepare", (sql: string): Sqlite.Statement => {
    const statement = prepare.call(database, sql)
    const deed = deedOf(sql)
    if (deed !== null) before(statement, ["run", "all"], () => boundary(deed))
    return statement
  })
  return database
}
