/**
 * Events that mean nothing to an execution and are no error: about another attempt or run, or the completion of a phase
 * that is over. They are ignored, however late, doubled and reordered they come (EXE-13).
 */
import { attemptOf, type Execution } from "./Execution.ts"
import type * as Event from "./ExecutionEvent.ts"

/** How far an attempt has come; a completion that belongs to an earlier phase is late. */
const phase = (execution: Execution): number => {
  switch (execution._tag) {
    case "Assigned":
    case "Launching":
      return 0
    case "Running":
      return 1
    case "Limited":
      return execution.carrier === null ? 3 : 1
    case "Stopping":
      return execution.subject._tag === "Agent" ? 2 : 5
    case "Verifying":
      return 4
    /* v8 ignore next -- @preserve A completion names an attempt, and Idle has none: it is about another one already. */
    case "Idle":
    case "Landing":
    case "Backoff":
      return 6
  }
}

/** The last phase in which a completion still means something. */
const lastPhase: { readonly [T in Event.Tag]?: number } = {
  Claimed: 0,
  Withdrawn: 0,
  LaunchFailed: 0,
  Started: 0,
  Adopted: 0,
  SessionSeen: 1,
  Progressed: 1,
  Sustained: 1,
  LimitLifted: 1,
  RateLimited: 1,
  Ended: 1,
  TurnEnded: 1,
  SessionGone: 1,
  VerifiedDead: 2,
  Verdict: 4
}

/** What no row takes is late, or illegal. */
export const isLate = (execution: Execution, event: Event.ExecutionEvent): boolean => {
  const last = lastPhase[event._tag]
  if (last === undefined) return false
  // What runs is not limited any more, and what its account does not wait for has proved itself before.
  const isKnown =
    (event._tag === "LimitLifted" && execution._tag === "Running") ||
    (event._tag === "Sustained" && (execution._tag === "Running" || execution._tag === "Limited"))
  return phase(execution) > last || isKnown
}

/** It names another attempt, run, message or place in the list: whatever is done now, it is not about it. */
export const isAboutAnother = (execution: Execution, event: Event.ExecutionEvent): boolean => {
  switch (event._tag) {
    case "Armed":
    case "LandEnded":
      return execution._tag !== "Landing" || execution.run !== event.run
    case "Stop":
    case "VerifiedDead": {
      if (event.attempt === null) {
        const run = execution._tag === "Landing" ? execution.run : landingRun(execution)
        return run === null || run !== event.run
      }
      // The proof that an agent is dead proves nothing about a verifier of the same attempt.
      const isOtherRun = event._tag === "VerifiedDead" && event.run !== verifierRun(execution)
      return isOtherRun || attemptOf(execution)?.number !== event.attempt
    }
    case "Assign":
    case "Launch":
    case "VerifyBegin":
    case "LandBegin":
    case "Reset":
      return false
    case "Verdict":
      return (
        attemptOf(execution)?.number !== event.attempt ||
        (execution._tag === "Verifying" && (execution.run !== event.run || execution.index !== event.index))
      )
    case "TurnEnded":
      return attemptOf(execution)?.number !== event.attempt || isOtherMessage(execution, event)
    default:
      return attemptOf(execution)?.number !== event.attempt
  }
}

const isOtherMessage = (execution: Execution, { messageId }: Event.Of<"TurnEnded">): boolean =>
  execution._tag === "Running" && execution.carrier._tag === "Session" && execution.carrier.messageId !== messageId

const verifierRun = (execution: Execution): number | null =>
  execution._tag === "Stopping" && execution.subject._tag === "Verifiers" ? execution.subject.run : null

const landingRun = (execution: Execution): number | null =>
  execution._tag === "Stopping" && execution.subject._tag === "Landing" ? execution.subject.run : null
