/**
 * The folders of attempts as they lie on the disk: how large each is, which of its files are output, and how either goes.
 * Links are counted and removed as links, never followed.
 */
import type { Dirent } from "node:fs"
import { lstat, readdir, rm } from "node:fs/promises"
import { basename, join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { AttemptNumber, TaskId } from "../../core/task/Identifiers.ts"
import { stderrFile, stdoutFile } from "../agents/Launch.ts"
import type { PlacesService } from "../config/Places.ts"
import { outputFile } from "../verifiers/RunFolder.ts"

/** Something in the state directory can not be read or removed. */
export class StateUnusable extends Data.TaggedError("StateUnusable")<{
  readonly operation: "read" | "remove" | "set aside"
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `can not ${this.operation} ${this.path}: ${String(this.cause)}`
  }
}

export interface AttemptFiles {
  readonly task: TaskId
  readonly attempt: AttemptNumber
  /** Of all that is in its folder. */
  readonly bytes: number
  /** Of its output, and its verifiers'. */
  readonly logBytes: number
  readonly logs: ReadonlyArray<string>
}

export interface Found {
  readonly attempts: ReadonlyArray<AttemptFiles>
  /** What has no attempt's name is none of ours: it is counted, and stays. */
  readonly otherBytes: number
}

/** Folders that are looked at together; each waits for the disk, not for the processor. */
const concurrency = 16

/** What went away while it was looked for was not there. */
const orElse = <A>(operation: "read" | "remove", path: string, missing: A, work: () => Promise<A>) =>
  Effect.tryPromise({ try: work, catch: (cause) => new StateUnusable({ operation, path, cause }) }).pipe(
    Effect.catchIf(
      ({ cause }) => cause instanceof Error && "code" in cause && cause.code === "ENOENT",
      () => Effect.succeed(missing)
    )
  )

interface File {
  readonly path: string
  readonly bytes: number
}

/** Every file below the path, or the path itself where it is none. */
const filesBelow = (path: string): Effect.Effect<ReadonlyArray<File>, StateUnusable> =>
  Effect.gen(function* () {
    const entries = yield* orElse<ReadonlyArray<Dirent>>("read", path, [], () => readdir(path, { withFileTypes: true }))
    const found = yield* Effect.forEach(entries, (entry) => {
      const inner = join(path, entry.name)
      return entry.isDirectory() ? filesBelow(inner) : Effect.map(sizeOf(inner), (bytes) => [{ path: inner, bytes }])
    })
    return found.flat()
  })

/** Bytes of a file by its length, as `ls` shows it; 0 where there is none. */
const sizeOf = (path: string): Effect.Effect<number, StateUnusable> =>
  orElse("read", path, 0, async () => (await lstat(path)).size)

/** Bytes of an entry of a folder, with all that is in it. */
export const bytesOf = (folder: string, entry: Dirent): Effect.Effect<number, StateUnusable> => {
  const path = join(folder, entry.name)
  return entry.isDirectory() ? Effect.map(filesBelow(path), sum) : sizeOf(path)
}

const logNames = new Set([stdoutFile, stderrFile, outputFile])

/** Files that grow with what an agent or a verifier prints. */
const isLog = ({ path }: File): boolean => logNames.has(basename(path))

const nameOf = /^(\d{1,15})\.(\d{1,15})$/
const Name = Schema.Struct({ task: TaskId, attempt: AttemptNumber })

const attemptOf = (folder: string): Option.Option<typeof Name.Type> => {
  const [, task, attempt] = nameOf.exec(folder) ?? []
  return Schema.decodeUnknownOption(Name)({ task: Number(task), attempt: Number(attempt) })
}

const sum = (files: ReadonlyArray<File>): number => files.reduce((bytes, file) => bytes + file.bytes, 0)

/** All that lies among the attempts of a state directory. */
export const find = ({ attempts: folder }: PlacesService): Effect.Effect<Found, StateUnusable> =>
  Effect.gen(function* () {
    const entries = yield* orElse<ReadonlyArray<Dirent>>("read", folder, [], () =>
      readdir(folder, { withFileTypes: true })
    )
    const attempts: Array<AttemptFiles> = []
    let otherBytes = 0
    const look = (entry: Dirent) =>
      Effect.gen(function* () {
        const name = entry.isDirectory() ? attemptOf(entry.name) : Option.none()
        if (Option.isNone(name)) {
          otherBytes += yield* bytesOf(folder, entry)
          return
        }
        const files = yield* filesBelow(join(folder, entry.name))
        const logs = files.filter(isLog)
        attempts.push({ ...name.value, bytes: sum(files), logBytes: sum(logs), logs: logs.map((file) => file.path) })
      })
    yield* Effect.forEach(entries, look, { concurrency, discard: true })
    return { attempts, otherBytes }
  })

/** Removes the folder of an attempt, or its output alone. Doing it again removes nothing. */
export const remove = (
  places: PlacesService,
  { attempt, logs, task }: AttemptFiles,
  what: "attempt" | "logs"
): Effect.Effect<void, StateUnusable> => {
  const paths = what === "attempt" ? [places.attempt(task, attempt)] : logs
  return Effect.forEach(
    paths,
    (path) => orElse("remove", path, undefined, () => rm(path, { recursive: true, force: true })),
    { discard: true }
  )
}
