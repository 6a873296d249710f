/**
 * Where drover keeps its state and looks for the user's configuration; nothing else decides a path of these.
 */
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { makeStateDirectory } from "../store/PrivateFile.ts"
import { attemptId, type AttemptNumber, type RunNumber, type TaskId } from "../../core/task/Identifiers.ts"
import { basePaths } from "./BasePaths.ts"

/** `sun_path` holds 108 bytes on Linux (unix(7)) and 104 on macOS and the BSDs, its closing NUL among them. */
const longestSocketPath = process.platform === "linux" ? 107 : 103

/** No socket can have the path that the state directory leads to. */
export class SocketPathTooLong extends Data.TaggedError("SocketPathTooLong")<{
  readonly path: string
  readonly bytes: number
  readonly limit: number
}> {
  override get message(): string {
    return (
      `the socket's path is too long: ${this.path} has ${this.bytes} bytes, this system allows ${this.limit}; ` +
      "set DROVER_HOME to a shorter directory"
    )
  }
}

/** The state directory can not be made, or something that is no directory has its path. */
export class StateDirectoryUnusable extends Data.TaggedError("StateDirectoryUnusable")<{
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the state directory ${this.path} can not be made: ${String(this.cause)}`
  }
}

export interface PlacesService {
  readonly stateDirectory: string
  readonly database: string
  readonly lock: string
  readonly log: string
  readonly socket: string
  readonly token: string
  readonly spool: string
  /** The program that hooks run: `hook NAME`, with the event on its standard input. */
  readonly hook: string
  /** Where the hook program looks for what a session may not do by itself: beside the spool. */
  readonly sessionPolicies: string
  readonly attempts: string
  readonly worktrees: string
  /** The folder of one attempt: `attempts/42.3`. */
  readonly attempt: (task: TaskId, attempt: AttemptNumber) => string
  /** The folder of one run of a verifier: `attempts/42.3/v7`. */
  readonly run: (task: TaskId, attempt: AttemptNumber, run: RunNumber) => string
  /** The folder of one landing of what an attempt left: `attempts/42.3/l7`. */
  readonly landing: (task: TaskId, attempt: AttemptNumber, run: RunNumber) => string
  /** The user's configuration; it need not exist. */
  readonly configFile: string
}

export const make = (
  environment: Readonly<Record<string, string | undefined>>
): Either.Either<PlacesService, SocketPathTooLong> => {
  const { configFile, spool, stateDirectory } = basePaths(environment)
  const socket = join(stateDirectory, "drover.sock")
  const bytes = Buffer.byteLength(socket)
  if (bytes > longestSocketPath) {
    return Either.left(new SocketPathTooLong({ path: socket, bytes, limit: longestSocketPath }))
  }
  const attempts = join(stateDirectory, "attempts")
  return Either.right({
    stateDirectory,
    database: join(stateDirectory, "drover.db"),
    lock: join(stateDirectory, "supervisor.lock"),
    log: join(stateDirectory, "supervisor.log"),
    socket,
    token: join(stateDirectory, "token"),
    spool,
    hook: join(stateDirectory, "hook"),
    sessionPolicies: join(stateDirectory, "session-policy"),
    attempts,
    worktrees: join(stateDirectory, "worktrees"),
    attempt: (task, attempt) => join(attempts, attemptId(task, attempt)),
    run: (task, attempt, run) => join(attempts, attemptId(task, attempt), `v${run}`),
    landing: (task, attempt, run) => join(attempts, attemptId(task, attempt), `l${run}`),
    configFile
  })
}

export class Places extends Context.Tag("drover/Places")<Places, PlacesService>() {}

/** From the environment of this process. */
export const layer: Layer.Layer<Places, SocketPathTooLong> = Layer.effect(
  Places,
  Effect.suspend(() => make(process.env))
)

/**
 * Makes the state directory if it is not there, for its owner alone (0700). One that exists is taken as it is: the user
 * may have a reason for its mode.
 */
export const ensureStateDirectory: Effect.Effect<void, StateDirectoryUnusable, Places> = Effect.flatMap(
  Places,
  ({ stateDirectory: path }) =>
    Effect.tryPromise({
      try: () => makeStateDirectory(path),
      catch: (cause) => new StateDirectoryUnusable({ path, cause })
    })
)
