/**
 * What is known of waiting tasks beside the store: why each waits, and which are in another state for it than their
 * stage and execution alone would tell.
 */
import { isLive } from "../execution/Execution.ts"
import { type TaskState, taskState } from "../stage/TaskState.ts"
import type { Task } from "../task/Task.ts"
import type { Wait } from "../tick/Wait.ts"

export type Reason = Wait["_tag"]

/** So many tasks are in `to` that would be in `from` if nothing held them back. */
export interface Shift {
  readonly from: TaskState
  readonly to: TaskState
  readonly count: number
}

export interface Held {
  readonly reasons: ReadonlyMap<Reason, number>
  readonly shifts: ReadonlyArray<Shift>
}

export const nothing: Held = { reasons: new Map(), shifts: [] }

/** `unprovable`: of whom a person was told that they could not be stopped. */
export const held = (waiting: Iterable<readonly [task: Task, wait: Wait]>, unprovable: Iterable<Task>): Held => {
  const reasons = new Map<Reason, number>()
  const shifts = new Map<string, Shift>()
  const shift = ({ execution, stage }: Task, to: TaskState): void => {
    const from = taskState(stage, execution)
    if (from === to) return
    const key = `${from} ${to}`
    shifts.set(key, { from, to, count: (shifts.get(key)?.count ?? 0) + 1 })
  }
  for (const [task, wait] of waiting) {
    reasons.set(wait._tag, (reasons.get(wait._tag) ?? 0) + 1)
    if (isLive(task.execution)) continue
    shift(
      task,
      taskState(task.stage, task.execution, {
        isHeldBack: wait._tag !== "Unobserved" && wait._tag !== "Backoff",
        isUnprovable: false,
        isPaused: wait._tag === "AccountPaused"
      })
    )
  }
  for (const task of unprovable) {
    shift(task, taskState(task.stage, task.execution, { isHeldBack: false, isUnprovable: true }))
  }
  return { reasons, shifts: [...shifts.values()] }
}

/**
 * Tasks by state, those that are held back in the state that tells so. What is held was seen at another moment than what
 * was counted: no more are moved than there are, so that the sum stays.
 */
export const shifted = (
  states: ReadonlyMap<TaskState, number>,
  shifts: ReadonlyArray<Shift>
): ReadonlyMap<TaskState, number> => {
  const moved = new Map(states)
  for (const { count, from, to } of shifts) {
    const there = moved.get(from) ?? 0
    const some = Math.min(count, there)
    moved.set(from, there - some)
    moved.set(to, (moved.get(to) ?? 0) + some)
  }
  return moved
}
