/**
 * Looks at attempts: start token, process table, exit record, output, in that order, so that what is seen never claims
 * more than is true. A process that is gone from the table has written its exit record before.
 */
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as AgentStream from "../../core/agent/AgentStream.ts"
import { endingOf } from "../../core/agent/Ending.ts"
import * as Waiting from "../../core/agent/Waiting.ts"
import type { AttemptRecord, Progress } from "../../core/execution/AttemptRecord.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import { agentFor, modelFor } from "../../core/task/RoleAgents.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Observation } from "../../core/tick/World.ts"
import { stderrFile, stdoutFile } from "../agents/Launch.ts"
import type { Prices } from "../config/Configuration.ts"
import { Places } from "../config/Places.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import * as Exit from "../process/Exit.ts"
import { Processes } from "../process/Processes.ts"
import { findAlive, identityOf, isAlive, type ProcessEntry, type ProcessTable } from "../process/ProcessTable.ts"
import * as StartToken from "../process/StartToken.ts"
import { readBounded } from "../verifiers/BoundedOutput.ts"
import * as OutputReading from "./OutputReading.ts"
import * as Silence from "./Silence.ts"
import type { OutputUnreadable } from "./OutputUnreadable.ts"

/** What to look at: a task as it was, and the record of its current attempt. */
export interface Target {
  readonly task: Task
  readonly record: AttemptRecord
}

/** What was seen of one target; it holds for that revision of the task alone. */
export interface Sighting {
  readonly task: TaskId
  readonly revision: number
  readonly observation: Observation
  readonly progress: Progress
}

/** Bytes of stderr that the next attempt is told. */
const stderrBytes = 2048

interface Reading {
  /** Null until there is something to read: of thousands that are gone, most are never asked. */
  output: OutputReading.OutputReading | null
  /** Its start token was taken, which it stays. */
  isStarted: boolean
  /** Its end, once the output was read to its own: judged once. */
  ended: Observation | null
}

const earliest = (entries: ReadonlyArray<ProcessEntry>): ProcessEntry | undefined =>
  entries.toSorted((a, b) => a.startTime.length - b.startTime.length || (a.startTime < b.startTime ? -1 : 1))[0]

export interface Options {
  readonly limitFallbackMs: number
  readonly prices: Prices
  /** When a hook told of that session, epoch milliseconds; 0: never. */
  readonly heardAt: (session: string | null) => number
}

export const make = Effect.fnUntraced(function* ({ heardAt, limitFallbackMs, prices }: Options) {
  const places = yield* Places
  const processes = yield* Processes
  const silence = yield* Silence.make
  const readings = new Map<string, Reading>()

  const rulesOf = ({ record, task }: Target): AgentStream.Rules => {
    const { role } = record.attempt
    const name = modelFor(task.spec, role)
    return {
      kind: agentFor(task.spec, role).kind,
      limitFallbackMs,
      price: name === null ? null : (prices.get(name) ?? null),
      // An agent has the time zone of its supervisor.
      offsetMinutes: -new Date(record.createdAt).getTimezoneOffset()
    }
  }

  const readingOf = ({ record }: Target): Reading => {
    const known = readings.get(record.marker)
    if (known !== undefined) return known
    const fresh: Reading = { output: null, isStarted: false, ended: null }
    readings.set(record.marker, fresh)
    return fresh
  }

  const outputOf = (target: Target): OutputReading.OutputReading => {
    const reading = readingOf(target)
    const { record } = target
    const file = join(places.attempt(record.task, record.attempt.number), stdoutFile)
    return (reading.output ??= OutputReading.make(file, record.progress, rulesOf(target)))
  }

  /**
   * Reads what is left of the output of an attempt that was proved dead: what was printed while it was being stopped,
   * or, after a restart, all that the supervisor before had read and not yet noted.
   */
  const finish = (target: Target): Effect.Effect<void, OutputUnreadable> =>
    Effect.suspend(() => outputOf(target).drainWhole)

  const dead = Effect.fnUntraced(function* (target: Target, reading: Reading, exit: Exit.ProcessExit) {
    if (reading.ended !== null) return reading.ended
    const output = outputOf(target)
    yield* output.drainWhole
    const directory = places.attempt(target.task.id, target.record.attempt.number)
    const stderr = yield* readBounded(join(directory, stderrFile), stderrBytes)
    const { kind } = agentFor(target.task.spec, target.record.attempt.role)
    reading.ended = { _tag: "Dead", how: endingOf(kind, exit, output.progress(), exit.at * 1000, stderr) }
    return reading.ended
  })

  const see = Effect.fnUntraced(function* (
    target: Target,
    reading: Reading,
    token: StartToken.StartToken,
    table: ProcessTable
  ) {
    const { record, task } = target
    // By its identity: the kernel takes the environment, and with it the marker, from a process before it ends.
    const wrapper = record.process === null ? undefined : findAlive(table, record.process)
    if (wrapper === undefined) {
      // Not before: while the wrapper runs it may still write it.
      const exit = yield* Exit.read(places.attempt(task.id, record.attempt.number))
      if (Option.isSome(exit)) return yield* dead(target, reading, exit.value)
    }
    // In a worktree, what has the marker before the token is taken makes its directory ready; elsewhere it is a wrapper.
    // What is left of one that was revoked is neither: it never becomes an agent.
    const isNone = token === "revoked" || (token === "free" && task.spec.isolate === "worktree")
    const marked = isNone ? [] : (table.byMarker.get(record.marker) ?? []).filter(isAlive)
    const entry = wrapper ?? earliest(marked)
    if (entry === undefined) return { _tag: "Absent", token } as const
    const output = outputOf(target)
    yield* output.drain
    const progress = output.progress()
    const { costUsd, toolTurns } = progress
    const now = yield* Clock.currentTimeMillis
    const saidAt = Math.max(progress.lastProgressAt, heardAt(progress.session))
    const activeAt = yield* silence.activeAt(target, table, saidAt, now)
    return {
      _tag: "Alive",
      process: identityOf(table, entry),
      isAdopted: true,
      lastProgressAt: Math.max(saidAt, activeAt),
      toolTurns,
      costUsd,
      ...Waiting.limited(progress, now, limitFallbackMs)
    } as const
  })

  const tokenOf = (target: Target): Effect.Effect<StartToken.StartToken, StartToken.StartTokenUnusable> => {
    const { record, task } = target
    const reading = readingOf(target)
    if (reading.isStarted) return Effect.succeed("taken")
    const read = StartToken.read(places.attempt(task.id, record.attempt.number))
    return Effect.tap(read, (token) => Effect.sync(() => (reading.isStarted = token === "taken")))
  }

  /** Looks at all targets with one look at the process table. What can not be looked at is Unknown, never absent. */
  const look = Effect.fnUntraced(function* (targets: ReadonlyArray<Target>) {
    const areStarted = targets.every((target) => readingOf(target).isStarted)
    // A fiber for each costs more than all that is left to do once it is known that they have begun.
    const concurrency = areStarted ? 1 : 8
    const tokens = yield* Effect.forEach(targets, (target) => Effect.either(tokenOf(target)), { concurrency })
    const table = yield* Effect.either(processes.snapshot)
    return yield* Effect.forEach(
      targets,
      (target, index) => {
        const reading = readingOf(target)
        const sighting = (observation: Observation): Sighting => ({
          task: target.task.id,
          revision: target.task.revision,
          observation,
          progress: reading.output?.progress() ?? target.record.progress
        })
        const unknown = (error: { readonly message: string }) =>
          Effect.succeed(sighting({ _tag: "Unknown", why: error.message }))
        const token = tokens[index]
        if (table._tag === "Left") return unknown(table.left)
        if (token === undefined || token._tag === "Left") {
          return unknown(token === undefined ? { message: "its start token was not looked at" } : token.left)
        }
        // One that can not be looked at for whatever reason leaves the others as they are.
        return Mechanism.failing(see(target, reading, token.right, table.right)).pipe(
          Effect.map((observation) => sighting(observation)),
          Effect.catchAll(unknown)
        )
      },
      { concurrency: Math.min(8, targets.length) }
    )
  })

  /** What the output of an attempt has said so far, if it was looked at. */
  const progressOf = (record: AttemptRecord): Progress =>
    readings.get(record.marker)?.output?.progress() ?? record.progress

  /** Forgets an attempt whose end is recorded. */
  const forget = ({ marker }: AttemptRecord): void => {
    readings.delete(marker)
    silence.forget(marker)
  }

  return { look, finish, progressOf, forget } as const
})

export type AttemptSensor = Effect.Effect.Success<ReturnType<typeof make>>
