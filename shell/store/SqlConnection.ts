/**
 * One connection to a SQLite file and its transactions: begun at once for writing, waited for without blocking the loop,
 * and rolled back whatever happens to the fiber inside.
 */
import * as Reactivity from "@effect/experimental/Reactivity"
import type { Connection } from "@effect/sql/SqlConnection"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Answer, DriverFailure } from "./Encoded.ts"
import { failureOf } from "./SqlFailure.ts"

/** Prepared at once, and more than there are: all that read, and of each table that is written as many as `SqlWrites` has sizes. */
const mostStatements = 400

/** SQLite itself waits only this long for a lock, since it waits on the thread of the event loop. */
const blockingMs = 20

/** How long a lock of another process is waited for, all in all. */
export const defaultPatience: Duration.DurationInput = "5 seconds"

export interface Transactions {
  readonly connection: Connection
  /** Reads of one moment. */
  readonly snapshot: <A, E>(body: Effect.Effect<A, E>) => Effect.Effect<A, E | DriverFailure>
  /** Reads and writes that no other process comes between; all of it stays or nothing does. */
  readonly immediate: <A, E>(body: Effect.Effect<A, E>) => Effect.Effect<A, E | DriverFailure>
}

/** The client of a file; nothing is written by opening it. What better-sqlite3 throws is a failure here. */
export const client = (options: {
  readonly file: string
  readonly readonly: boolean
}): Effect.Effect<SqliteClient.SqliteClient, DriverFailure, Scope.Scope> =>
  SqliteClient.make({
    filename: options.file,
    readonly: options.readonly,
    disableWAL: true,
    // A statement is good as long as its connection; all there are in the largest and all smaller sizes are kept.
    prepareCacheTTL: Duration.infinity,
    prepareCacheSize: mostStatements
  }).pipe(
    Effect.provide(Reactivity.layer),
    Effect.catchAllDefect((defect) => Effect.fail(failureOf(defect)))
  )

export const run = (connection: Connection, sql: string): Answer<void> =>
  Effect.asVoid(Effect.mapError(connection.executeRaw(sql, []), failureOf))

/**
 * Prepared anew each time. The first statements of a connection read the schema while they are prepared: the client keeps what
 * became of that, so that whoever met a lock there once would meet it for ever.
 */
export const runAnew = (
  connection: Connection,
  sql: string
): Answer<ReadonlyArray<Readonly<Record<string, unknown>>>> =>
  Effect.flatten(
    Effect.try({
      try: () => Effect.mapError(connection.executeUnprepared(sql, [], undefined), failureOf),
      catch: failureOf
    })
  )

/** Tries again while another process holds a lock; what succeeds at once pays nothing for it. */
export const patiently =
  (patience: Duration.DurationInput) =>
  <A, E>(effect: Effect.Effect<A, E | DriverFailure>): Effect.Effect<A, E | DriverFailure> => {
    const schedule = Schedule.spaced("30 millis").pipe(Schedule.upTo(patience))
    return Effect.catchIf(effect, isLocked, () => Effect.retry(effect, { while: isLocked, schedule }))
  }

const isLocked = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "reason" in error && error.reason === "Locked"

/** The only user of the client's connection, one transaction after the other. */
export const transactions = (
  { reserve }: SqliteClient.SqliteClient,
  patience: Duration.DurationInput
): Effect.Effect<Transactions, DriverFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const connection = yield* Effect.mapError(reserve, failureOf)
    const turn = yield* Effect.makeSemaphore(1)
    yield* run(connection, `PRAGMA busy_timeout = ${blockingMs}`)

    // SQLite has rolled back by itself after some errors; then there is nothing left to do, and it says so.
    const rollback = Effect.ignore(run(connection, "ROLLBACK"))
    const commit = Effect.uninterruptible(patiently(patience)(run(connection, "COMMIT")))
    const begin = (how: string) => patiently(patience)(run(connection, how))
    const within =
      (begun: Effect.Effect<void, DriverFailure>) =>
      <A, E>(body: Effect.Effect<A, E>): Effect.Effect<A, E | DriverFailure> =>
        turn.withPermits(1)(Effect.onError(Effect.zipLeft(Effect.zipRight(begun, body), commit), () => rollback))
    return { connection, snapshot: within(begin("BEGIN")), immediate: within(begin("BEGIN IMMEDIATE")) }
  })
