/**
 * The loop: refresh, observe, decide, apply, wait; always in this order, never blocked by an agent, a verifier, a look
 * at the disk or a full store.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { isLive } from "../../core/execution/Execution.ts"
import type { Policy } from "../../core/policy/Policy.ts"
import { isTerminal } from "../../core/stage/Projection.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Action } from "../../core/tick/Action.ts"
import { type Plan, plan } from "../../core/tick/Tick.ts"
import { type Observation, type RunObservation, type TaskView, unobserved, type World } from "../../core/tick/World.ts"
import * as Actuator from "../actuator/Actuator.ts"
import * as Stopper from "../actuator/Stopper.ts"
import type { Prices } from "../config/Configuration.ts"
import * as LoopGuards from "../guards/LoopGuards.ts"
import * as AttemptSensor from "../sensors/AttemptSensor.ts"
import { Store } from "../store/Store.ts"
import * as Verifiers from "../verifiers/Verifiers.ts"
import * as Fleet from "./Fleet.ts"
import { makeSignal } from "./Signal.ts"
import * as Watch from "./Watch.ts"

export interface Options {
  readonly epoch: number
  readonly policy: Policy
  readonly prices: Prices
  readonly onReady: Effect.Effect<void>
  readonly stopAgents: Deferred.Deferred<void>
}

/** Between two looks into the store for what others wrote. */
const pollMs = 250
/** Between two ticks when nothing changed: deadlines are found within this. */
const idleMs = 1000
const heartbeatMs = 5000
const housekeepingMs = 60_000
const archivedAtOnce = 200
/** After a store that could not be used. */
const retryAfter = Duration.seconds(1)

export const run = Effect.fnUntraced(function* ({ epoch, onReady, policy, prices, stopAgents }: Options) {
  const store = yield* Store
  const signal = yield* makeSignal
  const wake = signal.raise
  const fleet = yield* Fleet.make(store)
  const sensor = yield* AttemptSensor.make({ limitFallbackMs: policy.limitFallbackMs, prices })
  const stopper = yield* Stopper.make(sensor)
  const verifiers = yield* Verifiers.make(policy.maxVerifiers)
  const watch = yield* Watch.make({ epoch, fleet, sensor, wake })
  const guards = yield* LoopGuards.make(policy)
  const actuator = yield* Actuator.make({ epoch, policy, fleet, sensor, stopper, verifiers, wake })

  let isClosing = false
  let beatAt = 0
  let keptHouseAt = 0
  let tickedAt = 0
  let archivable: ReadonlyArray<TaskId> = []

  const observationOf = (task: Task): Observation | null => {
    if (task.execution._tag !== "Stopping") return watch.observationOf(task)
    const record = fleet.recordOf(task)
    return record === null ? null : stopper.look(record)
  }

  const unknownSinceOf = (task: Task): number | null => {
    const record = task.execution._tag === "Stopping" ? fleet.recordOf(task) : null
    return record === null ? watch.unknownSinceOf(task) : stopper.unknownSinceOf(record)
  }

  /** The runs of the verifications under way, by task: the only looks that a tick waits for, each one file at most. */
  const runs = Effect.gen(function* () {
    const found = new Map<TaskId, RunObservation>()
    for (const task of fleet.all()) {
      const run = task.execution._tag === "Verifying" ? fleet.runOf(task) : null
      if (run !== null) found.set(task.id, yield* verifiers.look(run, wake))
    }
    yield* guards.judged(found)
    return found
  })

  const view = (task: Task, run: RunObservation | null, now: number): TaskView => ({
    ...unobserved(
      task,
      task.dependsOn.map((id) => ({ id, stage: fleet.taskOf(id)?.stage ?? null }))
    ),
    observation: observationOf(task),
    run,
    tree: watch.treeOf(task, now),
    left: fleet.recordOf(task)?.treeAfter ?? null,
    unknownSince: unknownSinceOf(task),
    attention: fleet.attentionOf(task.id)
  })

  const isOpen = ({ execution, id, stage }: Task): boolean =>
    !isTerminal(stage) || execution._tag !== "Idle" || fleet.attentionOf(id).length > 0 || archivable.includes(id)

  const observe = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const seen = yield* runs
    const tasks = fleet
      .all()
      .filter(isOpen)
      .map((task) => view(task, seen.get(task.id) ?? null, now))
    const isDraining = isClosing || (yield* store.isDraining)
    return { now, policy, isDraining, pressure: null, tasks, accounts: fleet.accounts() } satisfies World
  })

  /** While everything is being stopped: what is under way ends, nothing begins. */
  const closing = (world: World, planned: Plan): ReadonlyArray<Action> => {
    const stops = world.tasks.flatMap(({ task }): ReadonlyArray<Action> => {
      const { execution, id, revision } = task
      if (!isLive(execution) || execution._tag === "Stopping" || execution._tag === "Landing") return []
      const attempt = "attempt" in execution ? execution.attempt.number : null
      return [{ _tag: "Stop", task: id, revision, attempt, run: null, why: "Operator" }]
    })
    const stopping = new Set(
      world.tasks.filter(({ task }) => task.execution._tag === "Stopping").map(({ task }) => task.id)
    )
    return [...stops, ...planned.actions.filter(({ task }) => stopping.has(task))]
  }

  const housekeeping = Effect.fnUntraced(function* (now: number) {
    if (now - beatAt >= heartbeatMs) {
      beatAt = now
      yield* store.heartbeat(epoch, now)
      yield* guards.fenced
    }
    if (now - keptHouseAt < housekeepingMs) return
    keptHouseAt = now
    const old = yield* store.tasks({ doneBefore: now - policy.doneRetentionMs, limit: archivedAtOnce })
    yield* fleet.absorb(old)
    archivable = old.map(({ id }) => id)
  })

  const step = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    yield* housekeeping(now)
    yield* fleet.refresh
    yield* fleet.readDependencies
    const world = yield* observe
    const planned = plan(world)
    tickedAt = now
    const acted = yield* actuator.apply(isClosing ? closing(world, planned) : planned.actions)
    yield* watch.soon
    yield* guards.ticked
    return acted > 0
  })

  /** Waits for a reason to tick again: a signal, a change in the store, a deadline. */
  const pause = Effect.gen(function* () {
    for (;;) {
      const isWoken = yield* signal.awaitFor(pollMs)
      const now = yield* Clock.currentTimeMillis
      if (isWoken || now - tickedAt >= idleMs || (yield* fleet.refresh)) return
    }
  })

  const isDone = (): boolean => isClosing && fleet.all().every(({ execution }) => !isLive(execution))

  yield* Effect.forkScoped(
    Effect.zipRight(
      Deferred.await(stopAgents),
      Effect.suspend(() => {
        isClosing = true
        return wake
      })
    )
  )
  yield* onReady

  const turn = Effect.uninterruptible(step).pipe(
    Effect.flatMap((acted) => (acted ? Effect.void : pause)),
    Effect.catchTags({
      StoreUnavailable: (error) =>
        Effect.zipRight(Effect.logError(`the store can not be used: ${error.message}`), Effect.sleep(retryAfter))
    })
  )
  while (!isDone()) yield* turn
})
