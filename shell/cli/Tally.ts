/**
 * How many tasks are in each state, in one line.
 */
import { type TaskState, words } from "../../core/stage/TaskState.ts"
import type { Seen } from "./FleetView.ts"

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

export const count = (tasks: ReadonlyArray<Pick<Seen, "state">>): ReadonlyMap<TaskState, number> => {
  const counts = new Map<TaskState, number>()
  for (const { state } of tasks) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}

/** `2 running · 1 waiting · 3 done`. */
export const line = (tasks: ReadonlyArray<Pick<Seen, "state">>): string => {
  const counts = count(tasks)
  const parts = words.flatMap((word) => {
    const many = counts.get(word)
    return many === undefined
      ? []
      : [`${many} ${many === 1 && word === "NEEDS_HUMAN" ? "needs a person" : people[word]}`]
  })
  return parts.length === 0 ? "no tasks" : parts.join(" · ")
}
