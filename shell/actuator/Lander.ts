/**
 * Lands the work of tasks beside the loop, one landing at a time per repository: squash, check, arm, move the branch, and
 * only then say so. Whatever is broken off is taken up by `recover`, in this supervisor or the next: the run is disarmed
 * first, so that from then on it is known for good whether it has moved the branch.
 */
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Schedule from "effect/Schedule"
import type { Of } from "../../core/execution/Execution.ts"
import type { LandResult } from "../../core/execution/ExecutionEvent.ts"
import type { MergeFailureKind } from "../../core/stage/MergeFailureKind.ts"
import type { RunNumber, TaskId } from "../../core/task/Identifiers.ts"
import type { Target } from "../../core/task/Spec.ts"
import type { Task } from "../../core/task/Task.ts"
import { type Observation, unaddressed } from "../../core/tick/World.ts"
import { Cadence } from "../config/Cadence.ts"
import { Places } from "../config/Places.ts"
import { Landings } from "../git/Landings.ts"
import type { Run } from "../git/LandingService.ts"
import { Trees } from "../git/Trees.ts"
import { Worktrees } from "../git/Worktrees.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import { Processes } from "../process/Processes.ts"
import type { Fleet } from "../supervisor/Fleet.ts"
import { Store } from "../store/Store.ts"
import type * as Output from "../verifiers/Output.ts"
import type { Outcome } from "./Outcome.ts"
import * as LandingChecks from "./LandingChecks.ts"
import * as LandingRemains from "./LandingRemains.ts"

export interface Tools {
  readonly fleet: Fleet
  readonly wake: Effect.Effect<void>
  readonly stopGraceMs: number
  readonly outcome: Outcome
  /** How what models and agents print is read. */
  readonly settings: Output.Settings
}

/** How long something in the way is left alone until it is looked at again. */
const againMs = 5000
/** After that many landings in a row that came to nothing a person is told. */
const mostInVain = 5
/** How long one that came to nothing is left alone, doubled each time. */
const vainMs = 100
const vainMostMs = 60_000
/** A checkout's index may be locked by a command of the user's for a moment. */
const followAgain = Schedule.intersect(Schedule.spaced("500 millis"), Schedule.recurs(10))
const clearAgain = Schedule.intersect(Schedule.spaced("5 seconds"), Schedule.recurs(10))

type Landing = Of<"Landing">
type Cost = Pick<LandingChecks.Checked, "costUsd">

export const make = Effect.fnUntraced(function* (tools: Tools) {
  const { fleet, outcome, settings, stopGraceMs, wake } = tools
  const cadence = yield* Cadence
  const landings = yield* Landings
  const places = yield* Places
  const processes = yield* Processes
  const store = yield* Store
  const trees = yield* Trees
  const worktrees = yield* Worktrees
  const services = { landings, places, processes, store, stopGraceMs }
  const fibers = yield* FiberMap.make<TaskId>()
  const stops = yield* FiberMap.make<TaskId>()
  /** What is in the way of those that are to begin. */
  const held = new Map<TaskId, string>()
  /** Landings in a row that came to nothing, and why the last one did. */
  const inVain = new Map<TaskId, { readonly times: number; readonly why: string }>()
  /** Who is at a repository. */
  const busy = new Map<string, TaskId>()
  const stopped = new Map<TaskId, Observation>()
  /** Of which something is left that could not be taken away. */
  const uncleared = new Map<TaskId, Run>()

  const tell = (id: TaskId) =>
    Effect.zipRight(
      Effect.sync(() => fleet.touch(id)),
      wake
    )

  const hold = (id: TaskId, why: string) => {
    if (held.get(id) === why) return Effect.void
    held.set(id, why)
    return tell(id)
  }

  const clear = (landing: Run) => LandingRemains.clear(services, landing)

  /** Cleared first: of a landing that is known to have ended only whoever begins as a supervisor looks for what is left. */
  const ended = (landing: Run, result: LandResult, cost: Cost = {}) =>
    Effect.catchAll(clear(landing), ({ message }) =>
      Effect.zipRight(
        Effect.logWarning(`#${landing.task.id}: ${message}`),
        Effect.sync(() => uncleared.set(landing.task.id, landing))
      )
    ).pipe(
      Effect.zipRight(
        outcome(landing.task.id, (_, at) => ({ _tag: "LandEnded", run: landing.run, result, at, ...cost }))
      )
    )

  const clearAfterwards = (id: TaskId) =>
    Effect.suspend(() => {
      const landing = uncleared.get(id)
      uncleared.delete(id)
      return landing === undefined
        ? Effect.void
        : Effect.catchAll(Effect.retry(clear(landing), clearAgain), ({ message }) =>
            Effect.logError(`what is left of a landing of #${id} is there until a supervisor begins: ${message}`)
          )
    })

  const failed = (landing: Run, kind: MergeFailureKind | null, cost: Cost = {}) => {
    inVain.delete(landing.task.id)
    return ended(landing, { _tag: "Failed", kind }, cost)
  }

  const again = (landing: Run, why: string, cost: Cost = {}) => {
    const { id } = landing.task
    inVain.set(id, { times: (inVain.get(id)?.times ?? 0) + 1, why })
    return ended(landing, { _tag: "Again" }, cost)
  }

  /** The landing of that run, as it is now; null when it is none any more. */
  const present = (id: TaskId, run: RunNumber): Landing | null => {
    const execution = fleet.taskOf(id)?.execution
    return execution?._tag === "Landing" && execution.run === run ? execution : null
  }

  const isWanted = ({ id, visit }: Task): boolean => {
    const now = fleet.taskOf(id)
    return now?.stage._tag === "Merge" && now.execution._tag === "Idle" && now.visit === visit
  }

  /** Brings the user's checkouts along. What was changed in them in the last moment is theirs, and they are told. */
  const follow = (target: Target, from: string, to: string) =>
    Effect.retry(landings.follow(target, from, to), followAgain).pipe(
      Effect.catchAll(({ message }) =>
        Effect.logError(`${target.branch} is at ${to}, but a checkout of it still shows ${from}: ${message}`)
      )
    )

  const landed = Effect.fnUntraced(function* (landing: Run, from: string, commit: string, cost: Cost = {}) {
    yield* follow(landing.target, from, commit)
    inVain.delete(landing.task.id)
    yield* ended(landing, { _tag: "Landed", commit }, cost)
  })

  /** From a run that is begun to its end. */
  const perform = Effect.fnUntraced(function* (landing: Run, base: string, branch: string) {
    const { run, target, task } = landing
    const { id } = task
    const work = { directory: worktrees.directoryOf(task), branch }
    const squash = yield* landings.squash(landing, base, work)
    if (squash._tag === "Refused") return yield* failed(landing, squash.kind)
    const { candidate } = squash
    const { failure, ...cost } = yield* LandingChecks.run({ places, landing, base, candidate, settings })
    if (failure !== null && "why" in failure) return yield* again(landing, failure.why, cost)
    if (failure !== null) return yield* failed(landing, failure.kind, cost)
    const { commit } = candidate
    // A check that changes files leaves what comes after it to judge something else than what lands.
    const judged = yield* trees.look(candidate.directory, target)
    if (judged.isDirty || judged.head !== commit) {
      const detail = "a check has changed what was to land: what is checked after it is something else"
      return yield* failed(landing, { _tag: "Other", detail }, cost)
    }
    const now = yield* landings.base(target, commit)
    if (now?.commit !== base) return yield* again(landing, `${target.branch} has moved while it was checked`, cost)
    if (now.held !== null) return yield* again(landing, now.held, cost)
    yield* landings.arm(landing, commit)
    const armed = Effect.gen(function* () {
      yield* outcome(id, () => ({ _tag: "Armed", run, candidate: commit }))
      if (present(id, run)?.candidate !== commit) return
      if (yield* landings.move(landing, base, commit)) yield* landed(landing, base, commit, cost)
      else yield* again(landing, `${target.branch} has moved in the last moment`, cost)
    })
    // Once armed it is short, and better known than looked for.
    yield* Effect.uninterruptible(armed)
  })

  /** Nobody knows how far it went: disarmed, nothing of it goes on, and the branch says what became of it. */
  const recover = Effect.fnUntraced(function* (landing: Run, { base, candidate }: Landing) {
    yield* landings.disarm(landing)
    const left = yield* LandingChecks.end(places, processes, landing, stopGraceMs)
    if (left.length > 0) return yield* Effect.fail({ message: `processes of a landing live on: ${left.join(", ")}` })
    const isLanded = candidate !== null && (yield* landings.has(landing.target, candidate))
    if (isLanded) yield* landed(landing, base, candidate)
    else yield* ended(landing, { _tag: "Again" })
  })

  const persevere = (landing: Run): Effect.Effect<void> =>
    Effect.suspend(() => {
      const { run, task } = landing
      const execution = present(task.id, run)
      if (execution === null) return Effect.void
      return Effect.catchAll(Mechanism.failing(recover(landing, execution)), ({ message }) =>
        Effect.logError(`#${task.id}: ${message}`).pipe(
          Effect.zipRight(hold(task.id, `a landing that was broken off can not be ended: ${message}`)),
          Effect.zipRight(Effect.sleep(againMs)),
          Effect.zipRight(Effect.suspend(() => persevere(landing)))
        )
      )
    })

  /**
   * Waits until nothing is in the way, and has the repository from then on; the commit of the branch, or null when the
   * landing is not wanted any more.
   */
  const free = Effect.fnUntraced(function* (task: Task, target: Target) {
    const { id } = task
    const vain = inVain.get(id)
    if (vain !== undefined && vain.times >= mostInVain) {
      yield* hold(id, `${vain.times} landings in a row came to nothing: ${vain.why}`)
    }
    if (vain !== undefined) yield* Effect.sleep(Math.min(vainMostMs, vainMs * 2 ** vain.times))
    while (isWanted(task)) {
      const found = yield* Effect.either(landings.base(target, null))
      const inTheWay = found._tag === "Left" ? found.left.message : (found.right?.held ?? null)
      if (inTheWay === null && found._tag === "Right" && !busy.has(target.repository)) {
        busy.set(target.repository, id)
        return { commit: found.right?.commit ?? null }
      }
      if (inTheWay !== null) yield* hold(id, inTheWay)
      yield* Effect.sleep(againMs)
    }
    return null
  })

  const begin = Effect.fnUntraced(function* (task: Task, target: Target) {
    const { id } = task
    const base = yield* free(task, target)
    if (base === null) return
    if (held.delete(id)) fleet.touch(id)
    yield* outcome(id, ({ facts, visit }, at) => {
      const run = facts.nextRun
      return { _tag: "LandBegin", run, visit, base: base.commit ?? "", at }
    })
    const now = fleet.taskOf(id)
    if (now?.execution._tag !== "Landing" || now.stage._tag !== "Merge") return
    const { run } = now.execution
    const landing: Run = { task: now, target, run }
    if (base.commit === null) {
      yield* failed(landing, { _tag: "Other", detail: `there is no branch ${target.branch} any more` })
      return
    }
    yield* perform(landing, base.commit, now.stage.branch).pipe(
      Mechanism.failing,
      Effect.catchAll(({ message }: { readonly message: string }) =>
        Effect.zipRight(
          Effect.logError(`#${id}: ${message}`),
          Effect.sync(() => inVain.set(id, { times: (inVain.get(id)?.times ?? 0) + 1, why: message }))
        )
      )
    )
    // What is not ended by now was broken off.
    yield* persevere(landing)
  })

  const work = (task: Task, target: Target): Effect.Effect<void> => {
    const { execution, id } = task
    const whole = execution._tag === "Landing" ? persevere({ task, target, run: execution.run }) : begin(task, target)
    return Mechanism.failing(whole).pipe(
      // A store that can not be written can not be at once: the next try would come at the same moment.
      Effect.catchAll(({ message }) =>
        Effect.zipRight(
          Effect.logError(`the landing of #${id} could not be recorded: ${message}`),
          Effect.sleep(againMs)
        )
      ),
      Effect.zipRight(clearAfterwards(id)),
      Effect.provideService(Processes, processes),
      Effect.provideService(Cadence, cadence),
      Effect.ensuring(
        Effect.suspend(() => {
          if (busy.get(target.repository) === id) busy.delete(target.repository)
          held.delete(id)
          return tell(id)
        })
      )
    )
  }

  /** Begins to land a task, or takes up what is there of it; nothing where somebody is at it. */
  const land = Effect.fnUntraced(function* (task: Task) {
    const { target } = task.spec
    if (target === undefined) return yield* Effect.logError(`#${task.id} names no branch that it could land on`)
    if (yield* FiberMap.has(fibers, task.id)) return
    yield* FiberMap.run(fibers, task.id, work(task, target))
  })

  /** Facts of an end that means nothing to them. */
  const facts = (task: Task) => ({
    merge: task.flow.merge,
    dirty: false,
    moved: false,
    progressed: true,
    resumable: false,
    qa: null,
    costUsd: 0,
    tree: unaddressed.tree
  })

  const prove = Effect.fnUntraced(function* (landing: Run) {
    yield* FiberMap.remove(fibers, landing.task.id)
    yield* landings.disarm(landing)
    const pids = yield* LandingChecks.end(places, processes, landing, stopGraceMs)
    if (pids.length > 0) return { _tag: "Survivors", pids } satisfies Observation
    yield* clear(landing)
    return { _tag: "Emptied", facts: facts(landing.task) } satisfies Observation
  })

  /** Tries until it could look; a failure is Unknown, and shown as such meanwhile. */
  const untilProved = (landing: Run): Effect.Effect<void> =>
    Effect.flatMap(Effect.either(Mechanism.failing(prove(landing))), (proof) => {
      const { id } = landing.task
      const isKnown = proof._tag === "Right"
      stopped.set(id, isKnown ? proof.right : { _tag: "Unknown", why: proof.left.message })
      const next = Effect.zipRight(
        Effect.sleep(againMs),
        Effect.suspend(() => untilProved(landing))
      )
      return isKnown ? tell(id) : Effect.zipRight(tell(id), next)
    })

  /** Breaks off a landing that is not armed, and proves it. */
  const stop = Effect.fnUntraced(function* (task: Task, run: RunNumber) {
    const { id, spec } = task
    if (spec.target === undefined || (yield* FiberMap.has(stops, id))) return
    stopped.set(id, { _tag: "BeingStopped" })
    yield* FiberMap.run(stops, id, untilProved({ task, target: spec.target, run }))
  })

  return {
    land,
    stop,
    /** Takes away what is left of landings that are over. */
    sweep: Effect.suspend(() => LandingRemains.sweep(services, fleet.all())),
    /** What came of a stop; null where nobody is at it. */
    look: (id: TaskId): Observation | null => stopped.get(id) ?? null,
    forget: (id: TaskId): void => void stopped.delete(id),
    isAttended: (id: TaskId): boolean => FiberMap.unsafeHas(fibers, id),
    heldOf: (id: TaskId): string | null => held.get(id) ?? null
  } as const
})
