/**
 * Stops what an attempt has started and proves it, once at a time per attempt; what came of it is an observation for
 * the next tick. Start tokens are revoked first, so that nothing new begins behind the proof.
 */
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import { claimsOf } from "../../core/commitment/index.ts"
import { ofText } from "../../core/verify/Verdict.ts"
import { interruptMsOf, resumableSession } from "../../core/agent/Resume.ts"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import type { Of } from "../../core/execution/Execution.ts"
import { holds } from "../../core/execution/Limit.ts"
import type { ProcessIdentity } from "../../core/execution/Process.ts"
import { progressed } from "../../core/execution/WorkProgress.ts"
import { agentFor } from "../../core/task/RoleAgents.ts"
import type { Task } from "../../core/task/Task.ts"
import { type Observation, unaddressed } from "../../core/tick/World.ts"
import { stdoutFile } from "../agents/Launch.ts"
import { offsetMinutes } from "../claims/LocalOffset.ts"
import type { ClaimSettings } from "../config/ClaimTable.ts"
import { Configuration } from "../config/Configuration.ts"
import { Places } from "../config/Places.ts"
import { Trees } from "../git/Trees.ts"
import { Worktrees } from "../git/Worktrees.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import { Processes } from "../process/Processes.ts"
import * as HeadFile from "./HeadFile.ts"
import * as Revocation from "./Revocation.ts"
import * as Setup from "./Setup.ts"
import type { AttemptSensor } from "../sensors/AttemptSensor.ts"
import { readBounded } from "../verifiers/BoundedOutput.ts"
import { runMarker } from "../verifiers/Verifiers.ts"

/** A task in Stopping, with the record of the attempt that is being stopped. */
export interface Stop {
  readonly task: Task
  readonly execution: Of<"Stopping">
  readonly record: AttemptRecord
  readonly graceMs: number
  /** A launch that is still under way must have come to its end first. */
  readonly launch: Effect.Effect<void>
}

/** A stop, and who is told when there is something to look at. */
interface Work {
  readonly request: Stop
  readonly onEnd: Effect.Effect<void>
}

/** How long after a stop that could not be looked at the next try begins. */
const againMs = 5000
/** Proofs at once. A supervisor that takes over what thousands have left would hold all of theirs in memory. */
const atOnce = 256
/** Bytes of a QA agent's words that the coder is told. */
const toldBytes = 8 * 1024

const keyOf = ({ record }: Stop): string => `${record.marker}`

/** Of what is being stopped, and of nothing that comes after it. */
const markerOf = ({ execution: { subject }, record }: Stop): string =>
  subject._tag === "Verifiers" && subject.run !== null ? runMarker(record.marker, subject.run) : record.marker

const rootOf = ({ execution, record }: Stop): ProcessIdentity | undefined =>
  execution.carrier?._tag === "Process" ? execution.carrier.process : (record.process ?? undefined)

/** Whether its last words promise something, and anybody wants to know. Nothing comes after them: it was not done. */
const isPromise = ({ isEnabled, lexicon, policy }: ClaimSettings, message: string | null, now: number): boolean => {
  if (!isEnabled || !policy.nudges || message === null) return false
  const said = { message, topic: "", session: null, at: now, offsetMinutes: offsetMinutes(now) }
  return claimsOf(said, lexicon).promised.length > 0
}

export const make = Effect.fnUntraced(function* (sensor: AttemptSensor) {
  const places = yield* Places
  const processes = yield* Processes
  const trees = yield* Trees
  const worktrees = yield* Worktrees
  const { claims } = yield* Configuration
  const fibers = yield* FiberSet.make()
  const slots = yield* Effect.makeSemaphore(atOnce)
  const waiting = yield* Queue.unbounded<Work>()
  /** What waits, is being proved, or is tried again. */
  const begun = new Set<string>()
  const results = new Map<string, Observation>()
  const unknownSince = new Map<string, number>()

  /** The attempt's own tokens, or that of its present run: none of them starts any more. */
  const revoke = Effect.fnUntraced(function* ({ execution, record, task }: Stop) {
    const { number } = record.attempt
    const { subject } = execution
    const isRun = subject._tag === "Verifiers" && subject.run !== null
    const folders = isRun ? [places.run(task.id, number, subject.run)] : Setup.tokensOf(places, task, number)
    yield* Effect.forEach(folders, Revocation.revoke, { discard: true })
  })

  const facts = Effect.fnUntraced(function* (stop: Stop) {
    const { record, task } = stop
    const progress = sensor.progressOf(record)
    const { costUsd, lastMessage, limit, reads } = progress
    const { target } = task.spec
    const before = yield* HeadFile.read(places.attempt(task.id, record.attempt.number))
    if (target !== undefined && before !== null && record.attempt.role === "qa") {
      yield* worktrees.restore(task, record.attempt.number, before)
    }
    const look = trees.look(worktrees.directoryOf(task), target)
    // What is committed decides whether work is judged or thrown away: who could not look does not know.
    const seen = target === undefined ? Option.getOrNull(yield* Effect.option(look)) : yield* look
    // Without a tree there is no verdict.
    const isJudged = record.attempt.role === "qa" && seen !== null && lastMessage !== null
    const now = yield* Clock.currentTimeMillis
    return {
      merge: task.flow.merge,
      dirty: seen?.isDirty ?? false,
      moved: before !== null && seen?.head !== undefined && seen.head !== before,
      progressed: progressed({ before: record.treeBefore, after: seen?.tree ?? null }, reads),
      resumable: resumableSession(agentFor(task.spec, record.attempt.role).kind, progress) !== null,
      costUsd,
      ...(limit !== null && holds(limit, now) ? { limit } : {}),
      tree: (seen ?? unaddressed).tree,
      qa: isJudged ? ofText(lastMessage) : null,
      ...(isPromise(claims, lastMessage, now) ? { promised: true as const } : {})
    }
  })

  /** What a QA agent found, to be told to the coder: its result record, else the end of what it printed. */
  const said = Effect.fnUntraced(function* ({ record, task }: Stop) {
    if (record.attempt.role !== "qa") return null
    const { lastMessage, resultIsError } = sensor.progressOf(record)
    if (resultIsError !== null) return lastMessage
    const directory = places.attempt(task.id, record.attempt.number)
    return (yield* readBounded(join(directory, stdoutFile), toldBytes)).trimEnd()
  })

  const prove = Effect.fnUntraced(function* (stop: Stop) {
    yield* stop.launch
    yield* revoke(stop)
    const { execution, graceMs, record, task } = stop
    // A verifier has no conversation to end well.
    const interruptMs =
      execution.subject._tag === "Agent" ? interruptMsOf(agentFor(task.spec, record.attempt.role).kind) : 0
    const stopped = yield* processes.stop({ marker: markerOf(stop), root: rootOf(stop), interruptMs, graceMs })
    const pids = stopped._tag === "Empty" ? [] : stopped.processes.map(({ pid }) => pid)
    if (pids.length > 0) return { _tag: "Survivors", pids } satisfies Observation
    yield* sensor.finish(stop)
    return { _tag: "Emptied", facts: yield* facts(stop), said: yield* said(stop) } satisfies Observation
  })

  /** One try; a failure is Unknown, shown as such until the next. */
  const attempt = ({ onEnd, request }: Work): Effect.Effect<void> => {
    const key = keyOf(request)
    // After a defect nobody would be at it any more, and it would be said to be under way for ever.
    return Effect.matchEffect(Mechanism.failing(prove(request)), {
      onSuccess: (observation) =>
        Effect.suspend(() => {
          results.set(key, observation)
          unknownSince.delete(key)
          begun.delete(key)
          return onEnd
        }),
      onFailure: ({ message }) =>
        Effect.gen(function* () {
          results.set(key, { _tag: "Unknown", why: message })
          // First of all: whatever this dies of, it is tried again.
          yield* FiberSet.run(fibers, Effect.delay(Queue.offer(waiting, { request, onEnd }), againMs))
          const now = yield* Clock.currentTimeMillis
          unknownSince.set(key, unknownSince.get(key) ?? now)
          yield* onEnd
        })
    })
  }

  const next = Effect.flatMap(slots.take(1), () =>
    Effect.flatMap(Queue.take(waiting), (work) =>
      FiberSet.run(fibers, Effect.ensuring(attempt(work), slots.release(1)))
    )
  )
  yield* Effect.forkScoped(Effect.forever(next))

  /** Begins to stop, unless that is under way. `onEnd` is told when there is something to look at. */
  const stop = (request: Stop, onEnd: Effect.Effect<void>): Effect.Effect<void> =>
    Effect.suspend(() => {
      const key = keyOf(request)
      if (begun.has(key)) return Effect.void
      begun.add(key)
      results.set(key, { _tag: "BeingStopped" })
      return Queue.offer(waiting, { request, onEnd })
    })

  /** What came of the stop; null when nobody is at it. */
  const look = (record: AttemptRecord): Observation | null => results.get(record.marker) ?? null

  /** Forgets a stop whose result is recorded, or of which the next try may begin. */
  const forget = (record: AttemptRecord): void => {
    results.delete(record.marker)
    unknownSince.delete(record.marker)
  }

  /** Since when no try could look, or null. */
  const unknownSinceOf = (record: AttemptRecord): number | null => unknownSince.get(record.marker) ?? null

  return { stop, look, unknownSinceOf, forget } as const
})

export type Stopper = Effect.Effect.Success<ReturnType<typeof make>>
