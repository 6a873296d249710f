/** Uses of a driver that say what was being done where it failed. */
import * as Effect from "effect/Effect"
import { type Driver, DriverFailure, type Reads, type Transaction, unavailable } from "./Encoded.ts"
import type { StoreUnavailable } from "./Store.ts"

export const isFailure = <E>(error: E | DriverFailure): error is DriverFailure => error instanceof DriverFailure

export const make = (driver: Driver) => {
  const during =
    (operation: string) =>
    <A, E>(
      effect: Effect.Effect<A, E | DriverFailure>
    ): Effect.Effect<A, Exclude<E, DriverFailure> | StoreUnavailable> =>
      Effect.catchIf(effect, isFailure, (failure) => Effect.fail(unavailable(operation, driver.path, failure)))
  const reading = <A, E>(operation: string, body: (reads: Reads) => Effect.Effect<A, E>) =>
    during(operation)(driver.snapshot(body))
  const readingLong = <A, E>(operation: string, body: (reads: Reads) => Effect.Effect<A, E>) =>
    during(operation)(driver.longSnapshot(body))
  const writing = <A, E>(operation: string, body: (transaction: Transaction) => Effect.Effect<A, E>) =>
    during(operation)(driver.transact(body))
  return { during, reading, readingLong, writing } as const
}
