/**
 * Runs git as a plain tool: no configuration of the user's or the machine's, no question, no hook, no daemon, and its
 * whole process group ends when the one who asked goes away.
 */
import { type ChildProcess, spawn } from "node:child_process"
import type { Readable } from "node:stream"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

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

/** Far more than the answers that are asked for; what goes beyond is read and dropped, so that git never waits. */
const keptBytes = 64 * 1024

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
  "core.fsync=none",
  "core.looseCompression=0",
  "safe.directory=*",
  "gc.auto=0",
  "maintenance.auto=false",
  "advice.addEmbeddedRepo=false"
].flatMap((setting) => ["-c", setting])

/** In the C locale, so that the few messages that are compared are the same everywhere. */
const plain = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C"
}

/**
 * Runs `git <args>` in `cwd` to its end. Any exit status is an answer. `env` is added to the few variables it gets;
 * `path` is where git and its helpers are looked for. An interruption kills git and what it started.
 */
export const run = (
  args: ReadonlyArray<string>,
  cwd: string,
  path: string,
  env: Readonly<Record<string, string>> = {}
): Effect.Effect<Answer, GitUnusable> =>
  Effect.async((resume) => {
    const operation = args[0] ?? "git"
    const failed = (cause: unknown) => resume(new GitUnusable({ operation, cause }))
    const child = spawn("git", [...settings, ...args], {
      cwd,
      env: { PATH: path, ...plain, ...env },
      // A group of its own, so that a filter program that git waits for can be ended with it.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"]
    })
    const stdout = collect(child.stdout)
    const stderr = collect(child.stderr)
    child.once("error", failed)
    child.once("close", (status, signal) => {
      if (status === null) failed(`ended by ${signal}`)
      else resume(Effect.succeed({ status, stdout: stdout(), stderr: stderr() }))
    })
    return Effect.sync(() => {
      endGroup(child)
      child.stdout.destroy()
      child.stderr.destroy()
    })
  })

const endGroup = ({ exitCode, pid, signalCode }: ChildProcess): void => {
  // Once it is reaped its number may be somebody else's.
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // It has ended by itself just now: macOS does not let a zombie be signalled.
  }
}

const collect = (stream: Readable): (() => string) => {
  const chunks: Array<Buffer> = []
  let bytes = 0
  stream.on("data", (chunk: Buffer) => {
    if (bytes < keptBytes) chunks.push(chunk)
    bytes += chunk.length
  })
  return () => Buffer.concat(chunks).toString("utf8")
}
