/**
 * A copy of the store in one file, made while a supervisor works on it: as it was at one moment, checked, for its owner
 * alone, and whole or not there.
 */
import { randomUUID } from "node:crypto"
import * as Fs from "node:fs/promises"
import { dirname } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type Answer, DriverFailure, unavailable } from "./Encoded.ts"
import * as Migrations from "./Migrations.ts"
import * as SqlConnection from "./SqlConnection.ts"
import { failureOf } from "./SqlFailure.ts"
import type { StoreUnavailable } from "./Store.ts"
import { codeOf } from "../process/ErrorCode.ts"

/** No copy was made, or the one that was made is not good: nothing has its name. */
export class BackupFailed extends Data.TaggedError("BackupFailed")<{
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `no backup was made in ${this.path}: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

export interface BackedUp {
  readonly schema: number
  readonly bytes: number
}

const io = <A>(act: () => Promise<A>): Answer<A> => Effect.tryPromise({ try: act, catch: failureOf })

/** A connection that can only read a store that is there; the version of its schema, older, newer or the same. */
const opened = (file: string) =>
  Effect.gen(function* () {
    const { size } = yield* io(() => Fs.stat(file))
    const missing = new DriverFailure({ reason: "Missing", cause: new Error(`nothing was ever stored in ${file}`) })
    if (size === 0) return yield* missing
    const client = yield* SqlConnection.client({ file, readonly: true })
    const schema = yield* Effect.scoped(
      Effect.flatMap(SqlConnection.transactions(client, SqlConnection.defaultPatience), ({ connection }) =>
        SqlConnection.patiently(SqlConnection.defaultPatience)(Migrations.versionOf(connection))
      )
    )
    return schema === 0 ? yield* missing : { client, schema }
  })

/** The version of a store's schema, and that of this program. Nothing is written. */
export const versions = (
  file: string
): Effect.Effect<{ readonly found: number; readonly known: number }, StoreUnavailable> =>
  Effect.scoped(opened(file)).pipe(
    Effect.map(({ schema }) => ({ found: schema, known: Migrations.supportedBy(Migrations.migrations) })),
    Effect.mapError((failure) => unavailable("read the store", file, failure))
  )

/** What a quick check says; the copy needs no file beside it from then on, wherever it is carried. */
const checked = (part: string): Answer<void> =>
  Effect.scoped(
    Effect.gen(function* () {
      const client = yield* SqlConnection.client({ file: part, readonly: false })
      const ask = (sql: string) => Effect.mapError(client.unsafe(sql).values, failureOf)
      yield* ask("PRAGMA journal_mode = DELETE")
      const found = (yield* ask("PRAGMA quick_check(10)")).flat().map(String)
      if (found.join() !== "ok")
        return yield* new DriverFailure({ reason: "Damaged", cause: new Error(found.join("; ")) })
    })
  )

const synced = (path: string) =>
  io(async () => {
    const handle = await Fs.open(path, "r")
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  })

const copy = (file: string, part: string): Answer<number> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { client, schema } = yield* opened(file)
      const run = (sql: string) => Effect.mapError(client.unsafe(sql), failureOf)
      // Within one transaction the copy is of one moment, and what is written meanwhile does not begin it anew.
      yield* run("BEGIN")
      yield* run("SELECT count(*) FROM sqlite_schema")
      yield* Effect.mapError(client.backup(part), failureOf)
      yield* run("COMMIT")
      return schema
    })
  )

/** Filesystems without hard links say one of these. */
const noLinks: ReadonlySet<unknown> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"])

/** Gives the copy its name, unless something has it: a rename would write over what has come there meanwhile. */
const settle = (part: string, path: string): Answer<void> =>
  io(async () => {
    try {
      await Fs.link(part, path)
    } catch (cause) {
      if (codeOf(cause) === "EEXIST") throw new Error("it is there already", { cause })
      if (!noLinks.has(codeOf(cause))) throw cause
      // The name is taken by an empty file of one's own, which may be written over.
      await Fs.writeFile(path, "", { mode: 0o600, flag: "wx" })
      return await Fs.rename(part, path)
    }
    await Fs.unlink(part)
  })

/** The copy that is not done, with what SQLite keeps beside it while it is open. */
const removed = (part: string) =>
  Effect.promise(() =>
    Promise.all(["", "-journal", "-wal", "-shm"].map((end) => Fs.rm(`${part}${end}`, { force: true })))
  )

/** Copies the store into a file that is not there yet. */
export const backUp = (file: string, path: string): Effect.Effect<BackedUp, StoreUnavailable | BackupFailed> =>
  Effect.gen(function* () {
    // Its own: what another has left that was killed is in nobody's way.
    const part = `${path}.${process.pid}.${randomUUID()}.part`
    const failed = Effect.mapError((failure: DriverFailure) => new BackupFailed({ path, cause: failure.cause }))
    const isThere = yield* failed(
      io(() =>
        Fs.lstat(path).then(
          () => true,
          (cause: unknown) => {
            if (codeOf(cause) === "ENOENT") return false
            throw cause
          }
        )
      )
    )
    if (isThere) return yield* new BackupFailed({ path, cause: new Error("it is there already") })
    yield* failed(io(() => Fs.writeFile(part, "", { mode: 0o600, flag: "wx" })))
    return yield* Effect.gen(function* () {
      const schema = yield* Effect.mapError(copy(file, part), (failure) =>
        unavailable("back up the store", file, failure)
      )
      yield* failed(checked(part))
      yield* failed(synced(part))
      yield* failed(settle(part, path))
      yield* failed(synced(dirname(path)))
      const { size } = yield* failed(io(() => Fs.stat(path)))
      return { schema, bytes: size }
    }).pipe(Effect.onError(() => removed(part)))
  })
