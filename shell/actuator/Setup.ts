/**
 * Runs the setup of a fresh worktree for the attempt that needs it first: with the attempt's marker, so that whoever stops
 * the attempt ends it too, and in a folder of its own beside the attempt's files.
 */
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Marker } from "../../core/execution/AttemptRecord.ts"
import type { AttemptNumber } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { environment } from "../agents/AgentEnvironment.ts"
import { Places } from "../config/Places.ts"
import * as Exit from "../process/Exit.ts"
import { Processes } from "../process/Processes.ts"
import { readBounded } from "../verifiers/BoundedOutput.ts"

/** A command of the setup did not succeed: the agent is not started. */
class SetupFailed extends Data.TaggedError("SetupFailed")<{ readonly why: string; readonly output: string }> {
  override get message(): string {
    return `the setup of its worktree failed: ${this.why}${this.output === "" ? "" : `; it ended with:\n${this.output}`}`
  }
}

const outputFile = "setup.log"
const pauseMs = 200
const stopGraceMs = 1000
/** Bytes of its output that the reason has. */
const toldBytes = 2048

export interface Asked {
  readonly task: Task
  readonly attempt: AttemptNumber
  readonly marker: Marker
  /** The top of the worktree. */
  readonly top: string
  /** The attempt before it: a supervisor that is gone may have begun with its setup. */
  readonly earlier: Marker | null
}

const describe = ({ code, signal }: Exit.ProcessExit): string =>
  signal === null ? `status ${code}` : `it was ended by ${signal}`

/** Runs the commands one after the other, in one shell, until one fails; within the time of an attempt. */
export const run = Effect.fnUntraced(function* ({ attempt, earlier, marker, task, top }: Asked) {
  const places = yield* Places
  const processes = yield* Processes
  const { agent, setup = [], timeoutMin } = task.spec
  if (setup.length === 0) return
  const directory = join(places.attempt(task.id, attempt), "setup")
  const output = join(directory, outputFile)
  const failed = (why: string) =>
    Effect.flatMap(
      Effect.orElseSucceed(readBounded(output, toldBytes), () => ""),
      (text) => new SetupFailed({ why, output: text.trimEnd() })
    )
  if (earlier !== null) {
    const stopped = yield* processes.stop({ marker: earlier, graceMs: stopGraceMs })
    if (stopped._tag === "Survivors")
      return yield* failed(`${stopped.processes.length} processes of an earlier one live`)
  }
  yield* Effect.tryPromise({
    try: () => mkdir(directory, { recursive: true, mode: 0o700 }),
    catch: (cause) => new SetupFailed({ why: `the folder ${directory} can not be made: ${String(cause)}`, output: "" })
  })
  const ends = (yield* Clock.currentTimeMillis) + timeoutMin * 60_000
  yield* processes.spawn({
    directory,
    marker,
    command: "/bin/sh",
    args: ["-ec", setup.join("\n")],
    cwd: top,
    env: environment(process.env, agent, { DROVER_TASK: String(task.id) }),
    stdin: null,
    stdout: output,
    stderr: output
  })
  let exit = yield* Exit.read(directory)
  while (Option.isNone(exit) && (yield* Clock.currentTimeMillis) < ends) {
    yield* Effect.sleep(pauseMs)
    exit = yield* Exit.read(directory)
  }
  // Whatever it has left behind would be taken for the agent.
  const stopped = yield* processes.stop({ marker, graceMs: stopGraceMs })
  if (stopped._tag === "Survivors") return yield* failed(`${stopped.processes.length} of its processes survive its end`)
  if (Option.isNone(exit)) return yield* failed(`it was not done after ${timeoutMin} min`)
  if (exit.value.code !== 0) return yield* failed(describe(exit.value))
})
