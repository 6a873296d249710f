/** Stores to be measured: opened on a file, counted, and recorded row by row. */
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import type { Driver, Writes } from "../../shell/store/Encoded.ts"
import * as SqlStore from "../../shell/store/SqlStore.ts"
import type { Store } from "../../shell/store/Store.ts"
import * as Typed from "../../shell/store/Typed.ts"

export type StoreService = typeof Store.Service

/** Runs the body over the store in that file, and closes it. */
export const withStore = <A, E>(file: string, body: (store: StoreService) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(Effect.flatMap(SqlStore.driver({ file }), Typed.make), body)))

const recording = (driver: Driver, seen: Array<Writes>): Driver => ({
  ...driver,
  transact: (body) =>
    driver.transact((transaction) =>
      body({
        ...transaction,
        write: (rows) =>
          Effect.zipRight(
            Effect.sync(() => seen.push(rows)),
            transaction.write(rows)
          )
      })
    )
})

/** The rows of each transaction that the body makes the store write, in order. */
export const recorded = async <E>(
  file: string,
  body: (store: StoreService) => Effect.Effect<unknown, E>
): Promise<ReadonlyArray<Writes>> => {
  const seen: Array<Writes> = []
  const store = Effect.flatMap(SqlStore.driver({ file }), (driver) => Typed.make(recording(driver, seen)))
  await Effect.runPromise(Effect.scoped(Effect.flatMap(store, body)))
  return seen
}

export interface Counted {
  readonly statements: number
  readonly commits: number
}

/** Counts every statement that better-sqlite3 runs in this process until it is asked how many there were. */
export const countStatements = (): (() => Counted) => {
  const probe = new Database(":memory:")
  const statement: unknown = Object.getPrototypeOf(probe.prepare("SELECT 1"))
  probe.close()
  if (typeof statement !== "object" || statement === null) throw new Error("better-sqlite3 has no statements")
  let statements = 0
  let commits = 0
  const originals: Array<readonly [name: string, original: unknown]> = []
  for (const name of ["run", "get", "all", "iterate"]) {
    const original: unknown = Reflect.get(statement, name)
    if (typeof original !== "function") throw new Error(`better-sqlite3 has no ${name}`)
    originals.push([name, original])
    Reflect.set(statement, name, function (this: object, ...values: ReadonlyArray<unknown>): unknown {
      statements++
      if (Reflect.get(this, "source") === "COMMIT") commits++
      return Reflect.apply(original, this, values)
    })
  }
  return () => {
    for (const [name, original] of originals) Reflect.set(statement, name, original)
    return { statements, commits }
  }
}
