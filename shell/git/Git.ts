/**
 * Runs git as a plain tool: no configuration of the user's or the machine's, no question, no hook, no daemon, and its
 * whole process group ends when the one who asked goes away: at once, or, where it changes what stays, well.
 */
import { type ChildProcess, spawn } from "node:child_process"
import type { Readable } from "node:stream"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { endGroup } from "../process/ChildGroup.ts"

/** git could not be run at all, or was ended by a signal. */
export class GitUnusable extends Data.TaggedError("GitUnusable")<{
  readonly operation: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `git can not be used (${this.operation}): ${String(this.cause)}`
  }
}

export interface Answer {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Far more than most answers; what goes beyond is read and dropped, so that git never waits. */
const usualBytes = 64 * 1024

export interface Manner {
  /**
   * Its objects stay, so that they are written as git does by itself, and the user's own configuration holds, as for
   * what an agent does there. Without: a look, which only reads.
   */
  readonly isLasting?: boolean
  /** A look at what an agent has done: it reads only, and the user's own configuration holds, as it does for the agent. */
  readonly isUsers?: boolean
  /** Given to git on its standard input. */
  readonly stdin?: string | Uint8Array
  /** Bytes of its answer that are kept. */
  readonly keptBytes?: number
  /** `latin1` keeps every byte as a character of its own: names need not be UTF-8. */
  readonly encoding?: "utf8" | "latin1"
}

/**
 * What a repository's own configuration must not turn on: programs that git would start or files it would write beside
 * the ones it is told to, and shortcuts by which a changed file passes for an unchanged one. The user named the
 * directory, so that it belongs to somebody else is no reason to refuse it. Objects are for one look: not worth fsync
 * or compression.
 */
const settings = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.splitIndex=false",
  "core.untrackedCache=false",
  "core.checkStat=default",
  "core.trustctime=true",
  "safe.directory=*",
  "gc.auto=0",
  "maintenance.auto=false",
  "advice.addEmbeddedRepo=false"
]
const looking = [...settings, "core.fsync=none", "core.looseCompression=0"]

const options = (manner: Manner): ReadonlyArray<string> =>
  (manner.isLasting === true ? settings : looking).flatMap((setting) => ["-c", setting])

/** In the C locale, so that the few messages that are compared are the same everywhere. */
const plain = { GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" }
const readOnly = {
  ...plain,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1"
}
/** Who has made a commit that drover makes. */
const drover = { NAME: "drover", EMAIL: "drover@localhost" }
const identity = {
  GIT_AUTHOR_NAME: drover.NAME,
  GIT_AUTHOR_EMAIL: drover.EMAIL,
  GIT_COMMITTER_NAME: drover.NAME,
  GIT_COMMITTER_EMAIL: drover.EMAIL
}

const environment = ({ isLasting, isUsers }: Manner): Readonly<Record<string, string>> => {
  if (isLasting !== true && isUsers !== true) return readOnly
  const { HOME, XDG_CONFIG_HOME } = process.env
  return {
    ...plain,
    ...(isLasting === true ? identity : { GIT_OPTIONAL_LOCKS: "0", GIT_NO_LAZY_FETCH: "1" }),
    ...(HOME === undefined ? {} : { HOME }),
    ...(XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME })
  }
}

/**
 * Runs `git <args>` in `cwd` to its end. Any exit status is an answer. `env` is added to the few variables it gets;
 * `path` is where git and its helpers are looked for. An interruption kills git and what it started.
 */
export const run = (
  args: ReadonlyArray<string>,
  cwd: string,
  path: string,
  env: Readonly<Record<string, string>> = {},
  manner: Manner = {}
): Effect.Effect<Answer, GitUnusable> =>
  Effect.async((resume) => {
    const operation = args[0] ?? "git"
    const failed = (cause: unknown) => resume(new GitUnusable({ operation, cause }))
    const child = spawn("git", [...options(manner), ...args], {
      cwd,
      env: { PATH: path, ...environment(manner), ...env },
      // A group of its own, so that a filter program that git waits for can be ended with it.
      detached: true,
      stdio: ["pipe", "pipe", "pipe"]
    })
    // One that ends before it has read all says so by its status.
    child.stdin.on("error", () => undefined)
    child.stdin.end(manner.stdin ?? "")
    const stdout = collect(child.stdout, manner.keptBytes ?? usualBytes, manner.encoding)
    const stderr = collect(child.stderr, usualBytes)
    child.once("error", failed)
    child.once("close", (status, signal) => {
      if (status === null) failed(`ended by ${signal}`)
      else resume(Effect.succeed({ status, stdout: stdout(), stderr: stderr() }))
    })
    const close = Effect.sync(() => {
      endGroup(child, "SIGKILL")
      child.stdout.destroy()
      child.stderr.destroy()
    })
    return manner.isLasting === true ? Effect.zipRight(endWell(child), close) : close
  })

/** How long git may take to end well. */
const graceMs = 5000

/**
 * Asked to end, git takes its locks away and a worktree that it has half made; killed, it leaves them to a user whose next
 * command fails by them.
 */
const endWell = (child: ChildProcess): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    const late = setTimeout(() => endGroup(child, "SIGKILL"), graceMs)
    child.once("exit", () => {
      clearTimeout(late)
      resume(Effect.void)
    })
    endGroup(child, "SIGTERM")
  })

const collect = (stream: Readable, keptBytes: number, encoding: Manner["encoding"] = "utf8"): (() => string) => {
  const chunks: Array<Buffer> = []
  let bytes = 0
  stream.on("data", (chunk: Buffer) => {
    if (bytes < keptBytes) chunks.push(chunk)
    bytes += chunk.length
  })
  return () => Buffer.concat(chunks).toString(encoding)
}
