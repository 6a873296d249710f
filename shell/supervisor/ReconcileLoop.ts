/**
 * The loop: refresh, observe, decide, apply, wait; always in this order, never blocked by an agent, a verifier, a look
 * at the disk or a full store. It decides only when something changed or is due, and only about that: between two looks
 * into the store an idle fleet costs nothing.
 */
import { isDeepStrictEqual } from "node:util"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Account } from "../../core/account/Account.ts"
import { sessionFor } from "../../core/agent/Resume.ts"
import type { Policy } from "../../core/policy/Policy.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import { agentAtWork } from "../../core/task/RoleAgents.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Action } from "../../core/tick/Action.ts"
import { survivorsKey } from "../../core/tick/Attention.ts"
import * as Reconciler from "../../core/tick/Reconciler.ts"
import { type Observation, type OwnView, type RunObservation, unobserved } from "../../core/tick/World.ts"
import * as Actuator from "../actuator/Actuator.ts"
import * as Stopper from "../actuator/Stopper.ts"
import { Cadence } from "../config/Cadence.ts"
import type { Prices } from "../config/Configuration.ts"
import * as LoopGuards from "../guards/LoopGuards.ts"
import * as Held from "../policy/Held.ts"
import type { HookActivity } from "../sensors/HookActivity.ts"
import * as AttemptSensor from "../sensors/AttemptSensor.ts"
import * as Strangers from "../retention/Strangers.ts"
import { HeldTasks } from "../metrics/HeldTasks.ts"
import * as Nursery from "../process/Nursery.ts"
import * as ProcessMetrics from "../metrics/ProcessMetrics.ts"
import { Store } from "../store/Store.ts"
import { Worktrees } from "../git/Worktrees.ts"
import * as Verifiers from "../verifiers/Verifiers.ts"
import * as Fleet from "./Fleet.ts"
import { makeSignal } from "../sensors/Signal.ts"
import { isCarried, type Postbox } from "./Postbox.ts"
import * as Watch from "./Watch.ts"

export interface Options {
  readonly epoch: number
  readonly policy: Policy
  readonly prices: Prices
  /** What hooks tell of sessions. */
  readonly activity: HookActivity
  readonly postbox: Postbox
  readonly onReady: Effect.Effect<void>
  readonly stopAgents: Deferred.Deferred<void>
}

/** After an action that changed nothing: when it is looked at again, and tried again. */
const againMs = 1000
const archivedAtOnce = 200
/** After a store, or files of worktrees, that could not be used. */
const retryAfter = Duration.seconds(1)

export const run = Effect.fnUntraced(function* (options: Options) {
  const { activity, epoch, onReady, policy, postbox, prices, stopAgents } = options
  const store = yield* Store
  const cadence = yield* Cadence
  const signal = yield* makeSignal
  const wake = signal.raise
  const worktrees = yield* Worktrees
  const fleet = yield* Nursery.kept(Fleet.make(store))
  yield* Nursery.settle(fleet.all().length)
  const reading = { limitFallbackMs: policy.limitFallbackMs, prices }
  const sensor = yield* AttemptSensor.make({ ...reading, heardAt: activity.heardAt })
  const stopper = yield* Stopper.make(sensor)
  const verifiers = yield* Verifiers.make({ limit: policy.maxVerifiers, ...reading })
  const watch = yield* Watch.make({ activity, epoch, fleet, sensor, wake })
  const guards = yield* LoopGuards.make(policy)
  const held = yield* Held.make(fleet.taskOf)
  const actuator = yield* Actuator.make({
    epoch,
    policy,
    prices,
    fleet,
    held,
    sensor,
    stopper,
    verifiers,
    postbox,
    wake
  })
  const reconciler = Reconciler.make({ policy, isDraining: false, pressure: null, accounts: [] })

  let isClosing = false
  let beatAt = 0
  let keptHouseAt = 0
  /** The version that the store had just before it was read. */
  let read: string | null = null
  let runs: ReadonlyMap<TaskId, RunObservation> = new Map()
  /** What the last tick went by beside the tasks. */
  let told: { readonly isDraining: boolean; readonly accounts: ReadonlyArray<Account> } | null = null
  /** The tasks whose actions changed nothing, and when they are looked at again. */
  let unchanged: { readonly tasks: ReadonlyArray<TaskId>; readonly at: number } | null = null

  const observationOf = (task: Task): Observation | null => {
    if (task.execution._tag === "Launching") {
      const record = fleet.recordOf(task)
      if (record !== null && actuator.isLaunching(record.marker)) return { _tag: "Preparing" }
      if (record !== null && actuator.isRevoked(record.marker)) return { _tag: "Absent", token: "revoked" }
    }
    if (task.execution._tag === "Assigned" || (isCarried(task) && task.execution._tag === "Running")) {
      return postbox.observationOf(task)
    }
    if (task.execution._tag !== "Stopping") return watch.observationOf(task)
    if (isCarried(task) && !postbox.isOver(task)) return { _tag: "BeingStopped" }
    if (task.execution.subject._tag === "Landing") return actuator.lander.look(task.id)
    const record = fleet.recordOf(task)
    return record === null ? null : stopper.look(record)
  }

  const unknownSinceOf = (task: Task): number | null => {
    const record = task.execution._tag === "Stopping" ? fleet.recordOf(task) : null
    return record === null ? watch.unknownSinceOf(task) : stopper.unknownSinceOf(record)
  }

  const view = (task: Task): OwnView => {
    watch.forget(task)
    const record = fleet.recordOf(task)
    const isStarting = record !== null && actuator.isLaunching(record.marker)
    return {
      ...unobserved(task, []),
      observation: observationOf(task),
      run: runs.get(task.id) ?? null,
      tree: watch.treeOf(task),
      resumableSession: record === null ? null : sessionFor(agentAtWork(task), record),
      left: record?.treeAfter ?? null,
      unknownSince: unknownSinceOf(task),
      isLandingAttended: actuator.lander.isAttended(task.id),
      landingHeld: actuator.lander.heldOf(task.id),
      worktree: actuator.isRetiring(task.id) ? null : worktrees.numberOf(task.id),
      attention: fleet.attentionOf(task.id),
      mailbox: postbox.mailboxOf(task),
      // Whoever starts an attempt sees to its policy first.
      sessionPolicy: isStarting ? { wanted: null, present: null } : held.viewOf(task, record)
    }
  }

  /** The runs of the verifications under way: the only looks that the loop waits for, each one file at most. */
  const lookAtRuns = Effect.gen(function* () {
    const found = new Map<TaskId, RunObservation>()
    for (const task of fleet.live()) {
      const run = fleet.runOf(task)
      if (run === null) continue
      const seen = yield* verifiers.look(run, wake)
      found.set(task.id, seen)
      if (!isDeepStrictEqual(runs.get(task.id), seen)) fleet.touch(task.id)
    }
    runs = found
    yield* guards.judged(found)
  })

  /** While everything is being stopped: what is under way ends, nothing begins. */
  const closing = (actions: ReadonlyArray<Action>): ReadonlyArray<Action> => {
    const stops = fleet.live().flatMap((task): ReadonlyArray<Action> => {
      const { execution, id, revision } = task
      // One that is armed is over in a moment.
      const isEnding = execution._tag === "Stopping" || (execution._tag === "Landing" && execution.candidate !== null)
      if (isEnding || isCarried(task)) return []
      const attempt = "attempt" in execution ? execution.attempt.number : null
      const run = execution._tag === "Landing" ? execution.run : null
      return [{ _tag: "Stop", task: id, revision, attempt, run, why: "Operator" }]
    })
    const ends = (id: TaskId): boolean => {
      const tag = fleet.taskOf(id)?.execution._tag
      return tag === "Stopping" || tag === "Landing"
    }
    return [...stops, ...actions.filter(({ task }) => ends(task))]
  }

  const housekeeping = Effect.fnUntraced(function* (now: number) {
    if (now - beatAt >= cadence.heartbeat) {
      beatAt = now
      yield* store.heartbeat(epoch, now)
      yield* guards.fenced
    }
    if (now - keptHouseAt < cadence.archival) return
    keptHouseAt = now
    // Of its own writes nothing is read, but their events are passed over by the next read: let those be few.
    read = null
    yield* fleet.absorb(yield* store.tasks({ doneBefore: now - policy.doneRetentionMs, limit: archivedAtOnce }))
  })

  const tick = Effect.fnUntraced(function* (now: number, isDraining: boolean) {
    const begun = yield* Clock.currentTimeNanos
    const accounts = fleet.accounts()
    watch.age(now)
    const tasks = fleet.takeChanged().map(view)
    told = { isDraining, accounts }
    const { decided, looked, ...advance } = reconciler.advance({ tasks, isDraining, accounts }, now)
    const actions = isClosing ? closing(advance.actions) : advance.actions
    yield* Effect.logDebug(`tick: ${decided} decided, ${looked} asked, ${actions.length} actions`)
    // Whatever fails now is tried again.
    unchanged = { tasks: actions.map(({ task }) => task), at: now + againMs }
    yield* actuator.apply(actions)
    ProcessMetrics.ticked(Number((yield* Clock.currentTimeNanos) - begun) / 1e9, actions)
    const left = unchanged.tasks.filter((id) => !fleet.isTouched(id))
    unchanged = left.length === 0 ? null : { tasks: left, at: now + againMs }
    yield* watch.soon(advance.unobserved)
  })

  /** Of whom a person was told that they could not be stopped. */
  const unprovable = (): ReadonlyArray<Task> =>
    fleet.live().filter(({ id }) => fleet.attentionOf(id).includes(survivorsKey(id)))
  yield* (yield* HeldTasks).register({ waiting: reconciler.waiting, unprovable, live: () => fleet.live().length })

  const nextAt = (): number => Math.min(reconciler.nextAt(), unchanged?.at ?? Number.POSITIVE_INFINITY)

  const step = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    yield* housekeeping(now)
    const version = yield* store.foreignVersion
    if (version !== read || fleet.isMailNew()) {
      // What could not be read is read again.
      read = null
      yield* fleet.refresh
      for (const id of yield* postbox.refresh(fleet.mailed())) fleet.touch(id)
      read = version
    }
    yield* lookAtRuns
    const isDraining = isClosing || fleet.isDraining()
    if (unchanged !== null && now >= unchanged.at) unchanged.tasks.forEach(fleet.touch)
    const isTold = told?.isDraining === isDraining && told.accounts === fleet.accounts()
    if (fleet.hasChanged() || !isTold || now >= nextAt()) yield* tick(now, isDraining)
    yield* guards.ticked
  })

  /** Waits for a reason to look again: a signal, a deadline, or that others may have written something. */
  const pause = Effect.gen(function* () {
    if (fleet.hasChanged()) return
    const now = yield* Clock.currentTimeMillis
    yield* signal.awaitFor(Math.max(0, Math.min(cadence.store, nextAt() - now)))
  })

  const isDone = (): boolean => isClosing && fleet.live().every(isCarried)

  yield* Effect.forkScoped(postbox.watch)

  yield* Effect.forkScoped(
    Effect.zipRight(
      Deferred.await(stopAgents),
      Effect.suspend(() => {
        isClosing = true
        return wake
      })
    )
  )
  const untilDone = <R>(effect: Effect.Effect<void, { readonly message: string }, R>) =>
    Effect.eventually(
      Effect.tapError(effect, ({ message }) => Effect.zipRight(Effect.logError(message), Effect.sleep(retryAfter)))
    )
  // Who does not know which worktrees there are would make another for work that has one.
  yield* untilDone(worktrees.reload)
  // Nor must what another store has left be taken for what is about to be started.
  yield* untilDone(Strangers.setAside(epoch, fleet.all()))
  // Tasks that are over are not open any more, and their worktrees may be there still.
  const withWorktree = worktrees.tasks()
  if (withWorktree.length > 0) yield* fleet.absorb(yield* store.tasks({ ids: withWorktree }))
  yield* Effect.forkScoped(actuator.lander.sweep)
  yield* onReady

  const turn = Effect.uninterruptible(step).pipe(
    Effect.zipRight(pause),
    Effect.catchTags({
      StoreUnavailable: (error) =>
        Effect.suspend(() => {
          // Some of a tick may be written that it was not told of.
          read = null
          return Effect.zipRight(
            Effect.logError(`the store can not be used: ${error.message}`),
            Effect.sleep(retryAfter)
          )
        })
    })
  )
  // The first is about all that is stored.
  yield* Nursery.kept(turn)
  yield* Nursery.settle(fleet.all().length)
  while (!isDone()) yield* turn
})
