/**
 * The schema's versions, forward only: each is a list of statements, numbered from 1, and never changed once it is out.
 *
 * Not `@effect/sql/Migrator`: it begins deferred transactions, in which two programs that open a file at once both find
 * nothing to be there, and one of them fails.
 */
import type { Connection } from "@effect/sql/SqlConnection"
import * as Effect from "effect/Effect"
import { type Answer, DriverFailure } from "./Encoded.ts"
import * as initial from "./migrations/0001_initial.ts"
import * as guards from "./migrations/0002_guards.ts"
import * as accounts from "./migrations/0003_accounts.ts"
import * as turns from "./migrations/0004_turns.ts"
import * as hookEvents from "./migrations/0005_hook_events.ts"
import * as commitments from "./migrations/0006_commitments.ts"
import * as messages from "./migrations/0007_messages.ts"
import * as attention from "./migrations/0008_attention.ts"
import * as fewerPages from "./migrations/0009_fewer_pages.ts"
import { runAnew } from "./SqlConnection.ts"
import { failureOf } from "./SqlFailure.ts"

export interface Migration {
  readonly version: number
  readonly statements: ReadonlyArray<string>
}

export const migrations: ReadonlyArray<Migration> = [
  { version: 1, statements: initial.statements },
  { version: 2, statements: guards.statements },
  { version: 3, statements: accounts.statements },
  { version: 4, statements: turns.statements },
  { version: 5, statements: hookEvents.statements },
  { version: 6, statements: commitments.statements },
  { version: 7, statements: messages.statements },
  { version: 8, statements: attention.statements },
  { version: 9, statements: fewerPages.statements }
]

/** The version this program reads and writes. */
export const supportedBy = (known: ReadonlyArray<Migration>): number =>
  known.reduce((highest, { version }) => Math.max(highest, version), 0)

/** The version of a file; 0 where nothing is in it. A file of another program is Damaged. */
export const versionOf = (connection: Connection): Answer<number> =>
  Effect.gen(function* () {
    const [found] = yield* runAnew(
      connection,
      `SELECT count(*) AS n, sum(type = 'table' AND name = 'meta') AS metas FROM sqlite_schema`
    )
    if (found?.n === 0) return 0
    const [row] = found?.metas === 1 ? yield* runAnew(connection, `SELECT value FROM meta WHERE name = 'schema'`) : []
    const version = Number(row?.value)
    if (Number.isInteger(version) && version > 0) return version
    return yield* new DriverFailure({ reason: "Damaged", cause: new Error("this is no store of drover") })
  })

/** Brings a file to the newest version known; to be run inside one transaction. */
export const migrate = (connection: Connection, known: ReadonlyArray<Migration>): Answer<void> =>
  Effect.gen(function* () {
    const from = yield* versionOf(connection)
    for (const { statements, version } of known) {
      if (version <= from) continue
      for (const statement of statements) yield* run(connection, statement)
      yield* run(
        connection,
        `INSERT INTO meta (name, value) VALUES ('schema', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        String(version)
      )
    }
  })

const run = (connection: Connection, sql: string, ...params: ReadonlyArray<string>): Answer<void> =>
  Effect.asVoid(Effect.mapError(connection.executeRaw(sql, params), failureOf))
