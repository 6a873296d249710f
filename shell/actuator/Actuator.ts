/**
 * The only writer of task state in a supervisor: for each action the intent in one transaction, then the effect, then
 * its outcome in another. A crash between any two is repaired by the next tick from what is observed; an action that
 * fails fails alone.
 */
import { randomUUID } from "node:crypto"
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FiberMap from "effect/FiberMap"
import * as Option from "effect/Option"
import { type AttemptRecord, Marker } from "../../core/execution/AttemptRecord.ts"
import type { TreeHash } from "../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../core/execution/ExecutionEvent.ts"
import type { Policy } from "../../core/policy/Policy.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Action } from "../../core/tick/Action.ts"
import { intent } from "../../core/tick/Intent.ts"
import type { Prices } from "../config/Configuration.ts"
import { Places } from "../config/Places.ts"
import { Worktrees } from "../git/Worktrees.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import type { Held } from "../policy/Held.ts"
import { Processes } from "../process/Processes.ts"
import { isAlive } from "../process/ProcessTable.ts"
import type { AttemptSensor } from "../sensors/AttemptSensor.ts"
import { type Change, type Fenced, Store, type StoreError } from "../store/Store.ts"
import type { Fleet } from "../supervisor/Fleet.ts"
import { isCarried, type Postbox } from "../supervisor/Postbox.ts"
import type { Verifiers } from "../verifiers/Verifiers.ts"
import * as Lander from "./Lander.ts"
import * as Launcher from "./Launcher.ts"
import * as Revocation from "./Revocation.ts"
import * as Setup from "./Setup.ts"
import { changeOf, type Known } from "./Intent.ts"
import type { Stopper } from "./Stopper.ts"

export interface Tools {
  readonly epoch: number
  readonly policy: Policy
  readonly prices: Prices
  readonly fleet: Fleet
  readonly sensor: AttemptSensor
  readonly stopper: Stopper
  readonly verifiers: Verifiers
  readonly postbox: Pick<Postbox, "isOver">
  readonly held: Held
  /** Makes the next tick come now. */
  readonly wake: Effect.Effect<void>
}

interface Intent {
  readonly action: Action
  readonly task: Task
  readonly change: Change
}

/** Node keeps random bytes for a hundred of these: a takeover needs thousands. */
const freshMarker = Effect.sync(() => Marker.make(randomUUID().replaceAll("-", "")))

/** How long a worktree that could not be taken away is left alone. */
const retireAgain = "1 minute"
/** How long a file that could not be written is left alone: every tick asks for it. */
const convergeAgain = "10 seconds"

/** Actions whose intents are one batch. */
const appliedAtOnce = 1000

/** How often an outcome is written anew when another writer was first. */
const outcomeTries = 5

export const make = Effect.fnUntraced(function* (tools: Tools) {
  const { fleet, held, policy, sensor, stopper, verifiers, wake } = tools
  const store = yield* Store
  const places = yield* Places
  const processes = yield* Processes
  const worktrees = yield* Worktrees
  const leftovers = yield* FiberMap.make<Marker>()
  /** Attempts that can not start any more: what is still seen of one has not begun, and never will. */
  const revoked = new Set<Marker>()
  const removals = yield* FiberMap.make<TaskId>()
  /** Of session policies: what the next tick asks for anew is not begun twice. */
  const policyWork = yield* FiberMap.make<TaskId>()
  /** Tasks whose worktree is being taken away, or could not be: it is tried again after a while. */
  const retiring = new Set<TaskId>()

  /** What the directories looked like just before the attempts were started that this supervisor has started. */
  const trees = new Map<Marker, TreeHash>()

  /** Whether it may begin an attempt, which goes on from the one before. */
  const begins = (action: Action | null): boolean =>
    action?._tag === "Spawn" || action?._tag === "AssignViaMailbox" || action?._tag === "Record"

  const known = Effect.fnUntraced(function* (task: Task, action: Action | null) {
    const record = fleet.recordOf(task)
    const run = fleet.runOf(task)
    return {
      epoch: tools.epoch,
      now: yield* Clock.currentTimeMillis,
      policy,
      marker: yield* freshMarker,
      record,
      progress: record === null ? null : sensor.progressOf(record),
      latest: begins(action) ? yield* fleet.latestOf(task) : null,
      tree: record === null ? null : (trees.get(record.marker) ?? null),
      verification: fleet.verificationOf(task.id),
      finished: run === null ? null : verifiers.finishedOf(run)
    } satisfies Known
  })

  /** Writes what an effect came to. An event that means nothing any more is no error: the next tick sees why. */
  const outcome = Effect.fnUntraced(function* (id: TaskId, event: (task: Task, now: number) => ExecutionEvent) {
    for (let left = outcomeTries; left > 0; left--) {
      const task = fleet.taskOf(id)
      if (task === null) return
      const facts = yield* known(task, null)
      const change = changeOf(task, [{ _tag: "ExecutionMoved", event: event(task, facts.now) }], null, facts)
      if (Either.isLeft(change) || change.right.recorded.entries.length === 0) return
      const written = yield* Effect.either(store.write(change.right))
      if (Either.isRight(written)) return fleet.written(change.right)
      if (written.left._tag !== "Conflict") return yield* written.left
      yield* fleet.reread(id)
    }
  })

  const launcher = yield* Launcher.make({ fleet, held, policy, wake, outcome, trees })
  const settings = { limitFallbackMs: policy.limitFallbackMs, prices: tools.prices }
  const lander = yield* Lander.make({ fleet, wake, stopGraceMs: policy.stopGraceMs, outcome, settings })

  /** Takes a worktree away, beside the loop. */
  const retire = Effect.fnUntraced(function* ({ id: task, stage }: Task, number: number) {
    const isLanded = stage._tag === "Done" && stage.landing._tag === "Merged"
    if (retiring.has(task)) return
    retiring.add(task)
    const removal = Mechanism.failing(worktrees.remove(task, number, isLanded)).pipe(
      Effect.tap((ref) =>
        Effect.logInfo(
          `the worktree of #${task} is gone${ref === null ? "" : `, all that was in it is kept in ${ref}`}`
        )
      ),
      Effect.catchAll(({ message }) =>
        Effect.zipRight(Effect.logError(`#${task}: ${message}`), Effect.sleep(retireAgain))
      ),
      Effect.ensuring(
        Effect.zipRight(
          Effect.sync(() => {
            retiring.delete(task)
            fleet.touch(task)
          }),
          wake
        )
      )
    )
    yield* FiberMap.run(removals, task, removal)
  })

  /** Brings a file of a task to where it should be, beside the loop; what fails is asked for again after a while. */
  const converge = (task: TaskId, work: Effect.Effect<void, { readonly message: string }>) =>
    FiberMap.run(
      policyWork,
      task,
      Mechanism.failing(work).pipe(
        Effect.catchAll(({ message }) =>
          Effect.zipRight(Effect.logError(`#${task}: ${message}`), Effect.sleep(convergeAgain))
        ),
        Effect.ensuring(
          Effect.zipRight(
            Effect.sync(() => fleet.touch(task)),
            wake
          )
        )
      ),
      { onlyIfMissing: true }
    )

  /** Runs the effect of an intent that is durable. Nothing here waits for an agent or a verifier. */
  const perform = Effect.fnUntraced(function* ({ action, change }: Intent) {
    const task = change.recorded.task
    switch (action._tag) {
      case "Spawn": {
        const marker = change.attempt?.record.marker
        if (marker !== undefined) yield* launcher.launch(task, action, marker)
        return
      }
      case "Stop": {
        const { execution } = task
        const record = fleet.recordOf(task)
        if (execution._tag !== "Stopping") return
        if (execution.subject._tag === "Landing") return yield* lander.stop(task, execution.subject.run)
        // What a session does is not drover's to end: its turn is waited for.
        if (record === null || (isCarried(task) && !tools.postbox.isOver(task))) return
        const request = { task, execution, record, graceMs: policy.stopGraceMs, launch: launcher.end(record.marker) }
        yield* stopper.stop(
          request,
          Effect.zipRight(
            Effect.sync(() => fleet.touch(task.id)),
            wake
          )
        )
        fleet.touch(task.id)
        return
      }
      case "RunVerifier": {
        const run = fleet.runOf(task)
        if (run !== null) yield* verifiers.start(run, wake)
        return
      }
      case "Land":
        return yield* lander.land(task)
      case "RemoveWorktree":
        return yield* retire(task, action.worktree)
      case "WriteSessionPolicy": {
        const record = fleet.recordOf(task)
        if (record !== null) yield* converge(task.id, held.hold(task, record.progress.session, record.marker))
        return
      }
      case "ClearSessionPolicy":
        yield* converge(task.id, held.release(task.id, action.session))
        return
      default:
    }
  })

  /**
   * Whether nothing of its attempt lives: a setup that its supervisor has left running does, and is ended beside the loop;
   * what is over has no process (EXE-2).
   */
  const isAlone = Effect.fnUntraced(function* (record: AttemptRecord) {
    const { byMarker } = yield* processes.snapshot
    if (!(byMarker.get(record.marker) ?? []).some(isAlive)) return true
    const end = Mechanism.failing(processes.stop({ marker: record.marker, graceMs: policy.stopGraceMs })).pipe(
      Effect.catchAll(({ message }) => Effect.logWarning(`#${record.task}: ${message}`)),
      Effect.ensuring(wake)
    )
    yield* FiberMap.run(leftovers, record.marker, end, { onlyIfMissing: true })
    return false
  })

  /** Takes back what must not start any more; false when it started after all, so that the action is void. */
  const revoke = Effect.fnUntraced(function* (action: Action) {
    if (action._tag === "RunVerifier" && action.revokes !== null) {
      return (yield* Revocation.revoke(places.run(action.task, action.attempt, action.revokes))) === "revoked"
    }
    const task = fleet.taskOf(action.task)
    if (action._tag !== "Record" || action.revokes === null || task === null) return true
    // Of its setup too, which who was overtaken could start late; one that has started is ended below.
    const tokens = yield* Effect.forEach(Setup.tokensOf(places, task, action.revokes), Revocation.revoke)
    const record = fleet.recordOf(task)
    if (tokens.at(-1) !== "revoked" || record === null) return tokens.at(-1) === "revoked"
    revoked.add(record.marker)
    return yield* isAlone(record)
  })

  const intentOf = Effect.fnUntraced(function* (action: Action) {
    const task = fleet.taskOf(action.task)
    if (task === null || task.revision !== action.revision) return Option.none<Intent>()
    if (!(yield* revoke(action))) return Option.none<Intent>()
    const facts = yield* known(task, action)
    const change = changeOf(task, intent(action, facts.now), action, facts)
    if (Either.isLeft(change)) {
      yield* Effect.logError(`${action._tag} of #${task.id} does not fit any more`)
      return Option.none<Intent>()
    }
    return Option.some<Intent>({ action, task, change: change.right })
  })

  /** What is remembered about something that is over is forgotten once its end is written. */
  const forget = Effect.fnUntraced(function* ({ change, task }: Intent) {
    for (const { before, event } of change.recorded.entries) {
      if (event._tag !== "ExecutionMoved") continue
      const record = fleet.recordOf(before)
      if (event.event._tag === "VerifiedDead" && record !== null) {
        stopper.forget(record)
        sensor.forget(record)
        trees.delete(record.marker)
        revoked.delete(record.marker)
      }
      if (event.event._tag === "VerifiedDead" && event.event.attempt === null) lander.forget(task.id)
      if (event.event._tag === "LaunchFailed" && record !== null) revoked.delete(record.marker)
      const run = fleet.runOf(task)
      if ((event.event._tag === "Verdict" || event.event._tag === "Stop") && run !== null) yield* verifiers.forget(run)
    }
  })

  const isEmpty = ({ attention, recorded }: Change): boolean => recorded.entries.length === 0 && attention.length === 0

  /** Applies some of the actions of one tick: all their intents in one batch, then the effects. `taken`: their tasks. */
  const applySome = (actions: ReadonlyArray<Action>, taken: Set<TaskId>): Effect.Effect<number, StoreError | Fenced> =>
    Effect.gen(function* () {
      const intents: Array<Intent> = []
      for (const action of actions) {
        // Two changes of one task would compare with the same revision: the second waits for the next tick.
        if (taken.has(action.task)) continue
        const intent = yield* Effect.catchAll(intentOf(action), (error) =>
          Effect.as(Effect.logError(`${action._tag} of #${action.task}: ${error.message}`), Option.none<Intent>())
        )
        if (Option.isNone(intent)) continue
        intents.push(intent.value)
        if (intent.value.change.recorded.entries.length > 0) taken.add(action.task)
      }
      const writes = intents.filter(({ change }) => !isEmpty(change))
      const results = yield* store.writeAll(writes.map(({ change }) => change))
      const refused = new Set(
        writes.filter((_, index) => !Option.exists(Option.fromNullable(results[index]), Either.isRight))
      )
      for (const intent of intents) {
        if (refused.has(intent)) {
          yield* fleet.reread(intent.task.id)
          continue
        }
        yield* forget(intent)
        if (!isEmpty(intent.change)) fleet.written(intent.change)
        yield* perform(intent)
      }
      return writes.length
    })

  /** Applies the actions of one tick in their order: of a fleet that was lost as a whole, not all intents are in memory at once. */
  const apply = (actions: ReadonlyArray<Action>): Effect.Effect<number, StoreError | Fenced> =>
    Effect.gen(function* () {
      const taken = new Set<TaskId>()
      let written = 0
      for (const some of Arr.chunksOf(actions, appliedAtOnce)) written += yield* applySome(some, taken)
      return written
    })

  /** Whether its worktree is seen to. */
  const isRetiring = (task: TaskId): boolean => retiring.has(task)

  return {
    apply,
    isLaunching: launcher.isLaunching,
    isRevoked: (marker: Marker): boolean => revoked.has(marker),
    isRetiring,
    lander
  } as const
})
