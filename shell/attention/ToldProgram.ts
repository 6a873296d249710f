/**
 * A program that is started to tell a person something: what it is told is on its standard input and in its environment,
 * and it is given a limited time. One that takes longer is ended with all that it has started.
 */
import { type ChildProcess, spawn } from "node:child_process"
import type { Readable } from "node:stream"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Program from "../process/Program.ts"
import type { Processes } from "../process/Processes.ts"
import { markerVariable } from "../process/ProcessTable.ts"
import { within } from "./Channels.ts"
import type { Message } from "./Message.ts"

export interface Request {
  /** A path, or a name in PATH. */
  readonly command: string
  readonly args: ReadonlyArray<string>
  /** A directory that is there. */
  readonly cwd: string
  /** All of it but the marker and what it is told. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly message: Message
  readonly marker: string
}

/** Between TERM and KILL, milliseconds. */
const graceMs = 500
/** After its end: for what it said to be read, should somebody else still hold the pipe. */
const drainMs = 500
/** Of what it says on standard error the last bytes are kept. */
const keptBytes = 4096

const lastOf = (stream: Readable | null): (() => string) => {
  let kept = Buffer.alloc(0)
  stream?.on("data", (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-keptBytes)
  })
  return () => kept.toString("utf8")
}

/** The last line that says something, as the end of a sentence. */
const saying = (stderr: string): string => {
  const line = stderr.trim().split("\n").at(-1)?.trim().slice(0, 200) ?? ""
  return line === "" ? "" : `: ${line}`
}

interface Started {
  readonly child: ChildProcess
  /** Null: it ended well. */
  readonly ended: Promise<string | null>
}

const start = (file: string, { args, cwd, env, marker, message }: Request): Started => {
  const child = spawn(file, [...args], {
    cwd,
    env: { ...env, ...message.variables, [markerVariable]: marker },
    detached: true,
    stdio: ["pipe", "ignore", "pipe"]
  })
  const stderr = lastOf(child.stderr)
  const ended = new Promise<string | null>((resolve) => {
    child.once("error", (cause) => resolve(`it can not be started: ${cause.message}`))
    // Not `close` alone: what it leaves behind in the background may keep the pipe.
    child.once("exit", (code, signal) => {
      if (code === 0) return resolve(null)
      const how = code === null ? `it was ended by ${signal}` : `it ended with status ${code}`
      const settle = (): void => resolve(how + saying(stderr()))
      child.once("close", settle)
      setTimeout(settle, drainMs).unref()
    })
  })
  // Who does not read what it is told closes it.
  child.stdin?.on("error", () => undefined).end(message.json)
  return { child, ended }
}

const killGroup = ({ exitCode, pid, signalCode }: ChildProcess): void => {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, "SIGKILL")
  } catch {
    // It has just ended.
  }
}

/** Fails with why nobody can be sure that it told anybody anything. */
export const run = (processes: Context.Tag.Service<Processes>, request: Request): Effect.Effect<void, string> => {
  const { command, cwd, env, marker } = request

  const endAll = ({ child }: Started) =>
    Effect.gen(function* () {
      const root = child.pid === undefined ? Option.none() : yield* processes.identify(child.pid)
      yield* processes.stop({ marker, root: Option.getOrUndefined(root), graceMs })
    }).pipe(Effect.catchAll(() => Effect.sync(() => killGroup(child))))

  return Effect.gen(function* () {
    const file = yield* Effect.promise(() => Program.find(command, env.PATH, cwd))
    if (file === undefined) return yield* Effect.fail(`no program ${command} is found, or it may not be executed`)
    const trouble = yield* Effect.acquireUseRelease(
      Effect.try({ try: () => start(file, request), catch: (cause) => `it can not be started: ${String(cause)}` }),
      ({ ended }) =>
        within(
          Effect.promise(() => ended),
          (seconds) => `it took longer than ${seconds} s and was ended`
        ),
      (started) => {
        const { child } = started
        const isOver = child.exitCode !== null || child.signalCode !== null || child.pid === undefined
        return Effect.zipRight(
          isOver ? Effect.void : endAll(started),
          Effect.sync(() => {
            child.stdin?.destroy()
            child.stderr?.destroy()
            child.unref()
          })
        )
      }
    )
    if (trouble !== null) return yield* Effect.fail(trouble)
  })
}
