/** A recorded run before the real judgement: its lines at their times, and what a tick would decide about it meanwhile. */
import * as Either from "effect/Either"
import { fold, type Rules } from "../../../core/agent/AgentStream.ts"
import { limited } from "../../../core/agent/Waiting.ts"
import { noProgress } from "../../../core/execution/AttemptRecord.ts"
import type { StopReason } from "../../../core/execution/Execution.ts"
import { defaults } from "../../../core/policy/Policy.ts"
import { apply } from "../../../core/task/Apply.ts"
import type { Task } from "../../../core/task/Task.ts"
import { timed } from "../../../core/tick/Context.ts"
import { decideExecution } from "../../../core/tick/DecideExecution.ts"
import { unobserved } from "../../../core/tick/World.ts"
import { attempt, now as start, taskOf } from "../tick/Worlds.ts"
import type { Recording, Vendor } from "./Recordings.ts"

/** A supervisor looks at least that often; it also does at every line, and when what it decided ends. */
const lookMs = 1000

const process = { host: "here", pid: 1, startTime: "1", bootId: "1" }

export interface Stopped {
  readonly why: StopReason | null
  /** Milliseconds after the program was started. */
  readonly at: number
}

/** Whether every line of a recording has its time: of lists that are too long the harness keeps the beginning. */
export const isTimed = ({ stdout, times }: Recording): boolean =>
  stdout.filter((line) => line.trim() !== "").length === times.length

const runningTask = (vendor: Vendor, inactivitySecs: number): Task => {
  const task = taskOf()
  const agent = { ...task.spec.agent, kind: vendor }
  return {
    ...task,
    spec: { ...task.spec, agent, inactivitySecs },
    execution: {
      _tag: "Running",
      attempt: attempt({ visit: task.visit }),
      carrier: { _tag: "Process", process },
      since: start
    }
  }
}

/** When it would have been stopped before it ended by itself or was ended; null: it would not. */
export const replay = (vendor: Vendor, recording: Recording, inactivitySecs: number): Stopped | null => {
  const rules: Rules = { kind: vendor, limitFallbackMs: defaults.limitFallbackMs, price: null, offsetMinutes: 0 }
  const lines = recording.stdout.filter((line) => line.trim() !== "")
  let task = runningTask(vendor, inactivitySecs)
  let progress = noProgress(start)
  let read = 0
  for (let now = 0; now < recording.wallMs;) {
    for (; (recording.times[read]?.[0] ?? Number.POSITIVE_INFINITY) <= now; read++) {
      progress = fold(progress, lines[read] ?? "", start + now, rules)
    }
    const context = timed({ now: start + now, policy: defaults })
    const { costUsd, lastProgressAt, toolTurns } = progress
    const seen = limited(progress, context.now, rules.limitFallbackMs)
    const alive = { _tag: "Alive", process, isAdopted: true, lastProgressAt, toolTurns, costUsd, ...seen } as const
    const proposal = decideExecution({ ...unobserved(task, []), observation: alive }, context)
    const action = proposal?._tag === "Act" ? proposal.action : null
    if (action?._tag === "Stop") return { why: action.why, at: now }
    if (action?._tag === "Record") {
      for (const event of action.events) {
        const applied = Either.getOrThrow(apply(task, event))
        if (applied._tag === "Applied") task = applied.task
      }
      continue
    }
    const nextLine = recording.times[read]?.[0] ?? Number.POSITIVE_INFINITY
    now = Math.min(nextLine, context.until - start, now + lookMs)
  }
  return null
}
