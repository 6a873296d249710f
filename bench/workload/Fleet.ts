/**
 * A fleet of any size in a realistic mix: most tasks wait or are done, a tenth runs, one in a hundred has something new
 * to decide. Every state is one that core itself led to.
 */
import { type Attempt, attemptOf } from "../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../core/execution/ExecutionEvent.ts"
import * as Either from "effect/Either"
import * as Policy from "../../core/policy/Policy.ts"
import type { StageEvent } from "../../core/stage/StageEvent.ts"
import type { TaskEvent } from "../../core/task/Apply.ts"
import { defaultFlow } from "../../core/task/Flow.ts"
import { AttemptNumber, BatchId, TaskId } from "../../core/task/Identifiers.ts"
import * as Record from "../../core/task/Record.ts"
import * as Task from "../../core/task/Task.ts"
import { type TaskView, unobserved, type World } from "../../core/tick/World.ts"
import { born, goneProcess, type Living, type Step, steps, take } from "./Life.ts"
import { epoch, specOf } from "./Tasks.ts"

const batchSize = 100
const process = goneProcess("host", "boot", 0)

const created = (index: number, dependsOn: ReadonlyArray<TaskId>): Task.Task =>
  Task.create({
    id: TaskId.make(index + 1),
    batch: BatchId.make(1 + Math.floor(index / batchSize)),
    spec: specOf(index),
    flow: defaultFlow,
    dependsOn,
    upcoming: false,
    createdAt: epoch
  })

/** The task after the steps of a good life up to and with `last`. */
const upTo = (task: Task.Task, last: Step): Living =>
  steps.slice(0, steps.indexOf(last) + 1).reduce((living, step) => take(living, step, null, process).after, born(task))

const after = (task: Task.Task, event: TaskEvent): Task.Task => {
  const recorded = Record.record(task, [event], "tick", Policy.defaults)
  if (Either.isLeft(recorded)) throw new Error(`${event._tag} does not fit #${task.id}`)
  return recorded.right.task
}
const executed = (task: Task.Task, event: ExecutionEvent): Task.Task => after(task, { _tag: "ExecutionMoved", event })
const staged = (task: Task.Task, event: StageEvent): Task.Task => after(task, { _tag: "StageMoved", event })

const numberOf = (task: Task.Task): Attempt["number"] => attemptOf(task.execution)?.number ?? AttemptNumber.make(1)

export const alive = {
  _tag: "Alive",
  process,
  isAdopted: false,
  lastProgressAt: epoch,
  toolTurns: 3,
  costUsd: 0.1,
  limitedUntil: null
} as const

const backingOff = (task: Task.Task): Task.Task => {
  const launched = upTo(task, "Launch").task
  const attempt = numberOf(launched)
  return executed(launched, {
    _tag: "LaunchFailed",
    attempt,
    reason: "no such program",
    until: epoch + 60_000,
    exhausted: false
  })
}

/** The same state for another task, in objects of its own: how far they lie apart is a part of what is measured. */
const like = (task: Task.Task, { execution, facts, revision, stage, visit }: Task.Task): Task.Task => ({
  ...task,
  execution: { ...execution },
  facts: { ...facts },
  revision,
  stage: { ...stage },
  visit
})

const blocked = (task: Task.Task): Task.Task =>
  staged(upTo(task, "Start").task, { _tag: "Block", reason: { _tag: "OverBudget" } })

/** The view of one task before it was begun; whom it waits for follows from its place in its batch. */
const viewOf = (index: number): TaskView => {
  const place = index % batchSize
  if (place >= 38) return unobserved(created(index, []), [])
  // Waits for one to three tasks that are not done.
  const first = index - place
  const ids = Array.from({ length: 1 + (place % 3) }, (_, nth) => TaskId.make(first + 50 + ((place + nth) % 10) + 1))
  return unobserved(
    created(index, ids),
    ids.map((id) => ({ id, stage: { _tag: "Coding", feedback: null } }))
  )
}

/** How far a task has come follows from its place in its batch too. */
const advanced = (view: TaskView, place: number): TaskView => {
  const { task } = view
  const plain = (task: Task.Task): TaskView => unobserved(task, [])
  if (place < 39) return view
  if (place < 45) return plain(upTo(task, "Start").task)
  if (place < 50) return plain(backingOff(task))
  if (place < 60) return { ...plain(upTo(task, "Started").task), observation: alive }
  if (place < 61) {
    return { ...plain(upTo(task, "Started").task), observation: { _tag: "Dead", how: { _tag: "Clean" } } }
  }
  if (place < 66) return { ...plain(upTo(task, "RunBegin").task), run: { _tag: "Alive" } }
  if (place < 69) return { ...plain(blocked(task)), attention: [`task:${task.id}:held`] }
  if (place < 72) return { ...plain(upTo(task, "Ended").task), observation: { _tag: "BeingStopped" } }
  return plain(upTo(task, "Verdict").task)
}

/** Of the first batch core's rules are followed; the others are as far, place by place. */
const viewsOf = (count: number): ReadonlyArray<TaskView> => {
  const first = Array.from({ length: Math.min(count, batchSize) }, (_, index) => advanced(viewOf(index), index))
  return Array.from({ length: count }, (_, index) => {
    const model = first[index % batchSize]
    if (model === undefined || index < batchSize) return first[index] ?? viewOf(index)
    const view = viewOf(index)
    const task = like(view.task, model.task)
    const attention = model.attention.map((key) => key.replace(`${model.task.id}`, `${task.id}`))
    return { ...model, dependencies: view.dependencies, attention, task }
  })
}

/** The task after its agent was seen to end: its processes are being proved dead. */
export const ended = (task: Task.Task): Task.Task =>
  executed(task, { _tag: "Ended", attempt: numberOf(task), how: { _tag: "Clean" }, at: epoch })

/** Nothing is to be decided: what has ended is at work again, what could start is left to a person. */
const settled = (view: TaskView): TaskView => {
  const { observation, task } = view
  if (observation?._tag === "Dead") return { ...view, observation: alive }
  const isPromotable = task.stage._tag === "Backlog" && view.dependencies.length === 0
  return isPromotable ? { ...view, task: { ...task, flow: { ...task.flow, start: "manual" } } } : view
}

/** A fleet like `worldOf`'s in which every place is taken and nothing is to be done. */
export const settledWorld = (count: number): World => {
  const world = worldOf(count)
  return { ...world, tasks: world.tasks.map(settled) }
}

/** Places for those that run and a few more, so that most of those that ask are refused, with a reason. */
const concurrencyOf = (count: number): number => Math.round(count * 0.195)

export const worldOf = (count: number): World => ({
  now: epoch + 1000,
  policy: { ...Policy.defaults, maxConcurrent: concurrencyOf(count) },
  isDraining: false,
  pressure: null,
  tasks: viewsOf(count),
  accounts: []
})
