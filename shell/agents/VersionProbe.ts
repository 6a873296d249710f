/**
 * Asks a vendor's program for its version: `<program> --version`, once, for a bounded time, without any input, and
 * nothing of what it has started in its process group is left behind.
 */
import { type ChildProcess, spawn } from "node:child_process"
import type { Readable } from "node:stream"
import * as Effect from "effect/Effect"
import { isOlder, oldest, parse, type Vendor, type Version } from "../../core/agent/Version.ts"
import type { AgentDefinition } from "../../core/task/AgentDefinition.ts"
import { endGroup } from "../process/ChildGroup.ts"
import { environment } from "./AgentEnvironment.ts"

/** A program of a vendor, as an agent uses it. */
export interface VendorProgram {
  readonly vendor: Vendor
  readonly agent: AgentDefinition
  /** What its command stands for: absolute. */
  readonly file: string
  /** A directory of its work: managers of versions choose by it. */
  readonly cwd: string
}

export type Answer =
  | { readonly _tag: "Known"; readonly version: Version }
  | { readonly _tag: "TooOld"; readonly version: Version; readonly oldest: Version }
  /** It ran, and what it printed names no version. */
  | { readonly _tag: "NotUnderstood"; readonly said: string }
  /** It ended badly, or not in time, or could not be started. */
  | { readonly _tag: "NoAnswer"; readonly why: string }

/** Of a program that has just been installed, on a machine that is busy; at rest each of them needs under a second. */
const limit = "5 seconds"

/** After its status is known: for what it printed to be read, should somebody outside its group still hold the pipe. */
const drainLimit = "1 second"

/** Far more than a version takes; what goes beyond is read and dropped. */
const keptBytes = 4096

/**
 * The shell leads the group and outlives the program: so the number of the group is nobody else's when it is killed.
 * Should drover be killed first, its end of the pipe closes, and the group goes with it.
 */
const script = `exec 4<&0
(read -r _ <&4; kill -KILL 0) 3>&- &
"$1" --version </dev/null 3>&- 4<&-
echo "$?" >&3
wait`

const collect = (stream: Readable): (() => string) => {
  const chunks: Array<Buffer> = []
  let bytes = 0
  stream.on("data", (chunk: Buffer) => {
    if (bytes < keptBytes) chunks.push(chunk)
    bytes += chunk.length
  })
  return () => Buffer.concat(chunks).toString("utf8")
}

interface Run {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  /** What the shell says of the program's end; rejected where the shell can not be started. */
  readonly status: Promise<string>
  readonly closed: Promise<unknown>
}

const start = ({ agent, cwd, file }: VendorProgram): Run => {
  const child = spawn("/bin/sh", ["-c", script, "drover", file], {
    cwd,
    env: environment(process.env, agent, {}),
    detached: true,
    stdio: ["pipe", "pipe", "pipe", "pipe"]
  })
  const status = new Promise<string>((resolve, reject) => {
    child.once("error", reject)
    child.stdio[3]?.once("data", (data) => resolve(String(data).trim()))
    child.stdio[3]?.once("end", () => resolve(""))
  })
  const closed = new Promise((resolve) => child.once("close", resolve))
  return { child, stdout: collect(child.stdout), stderr: collect(child.stderr), status, closed }
}

const firstLine = (text: string): string => text.trim().split("\n")[0]?.slice(0, 200) ?? ""

const judge = (vendor: Vendor, status: string, stdout: string, stderr: string): Answer => {
  if (status !== "0") {
    const said = firstLine(stderr)
    const end = status === "" ? "was ended" : `ended with status ${status}`
    return { _tag: "NoAnswer", why: said === "" ? end : `${end}: ${said}` }
  }
  const version = parse(stdout)
  if (version === null) return { _tag: "NotUnderstood", said: firstLine(stdout) }
  return isOlder(version, oldest[vendor])
    ? { _tag: "TooOld", version, oldest: oldest[vendor] }
    : { _tag: "Known", version }
}

/** What the program says of its version, and what is known of that. */
export const ask = (program: VendorProgram): Effect.Effect<Answer> =>
  Effect.acquireUseRelease(
    Effect.sync(() => start(program)),
    ({ child, closed, status, stderr, stdout }) =>
      Effect.tryPromise(() => status).pipe(
        Effect.tap(() => Effect.sync(() => endGroup(child, "SIGKILL"))),
        Effect.tap(() =>
          Effect.timeoutOption(
            Effect.promise(() => closed),
            drainLimit
          )
        ),
        Effect.map((text) => judge(program.vendor, text, stdout(), stderr())),
        Effect.catchAll(({ error }) => Effect.succeed<Answer>({ _tag: "NoAnswer", why: String(error) })),
        Effect.timeoutTo({
          duration: limit,
          onSuccess: (answer) => answer,
          onTimeout: (): Answer => ({ _tag: "NoAnswer", why: `did not answer within ${limit}` })
        })
      ),
    ({ child }) =>
      Effect.sync(() => {
        endGroup(child, "SIGKILL")
        child.stdout?.destroy()
        child.stderr?.destroy()
      })
  )
