/**
 * The stored tasks as a person wants to see them: what each is doing, why it waits, on whom it is stuck, and who has to
 * act. Worked out from the store alone, so that a follower sees what the supervisor sees.
 */
import * as Effect from "effect/Effect"
import { type Account, accountOf, pausedText } from "../../core/account/Account.ts"
import { isLive } from "../../core/execution/Execution.ts"
import * as Held from "../../core/metrics/Held.ts"
import type { Policy } from "../../core/policy/Policy.ts"
import { type TaskState, taskState } from "../../core/stage/TaskState.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { needsPerson, survivorsKey } from "../../core/tick/Attention.ts"
import * as Stuck from "../../core/tick/Stuck.ts"
import { plan } from "../../core/tick/Tick.ts"
import * as Wait from "../../core/tick/Wait.ts"
import { unobserved } from "../../core/tick/World.ts"
import type { AttentionItem, StoreError } from "../store/Store.ts"
import * as Moment from "./Moment.ts"
import type { StoreService } from "../store/Store.ts"

export interface Known {
  readonly now: number
  readonly policy: Policy
  readonly isDraining: boolean
  /** Every task that is not ended or still has an execution, and all that those wait for. */
  readonly tasks: ReadonlyMap<TaskId, Task>
  /** False where a chain of tasks was too long to be read: then nothing is said about who is stuck. */
  readonly isWhole: boolean
  readonly attention: ReadonlyArray<AttentionItem>
  readonly accounts: ReadonlyArray<Account>
}

/** One task and what is to be said about it. */
export interface Seen {
  readonly task: Task
  readonly state: TaskState
  /** Why it does not move, though it could. */
  readonly waiting: string | null
  /** What has to move first, and will not by itself. */
  readonly stuckOn: TaskId | null
  /** Why a person has to act. */
  readonly person: string | null
}

export interface View {
  readonly see: (task: Task) => Seen
  /** Nothing about it moves any more without a person. */
  readonly isSettled: (task: Task) => boolean
}

/** A task that has ended, which nothing more is to be said about. */
export const ended = (task: Task): Seen => ({
  task,
  state: taskState(task.stage, task.execution),
  waiting: null,
  stuckOn: null,
  person: null
})

const inTheWay = (task: TaskId): string => `task:${task}:landing`
const unseen = (task: TaskId): string => `task:${task}:unknown`

/** What keeps tasks from going on that could, as the tick would say. */
const waitingOf = ({ accounts, attention, isDraining, now, policy, tasks }: Known): ReadonlyMap<TaskId, Wait.Wait> => {
  const items = new Map(attention.map(({ key, text }) => [key, text]))
  const views = [...tasks.values()].map((task) => ({
    ...unobserved(
      task,
      task.dependsOn.map((id) => ({ id, stage: tasks.get(id)?.stage ?? null }))
    ),
    landingHeld: items.get(inTheWay(task.id))?.slice(`${task.spec.name}: `.length) ?? null
  }))
  return plan({ now, policy, isDraining, pressure: null, tasks: views, accounts }).waiting
}

/** The same, counted. */
export const held = (known: Known): Held.Held => {
  const keys = new Set(known.attention.map(({ key }) => key))
  const { tasks } = known
  const waiting = [...waitingOf(known)].flatMap(([id, wait]) => {
    const task = tasks.get(id)
    return task === undefined ? [] : [[task, wait] as const]
  })
  return Held.held(
    waiting,
    [...tasks.values()].filter(({ id }) => keys.has(survivorsKey(id)))
  )
}

/** `waiting`: why tasks wait, where somebody knows it already. */
export const make = (known: Known, waiting: ReadonlyMap<TaskId, Wait.Wait> = waitingOf(known)): View => {
  const { accounts, attention, isWhole, now, policy, tasks } = known
  const items = new Map(attention.map(({ key, text }) => [key, text]))
  const unprovable = new Set([...tasks.keys()].filter((id) => items.has(survivorsKey(id))))
  const pauses = new Map(accounts.map(({ id, pause }) => [id, pause]))
  const paused = new Set([...waiting].flatMap(([id, wait]) => (wait._tag === "AccountPaused" ? [id] : [])))
  const windows = new Map(accounts.map(({ id, window }) => [id, window]))
  const { maxConcurrent } = policy
  const fleet: Stuck.Fleet = { tasks, maxConcurrent, unprovable, paused, windows, found: new Map() }
  const pausedFor = (task: Task): string | null => {
    const account = accountOf(task)
    const pause = paused.has(task.id) ? pauses.get(account) : null
    return pause === undefined || pause === null ? null : pausedText(account, pause)
  }

  const see = (task: Task): Seen => {
    const wait = isLive(task.execution) ? undefined : waiting.get(task.id)
    const isUnprovable = unprovable.has(task.id)
    const isPaused = paused.has(task.id)
    const isHeldBack = wait !== undefined && wait._tag !== "Unobserved" && wait._tag !== "Backoff"
    return {
      task,
      state: taskState(task.stage, task.execution, { isHeldBack, isUnprovable, isPaused }),
      waiting:
        wait === undefined
          ? (items.get(unseen(task.id)) ?? null)
          : Wait.describe(wait, (moment) => Moment.clock(moment, now)),
      stuckOn: isWhole ? Stuck.stuckOn(fleet, task) : null,
      person: (isUnprovable ? items.get(survivorsKey(task.id)) : undefined) ?? pausedFor(task) ?? needsPerson(task)
    }
  }
  return { see, isSettled: (task) => Stuck.isSettled(fleet, task) }
}

const indexed = (tasks: ReadonlyArray<Task>): Map<TaskId, Task> => new Map(tasks.map((task) => [task.id, task]))

const missingOf = (tasks: ReadonlyMap<TaskId, Task>): ReadonlyArray<TaskId> => [
  ...new Set([...tasks.values()].flatMap(({ dependsOn }) => dependsOn.filter((id) => !tasks.has(id))))
]

/** Adds the tasks that those in the map wait for; those of an ended task matter to nobody. */
export const withDependencies = (
  store: StoreService,
  tasks: ReadonlyArray<Task>
): Effect.Effect<Map<TaskId, Task>, StoreError> =>
  Effect.gen(function* () {
    const known = indexed(tasks)
    const ids = missingOf(known)
    if (ids.length > 0) for (const task of yield* store.tasks({ ids })) known.set(task.id, task)
    return known
  })

/** What the store holds now, every open task; `seq` is the last event in it. */
export const read = (
  store: StoreService,
  policy: Policy,
  now: number
): Effect.Effect<Known & { readonly seq: number }, StoreError> =>
  Effect.gen(function* () {
    const open = yield* store.open
    return {
      now,
      policy,
      seq: open.seq,
      isDraining: yield* store.isDraining,
      tasks: yield* withDependencies(store, open.tasks),
      isWhole: true,
      attention: yield* store.attention,
      accounts: open.accounts
    }
  })

/** Tasks that are read beside those that were asked for, at most. */
const neighbours = 1000

/** What is to be said of some tasks needs only those they wait for, directly or not, and those `atWork`. */
export const around = (
  store: StoreService,
  policy: Policy,
  now: number,
  tasks: ReadonlyArray<Task>,
  atWork: ReadonlyArray<Task>
): Effect.Effect<Known, StoreError> =>
  Effect.gen(function* () {
    let known = indexed([...atWork, ...tasks])
    const most = known.size + neighbours
    for (let size = -1; known.size !== size && known.size < most;) {
      size = known.size
      known = yield* withDependencies(store, [...known.values()])
    }
    return {
      now,
      policy,
      isDraining: yield* store.isDraining,
      tasks: known,
      isWhole: known.size < most,
      attention: yield* store.attention,
      accounts: yield* store.accounts
    }
  })
