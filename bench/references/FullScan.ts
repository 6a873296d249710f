/**
 * The least that any level-triggered tick has to do: look at every task once and branch on what it is doing. No
 * admission, no reasons, no attention, no order: a floor, not a rival.
 */
import type { World } from "../../core/tick/World.ts"

export interface Found {
  readonly task: number
  readonly revision: number
  readonly what: "Promote" | "Spawn" | "Record" | "Stop"
}

export const fullScan = ({ now, tasks }: World): ReadonlyArray<Found> => {
  const found: Array<Found> = []
  const push = (task: number, revision: number, what: Found["what"]): void => {
    found.push({ task, revision, what })
  }
  for (const { dependencies, observation, run, task } of tasks) {
    const { execution, id, revision, stage } = task
    switch (execution._tag) {
      case "Idle":
        if (stage._tag === "Coding") push(id, revision, "Spawn")
        else if (stage._tag === "Backlog" && dependencies.every(({ stage }) => stage?._tag === "Done")) {
          push(id, revision, "Promote")
        }
        break
      case "Backoff":
        if (now >= execution.until) push(id, revision, "Spawn")
        break
      case "Launching":
      case "Running":
        if (observation?._tag === "Dead") push(id, revision, "Record")
        break
      case "Verifying":
        if (run?._tag === "Finished") push(id, revision, "Record")
        break
      case "Stopping":
        if (observation === null) push(id, revision, "Stop")
        break
      default:
    }
  }
  return found
}
