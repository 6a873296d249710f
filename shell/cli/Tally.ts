/**
 * How many tasks are in each state, in one line.
 */
import { type TaskState, words } from "../../core/stage/TaskState.ts"
import type { Standing } from "../store/Store.ts"
import type { Seen } from "../view/FleetView.ts"

const people: Readonly<Record<TaskState, string>> = {
  PENDING: "waiting",
  READY: "ready",
  ASSIGNED: "assigned",
  RUNNING: "running",
  VERIFYING: "verifying",
  RETRYING: "retrying",
  RESUMING: "resuming",
  DONE: "done",
  NEEDS_HUMAN: "need a person",
  CANCELLED: "cancelled"
}

/** `2 running · 1 waiting · 3 done`. */
const show = (counts: ReadonlyMap<TaskState, number>): string => {
  const parts = words.flatMap((word) => {
    const many = counts.get(word) ?? 0
    return many === 0 ? [] : [`${many} ${many === 1 && word === "NEEDS_HUMAN" ? "needs a person" : people[word]}`]
  })
  return parts.length === 0 ? "no tasks" : parts.join(" · ")
}

export const line = (tasks: ReadonlyArray<Pick<Seen, "state">>): string => {
  const counts = new Map<TaskState, number>()
  for (const { state } of tasks) counts.set(state, (counts.get(state) ?? 0) + 1)
  return show(counts)
}

const ofExecution: Readonly<Record<string, TaskState>> = {
  Assigned: "ASSIGNED",
  Verifying: "VERIFYING",
  Backoff: "RETRYING"
}

const ofStage: Readonly<Record<string, TaskState>> = {
  blocked: "NEEDS_HUMAN",
  review_hold: "NEEDS_HUMAN",
  merge_failure_final: "NEEDS_HUMAN",
  done: "DONE",
  abandoned: "CANCELLED",
  superseded: "CANCELLED",
  rejected: "CANCELLED"
}

/** The same of tasks that were only counted: what keeps one that could go on from going on is not told apart. */
export const lineOf = (standings: ReadonlyArray<Standing>): string => {
  const counts = new Map<TaskState, number>()
  for (const { count, execution, stage } of standings) {
    const state = execution === "Idle" ? (ofStage[stage] ?? "PENDING") : (ofExecution[execution] ?? "RUNNING")
    counts.set(state, (counts.get(state) ?? 0) + count)
  }
  return show(counts)
}
