/**
 * Tells a supervisor whether it has to read again. Of most that is committed it knows, since it has written it: without
 * this, each change that it makes would be followed by a dozen statements that tell it what it has just made.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Answer, Driver, DriverFailure, Transaction, Writes } from "./Encoded.ts"

/** The name of the setting: admission is closed. */
export const draining = "draining"

/** What a supervisor reads of the store while it runs, beside the tasks. Mail that is forgotten was nothing to it any more. */
const tables = [
  "accounts",
  "newMessages",
  "deliveries",
  "settledMessages",
  "endedDeliveries",
  "sessions"
] as const satisfies ReadonlyArray<keyof Writes>

const isAny = (rows: ReadonlyArray<unknown> | undefined): boolean => rows !== undefined && rows.length > 0

const concerns = (rows: Writes): boolean =>
  tables.some((table) => isAny(rows[table])) || (rows.settings ?? []).some(({ name }) => name === draining)

const hasTasks = (rows: Writes): boolean => isAny(rows.newTasks) || isAny(rows.tasks)

export interface Counted {
  /** As the driver's; `knowsTasks`: whoever has this store open knows of the tasks that are written. */
  readonly transact: <A, E>(
    body: (transaction: Transaction) => Effect.Effect<A, E>,
    knowsTasks?: boolean
  ) => Effect.Effect<A, E | DriverFailure>
  readonly version: Answer<string>
}

/** Over a driver: all that is written goes through it. */
export const make = (driver: Driver): Counted => {
  let count = 0
  /** Of the transaction under way: a body has the store to itself. */
  let note: (rows: Writes) => void = () => undefined
  let noting: { readonly over: Transaction; readonly transaction: Transaction } | null = null

  /** Made once for each that the driver gives, which is always the same: to copy some sixty functions takes 9 us. */
  const notingOver = (over: Transaction): Transaction => {
    if (noting?.over !== over) {
      const write: Transaction["write"] = (rows) =>
        Effect.zipRight(
          Effect.sync(() => note(rows)),
          over.write(rows)
        )
      noting = { over, transaction: { ...over, write } }
    }
    return noting.transaction
  }

  return {
    transact: (body, knowsTasks = false) =>
      Effect.suspend(() => {
        let isForeign = false
        const within = (transaction: Transaction) => {
          note = (rows) => {
            if (concerns(rows) || (!knowsTasks && hasTasks(rows))) isForeign = true
          }
          return body(notingOver(transaction))
        }
        return Effect.onExit(
          driver.transact(within),
          // Not before: what is not committed yet can not be read. Of what failed nobody knows what is there.
          (exit) =>
            Effect.sync(() => {
              if (isForeign || Exit.isFailure(exit)) count += 1
            })
        )
      }),
    version: Effect.map(driver.theirs, (theirs) => `${theirs}.${count}`)
  }
}
