/** The program's entry: runs the command line and turns its end into an exit code. */
import * as Command from "@effect/cli/Command"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"

const probe = Command.make("probe", {}, () =>
  Effect.gen(function* () {
    const SqliteClient = yield* Effect.promise(() => import("@effect/sql-sqlite-node/SqliteClient"))
    const query = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`select sqlite_version() as version`)
    const rows = yield* Effect.provide(query, SqliteClient.layer({ filename: ":memory:" }))
    yield* Effect.log(rows)
  })
)
const root = Command.make("drover").pipe(Command.withSubcommands([probe]))

Command.run(root, { name: "drover", version: process.env.DROVER_VERSION ?? "development" })(process.argv).pipe(
  Effect.provide(NodeContext.layer),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
