/** A connection of its own to a store's file, to damage it, lock it or look at what no service shows. */
import * as Reactivity from "@effect/experimental/Reactivity"
import type * as SqlClient from "@effect/sql/SqlClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as Effect from "effect/Effect"

/** The rows a statement answers with. */
export type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>

/** Runs the statements one after the other on one connection, and answers what each answered. */
export const raw = (file: string, ...statements: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<Rows>, unknown> =>
  Effect.scoped(Effect.flatMap(connected(file), (run) => Effect.forEach(statements, run)))

/** The same for as long as the scope is open. */
export const connected = (file: string) =>
  Effect.map(
    Effect.provide(SqliteClient.make({ filename: file, disableWAL: true }), Reactivity.layer),
    (client: SqlClient.SqlClient) =>
      (statement: string): Effect.Effect<Rows, unknown> =>
        client.unsafe<Readonly<Record<string, unknown>>>(statement)
  )
