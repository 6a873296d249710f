/**
 * The store in one SQLite file: WAL, every commit synced to the disk, schema checked before anything is written.
 */
import { constants } from "node:fs"
import * as Fs from "node:fs/promises"
import { dirname } from "node:path"
import type * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type Answer, type Driver, DriverFailure, unavailable } from "./Encoded.ts"
import * as Migrations from "./Migrations.ts"
import * as PrivateFile from "./PrivateFile.ts"
import * as SqlConnection from "./SqlConnection.ts"
import { failureOf } from "./SqlFailure.ts"
import * as SqlTables from "./SqlTables.ts"
import { NewerSchema, Store, type StoreUnavailable } from "./Store.ts"
import * as Typed from "./Typed.ts"

export interface Options {
  /** The path of the file; it and its folder are made, for their owner alone, unless `readonly`. */
  readonly file: string
  /** Writes nothing: every write fails with ReadOnly, and a file that is not there is Missing. */
  readonly readonly?: boolean
  /** How long a lock of another process is waited for; 5 s when not given. */
  readonly patience?: Duration.DurationInput
  /** The file grows no further than that: what does not fit fails as on a full disk. No limit when not given. */
  readonly maxBytes?: number
  /** The schema's versions; drover's own when not given. */
  readonly migrations?: ReadonlyArray<Migrations.Migration>
}

/** SQLite's own default, in bytes. */
const pageSize = 4096

type Opened = Effect.Effect<SqlConnection.Transactions, DriverFailure | NewerSchema, Scope.Scope>

/** The store, open as long as the layer's scope. */
export const layer = (options: Options): Layer.Layer<Store, StoreUnavailable | NewerSchema> =>
  Layer.scoped(Store, Effect.flatMap(driver(options), Typed.make))

/** The driver alone, for what is built on rows. */
export const driver = (options: Options): Effect.Effect<Driver, StoreUnavailable | NewerSchema, Scope.Scope> =>
  Effect.gen(function* () {
    const opened = options.readonly === true ? openToRead(options) : openToWrite(options)
    const { connection, immediate, snapshot } = yield* Effect.catchTag(opened, "DriverFailure", (failure) =>
      Effect.flatMap(explained(options.file, failure), Effect.fail)
    )
    const reads = SqlTables.reads(connection)
    const transaction = SqlTables.transaction(connection, reads)
    return {
      path: options.file,
      snapshot: (body) => snapshot(Effect.suspend(() => body(reads))),
      longSnapshot: (body) =>
        Effect.scoped(
          Effect.flatMap(reader(options), (beside) => beside.snapshot(body(SqlTables.reads(beside.connection))))
        ),
      transact: (body) => immediate(Effect.suspend(() => body(transaction))),
      version: SqlTables.version(connection),
      theirs: SqlTables.theirs(connection),
      inspect: snapshot(SqlTables.inspect(connection))
    }
  })

/** A connection of its own: in a WAL file whoever reads stands in no writer's way (https://www.sqlite.org/wal.html). */
const reader = ({ file, patience = SqlConnection.defaultPatience }: Options) =>
  Effect.flatMap(SqlConnection.client({ file, readonly: true }), (client) =>
    SqlConnection.transactions(client, patience)
  )

const openToRead = ({
  file,
  migrations = Migrations.migrations,
  patience = SqlConnection.defaultPatience
}: Options): Opened =>
  Effect.gen(function* () {
    const { size } = yield* io(() => Fs.stat(file))
    if (size === 0) return yield* missing(file)
    const opened = yield* reader({ file, patience })
    const version = yield* SqlConnection.patiently(patience)(Migrations.versionOf(opened.connection))
    if (version === 0) return yield* missing(file)
    const supported = Migrations.supportedBy(migrations)
    if (version > supported) return yield* new NewerSchema({ path: file, found: version, supported })
    if (version < supported) {
      const cause = new Error(
        `its schema is ${version}, this program's is ${supported}; a command that writes migrates it`
      )
      return yield* new DriverFailure({ reason: "Other", cause })
    }
    return opened
  })

const openToWrite = (options: Options): Opened =>
  Effect.gen(function* () {
    const patience = options.patience ?? SqlConnection.defaultPatience
    const migrations = options.migrations ?? Migrations.migrations
    yield* io(() => PrivateFile.create(options.file))
    yield* gate(options, (client, version) =>
      version > 0 && version < Migrations.supportedBy(migrations) ? backUp(client, options.file, version) : Effect.void
    )
    const client = yield* SqlConnection.client({ file: options.file, readonly: false })
    const opened = yield* SqlConnection.transactions(client, patience)
    const { connection, immediate } = opened
    yield* SqlConnection.patiently(patience)(SqlConnection.runAnew(connection, "PRAGMA journal_mode = WAL"))
    // better-sqlite3 is built to open a WAL file with NORMAL, which survives a crash but not the loss of power.
    yield* SqlConnection.run(connection, "PRAGMA synchronous = FULL")
    // A page that several groups change is carried over into the file once for all of them: 16 MiB of log, not 4.
    yield* SqlConnection.run(connection, "PRAGMA wal_autocheckpoint = 4000")
    yield* SqlConnection.run(connection, `PRAGMA journal_size_limit = ${4000 * pageSize}`)
    // What one statement changes is kept beside it, for it to be undone: in memory, or more than a third of what an event
    // costs the disk would be files that are gone in the next moment. No commit waits for them: they make nothing durable.
    yield* SqlConnection.run(connection, "PRAGMA temp_store = MEMORY")
    yield* immediate(Migrations.migrate(connection, migrations))
    yield* SqlConnection.run(connection, "PRAGMA foreign_keys = ON")
    if (options.maxBytes !== undefined) {
      yield* SqlConnection.run(
        connection,
        `PRAGMA max_page_count = ${Math.max(1, Math.floor(options.maxBytes / pageSize))}`
      )
    }
    return opened
  })

/**
 * The version of the file, read by a connection that can not write. A newer one is refused; otherwise `use` may do what
 * has to be done before the file is opened for writing.
 */
const gate = (
  { file, migrations = Migrations.migrations, patience = SqlConnection.defaultPatience }: Options,
  use: (client: SqliteClient.SqliteClient, version: number) => Answer<void>
): Effect.Effect<number, DriverFailure | NewerSchema> =>
  Effect.gen(function* () {
    const { size } = yield* io(() => Fs.stat(file))
    if (size === 0) return 0
    const client = yield* SqlConnection.client({ file, readonly: true })
    const found = yield* Effect.scoped(
      Effect.flatMap(SqlConnection.transactions(client, patience), ({ connection }) =>
        SqlConnection.patiently(patience)(Migrations.versionOf(connection))
      )
    )
    const supported = Migrations.supportedBy(migrations)
    if (found > supported) return yield* new NewerSchema({ path: file, found, supported })
    yield* use(client, found)
    return found
  }).pipe(Effect.scoped)

/** Beside the file, named after its version and the time; it has that name when it is whole. */
const backUp = (client: SqliteClient.SqliteClient, file: string, version: number): Answer<void> =>
  Effect.gen(function* () {
    const at = new Date(yield* Clock.currentTimeMillis).toISOString().replaceAll(/[-:]/g, "")
    const copy = `${file}.v${version}.${at}.bak`
    const part = `${copy}.part`
    yield* io(() => Fs.writeFile(part, "", { mode: 0o600, flag: "wx" }))
    yield* Effect.mapError(client.backup(part), failureOf)
    yield* io(() => Fs.rename(part, copy))
  })

const io = <A>(act: () => Promise<A>): Answer<A> => Effect.tryPromise({ try: act, catch: failureOf })

const missing = (file: string): DriverFailure =>
  new DriverFailure({ reason: "Missing", cause: new Error(`nothing was ever stored in ${file}`) })

/** SQLite says no more than that it can not open a file; most often nothing may be written where it lies. */
const explained = (file: string, failure: DriverFailure): Effect.Effect<StoreUnavailable> =>
  io(() => Fs.access(dirname(file), constants.W_OK)).pipe(
    Effect.match({
      onFailure: ({ reason }) => (failure.reason === "Other" ? new DriverFailure({ ...failure, reason }) : failure),
      onSuccess: () => failure
    }),
    Effect.map((found) => unavailable("open the store", file, found))
  )
