/**
 * What a stage looks like from outside: its column, its badge and the role of the agent that may work in it.
 *
 * Everything else classifies through these, so that a new stage takes part by itself.
 */
import { mender } from "./MergeFailureKind.ts"
import type * as Stage from "./Stage.ts"

export type Pipeline = "backlog" | "coding" | "qa" | "merge" | "done" | "closed" | "archived"
export type Status =
  | "active"
  | "frozen"
  | "review-hold"
  | "blocked"
  | "merge-failure"
  | "merge-failure-final"
  | "abandoned"
  | "superseded"
  | "rejected"
  | "done"
export type Role = "coder" | "qa" | "merger"

/** Column and badge of every stage; `held`: the column is that of the stage it holds. */
export const table: {
  readonly [T in Stage.Tag]: {
    readonly column: T extends "Blocked" | "Frozen" ? "held" : Pipeline
    readonly status: Status
  }
} = {
  Upcoming: { column: "backlog", status: "active" },
  Backlog: { column: "backlog", status: "active" },
  Coding: { column: "coding", status: "active" },
  Qa: { column: "qa", status: "active" },
  ReviewHold: { column: "qa", status: "review-hold" },
  Merge: { column: "merge", status: "active" },
  MergeFailure: { column: "merge", status: "merge-failure" },
  MergeFailureFinal: { column: "merge", status: "merge-failure-final" },
  Blocked: { column: "held", status: "blocked" },
  Frozen: { column: "held", status: "frozen" },
  Done: { column: "done", status: "done" },
  Abandoned: { column: "closed", status: "abandoned" },
  Superseded: { column: "closed", status: "superseded" },
  Rejected: { column: "closed", status: "rejected" },
  Archived: { column: "archived", status: "active" }
}

/** The column of the board. */
export const pipeline = (stage: Stage.Stage): Pipeline =>
  stage._tag === "Blocked" || stage._tag === "Frozen" ? pipeline(stage.resumeTo) : table[stage._tag].column

/** The badge. */
export const status = (stage: Stage.Stage): Status => table[stage._tag].status

/** The role of the agent that may run, or null where none may. */
export const role = (stage: Stage.Stage): Role | null => {
  switch (stage._tag) {
    case "Coding":
      return "coder"
    case "Qa":
      return "qa"
    case "MergeFailure":
      return mender(stage.kind) === "merger" ? "merger" : null
    default:
      return null
  }
}

/** Whether no work is left: done, closed or archived. */
export const isTerminal = (stage: Stage.Stage): boolean => {
  const column = pipeline(stage)
  return column === "done" || column === "closed" || column === "archived"
}

/** Whether a person holds it: frozen, blocked, in review, or failed for good. */
export const isHeld = (stage: Stage.Stage): boolean => {
  const badge = status(stage)
  return badge === "frozen" || badge === "blocked" || badge === "review-hold" || badge === "merge-failure-final"
}

/** Whether a task that waits for this one may start: done, or archived from done; nothing else. */
export const satisfies = (stage: Stage.Stage): boolean =>
  stage._tag === "Done" || (stage._tag === "Archived" && stage.from === "Done")
