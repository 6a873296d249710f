/**
 * The ten-word summary of a task that people, metrics and events use. The execution decides first, unless it is Idle: a
 * cancelled task is RUNNING until its processes are proved dead.
 */
import type { Execution } from "../execution/Execution.ts"
import { role } from "./Projection.ts"
import type { Stage } from "./Stage.ts"

export const words = [
  "PENDING",
  "READY",
  "ASSIGNED",
  "RUNNING",
  "VERIFYING",
  "RETRYING",
  "RESUMING",
  "DONE",
  "NEEDS_HUMAN",
  "CANCELLED"
] as const
export type TaskState = (typeof words)[number]

/** What the two machines do not say. */
export interface Context {
  /** A dependency is unmet, the start is manual, or admission refused it. */
  readonly isHeldBack: boolean
  /** Survivors of a stop were seen for so long that a person is told. */
  readonly isUnprovable: boolean
  /** It is at rest, and its account waits for a person; no is meant when nothing is said. */
  readonly isPaused?: boolean
}

/** The summary of a task; without a context, of one that nothing holds back. */
export const taskState = (
  stage: Stage,
  execution: Execution,
  { isHeldBack, isPaused = false, isUnprovable }: Context = { isHeldBack: false, isUnprovable: false }
): TaskState => {
  if (isPaused) return "NEEDS_HUMAN"
  switch (execution._tag) {
    case "Assigned":
      return "ASSIGNED"
    case "Launching":
    case "Running":
    case "Limited":
    case "Landing":
      return "RUNNING"
    case "Stopping":
      return isUnprovable ? "NEEDS_HUMAN" : "RUNNING"
    case "Verifying":
      return "VERIFYING"
    case "Backoff":
      return execution.mode === "Resume" || execution.mode === "Nudge" ? "RESUMING" : "RETRYING"
    case "Idle":
      return idleState(stage, isHeldBack)
  }
}

const idleState = (stage: Stage, isHeldBack: boolean): TaskState => {
  switch (stage._tag) {
    case "Upcoming":
    case "Frozen":
      return "PENDING"
    case "Backlog":
    case "Coding":
    case "Qa":
    case "Merge":
      return isHeldBack ? "PENDING" : "READY"
    case "MergeFailure":
      return role(stage) === null ? "NEEDS_HUMAN" : isHeldBack ? "PENDING" : "READY"
    case "Blocked":
    case "ReviewHold":
    case "MergeFailureFinal":
      return "NEEDS_HUMAN"
    case "Done":
      return "DONE"
    case "Abandoned":
    case "Superseded":
    case "Rejected":
      return "CANCELLED"
    case "Archived":
      return stage.from === "Done" ? "DONE" : "CANCELLED"
  }
}
