/**
 * Runs the setup of a fresh worktree for the attempt that needs it first: with the attempt's marker, so that whoever stops
 * the attempt ends it too, and in a folder of its own beside the attempt's files.
 */
import { join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Marker } from "../../core/execution/AttemptRecord.ts"
import type { AttemptNumber } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { environment } from "../agents/AgentEnvironment.ts"
import { Places, type PlacesService } from "../config/Places.ts"
import { Processes } from "../process/Processes.ts"
import * as Script from "./Script.ts"

/** A command of the setup did not succeed: the agent is not started. */
class SetupFailed extends Data.TaggedError("SetupFailed")<{ readonly why: string; readonly output: string }> {
  override get message(): string {
    return `the setup of its worktree failed: ${this.why}${this.output === "" ? "" : `; it ended with:\n${this.output}`}`
  }
}

const stopGraceMs = 1000
/** Characters of its output that the reason has. */
const toldLength = 2048

export interface Asked {
  readonly task: Task
  readonly attempt: AttemptNumber
  readonly marker: Marker
  /** The top of the worktree. */
  readonly top: string
  /** The attempt before it: a supervisor that is gone may have begun with its setup. */
  readonly earlier: Marker | null
}

const directoryOf = (places: PlacesService, task: Task, attempt: AttemptNumber): string =>
  join(places.attempt(task.id, attempt), "setup")

/** The folders whose start tokens are an attempt's: its own, and that of its setup, which is first to start. */
export const tokensOf = (places: PlacesService, task: Task, attempt: AttemptNumber): ReadonlyArray<string> => [
  ...((task.spec.setup ?? []).length === 0 ? [] : [directoryOf(places, task, attempt)]),
  places.attempt(task.id, attempt)
]

/** What is run: the commands one after the other, in one shell, until one fails; within the time of an attempt. */
export const scriptOf = (task: Task, top: string) => {
  const { agent, setup = [], timeoutMin } = task.spec
  return {
    command: "/bin/sh",
    args: ["-ec", setup.join("\n")],
    cwd: top,
    env: environment(process.env, agent, { DROVER_TASK: String(task.id) }),
    timeoutMin
  }
}

/** In words, where it did not succeed; null where it did. */
export const failureOf = (task: Task, { exit }: Script.Ended): string | null => {
  if (exit === null) return `it was not done after ${task.spec.timeoutMin} min`
  if (exit.code === 0) return null
  return exit.signal === null ? `status ${exit.code}` : `it was ended by ${exit.signal}`
}

export const run = Effect.fnUntraced(function* ({ attempt, earlier, marker, task, top }: Asked) {
  const places = yield* Places
  const processes = yield* Processes
  if ((task.spec.setup ?? []).length === 0) return
  const directory = directoryOf(places, task, attempt)
  if (earlier !== null) {
    const stopped = yield* processes.stop({ marker: earlier, graceMs: stopGraceMs })
    if (stopped._tag === "Survivors") {
      return yield* new SetupFailed({
        why: `${stopped.processes.length} processes of an earlier one live`,
        output: ""
      })
    }
  }
  const ended = yield* Script.run({ ...scriptOf(task, top), directory, marker }).pipe(
    Effect.catchTag("ScriptFailed", ({ why }) => new SetupFailed({ why, output: "" }))
  )
  const why = failureOf(task, ended)
  if (why !== null) return yield* new SetupFailed({ why, output: ended.output.slice(-toldLength) })
})
