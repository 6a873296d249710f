/**
 * Which tasks can not move without a person: `run` ends when all are so, and `status` shows what each is stuck on.
 */
import { accountOf, type Window } from "../account/Account.ts"
import { holdsSlot, isLive, usesAccount } from "../execution/Execution.ts"
import { isTerminal, role, satisfies } from "../stage/Projection.ts"
import type { TaskId } from "../task/Identifiers.ts"
import { directoryOf, type Task } from "../task/Task.ts"
import { needsPerson } from "./Attention.ts"
import { judgesTree } from "./DecideStage.ts"
import { soleAgentOf } from "./Occupancy.ts"

export interface Fleet {
  readonly tasks: ReadonlyMap<TaskId, Task>
  readonly maxConcurrent: number
  /** Tasks whose stop can not be proved. */
  readonly unprovable: ReadonlySet<TaskId>
  /** Tasks that wait for an account that a person has to resume. */
  readonly paused: ReadonlySet<TaskId>
  /** Of the accounts that anything was heard of. */
  readonly windows: ReadonlyMap<string, Window>
  /** What was found before, of the same fleet: whoever asks about every task looks at each once. */
  readonly found?: Map<Task, TaskId | null>
}

/** A task that waits for a person itself: held, its stop can not be proved, or its account is paused. */
const isHumans = ({ paused, unprovable }: Fleet, task: Task): boolean =>
  needsPerson(task) !== null || unprovable.has(task.id) || paused.has(task.id)

/** It is not wanted to move: frozen, not triaged, or to be started by hand. */
const isParked = ({ execution, flow, stage }: Task): boolean =>
  execution._tag === "Idle" &&
  (stage._tag === "Frozen" || stage._tag === "Upcoming" || (stage._tag === "Backlog" && flow.start === "manual"))

/** No process and no message of its own: admission alone decides when it goes on. */
const isAtRest = ({ execution }: Task): boolean => !isLive(execution) && execution._tag !== "Assigned"

/** Of those that are at work under its account and do not end, the one that keeps it from taking the task too. */
const accountKeptBy = ({ windows }: Fleet, task: Task, holders: ReadonlyArray<Task>): Task | undefined => {
  const account = accountOf(task)
  const window = windows.get(account)
  // What is only to be verified asks no provider.
  if (window === undefined || judgesTree(task)) return undefined
  const kept = holders.filter((other) => usesAccount(other.execution) && accountOf(other) === account)
  switch (window._tag) {
    case "Canary":
      return kept.find(({ id }) => id === window.canary.task)
    case "Ramp":
      return kept.length >= window.width ? kept[0] : undefined
    default:
      return undefined
  }
}

/** The task whose place, or all of them, a stop that can not be proved does not give back; null when it can move. */
const crowdedOutBy = (fleet: Fleet, task: Task): TaskId | null => {
  if (role(task.stage) === null || !isAtRest(task)) return null
  const holders = [...fleet.unprovable]
    .toSorted((a, b) => a - b)
    .flatMap((id) => fleet.tasks.get(id) ?? [])
    .filter((other) => other.id !== task.id && holdsSlot(other.execution))
  const directory = directoryOf(task)
  const agent = soleAgentOf(task)
  const neighbour = holders.find(
    (other) =>
      (directory !== null && directoryOf(other) === directory) || (agent !== null && soleAgentOf(other) === agent)
  )
  if (neighbour !== undefined) return neighbour.id
  const kept = accountKeptBy(fleet, task, holders)
  if (kept !== undefined) return kept.id
  const [first] = holders
  return first !== undefined && holders.length >= fleet.maxConcurrent ? first.id : null
}

/**
 * The task that this one is stuck on: a dependency that is closed, unknown, held, parked or itself stuck, or a task
 * that keeps its place and waits for a person. Null when it is stuck on none.
 */
export const stuckOn = (fleet: Fleet, task: Task): TaskId | null => search(fleet, task, new Set())

const search = (fleet: Fleet, task: Task, seen: Set<TaskId>): TaskId | null => {
  const before = fleet.found?.get(task)
  if (before !== undefined) return before
  const found = look(fleet, task, seen)
  fleet.found?.set(task, found)
  return found
}

const look = (fleet: Fleet, task: Task, seen: Set<TaskId>): TaskId | null => {
  const crowded = crowdedOutBy(fleet, task)
  if (crowded !== null) return crowded
  if (task.stage._tag !== "Backlog" || seen.has(task.id)) return null
  seen.add(task.id)
  for (const id of task.dependsOn) {
    const other = fleet.tasks.get(id)
    if (other === undefined) return id
    if (satisfies(other.stage)) continue
    const isEnded = isTerminal(other.stage)
    if (isEnded || isHumans(fleet, other) || isParked(other) || search(fleet, other, seen) !== null) return id
  }
  return null
}

/** Nothing about it moves any more without a person: ended, theirs, parked, or stuck; and no process is left. */
export const isSettled = (fleet: Fleet, task: Task): boolean => {
  if (isTerminal(task.stage)) return task.execution._tag === "Idle" || fleet.unprovable.has(task.id)
  if (fleet.paused.has(task.id)) return isAtRest(task)
  if (isHumans(fleet, task)) return task.execution._tag === "Idle" || fleet.unprovable.has(task.id)
  return isParked(task) || (isAtRest(task) && stuckOn(fleet, task) !== null)
}
