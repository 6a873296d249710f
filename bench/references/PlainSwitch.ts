/**
 * The turns of `workload/Turns.ts` as a programmer would write them in a hurry: two switches and a new object. It knows
 * no other transition, and checks nothing.
 */
import type { Stage } from "../../core/stage/Stage.ts"
import type { StageEvent } from "../../core/stage/StageEvent.ts"
import type { Flow } from "../../core/task/Flow.ts"

export const next = (flow: Flow, stage: Stage, event: StageEvent): Stage | null => {
  switch (stage._tag) {
    case "Coding":
      return event._tag === "GatesPassed" && flow.qa === "agent" ? { _tag: "Qa" } : null
    case "Qa":
      switch (event._tag) {
        case "GatesFailed":
          return { _tag: "Coding", feedback: event.feedback }
        case "HoldForReview":
          return { _tag: "ReviewHold", resumeTo: stage, reason: event.reason }
        case "GatesPassed":
          return event.work === null ? null : { _tag: "Merge", ...event.work, verified: event.verified }
        default:
          return null
      }
    case "ReviewHold":
      return event._tag === "Approve" && stage.resumeTo._tag !== "Finish" ? stage.resumeTo : null
    case "Merge":
      switch (event._tag) {
        case "MergeFailed": {
          const { branch, commitsAhead, verified } = stage
          const { kind, strikes } = event
          return kind === null ? null : { _tag: "MergeFailure", branch, commitsAhead, verified, kind, strikes }
        }
        case "Landed": {
          const { at, commit } = event
          return { _tag: "Done", at, landing: { _tag: "Merged", commit }, verified: stage.verified }
        }
        default:
          return null
      }
    case "MergeFailure":
      return event._tag === "MergeReady" ? { _tag: "Merge", ...event.work, verified: event.verified } : null
    case "Done":
      return event._tag === "Reopen" ? { _tag: "Coding", feedback: event.feedback } : null
    default:
      return null
  }
}
