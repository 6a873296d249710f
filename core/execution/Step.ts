/**
 * The transition function of the execution machine: total and pure.
 *
 * A completion that comes late (its attempt has moved on, or is another one) is Ignored; a command that does not fit is
 * an IllegalExecution. "Idle and X": `then` is the stage event that belongs in the same transaction; where the stage
 * machine refuses it, it is dropped and Idle stands.
 */
import type { Ending, Execution, Of, StopReason } from "./Execution.ts"
import { attemptOf, idle } from "./Execution.ts"
import type * as Event from "./ExecutionEvent.ts"
import { ignored, landed, next, type Step, verdict, verifiedDead, verifying } from "./Outcome.ts"

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
  LimitLifted: 1,
  RateLimited: 1,
  Ended: 1,
  TurnEnded: 1,
  SessionGone: 1,
  VerifiedDead: 2,
  Verdict: 4
}

/** Operator > StageChanged > a limit of the task > a retry > the attempt's own end. */
const strength = (ending: Ending): number => {
  if (ending._tag !== "Stopped") return 0
  const order: { readonly [W in StopReason]: number } = {
    Operator: 4,
    StageChanged: 3,
    OverBudget: 2,
    OverTime: 2,
    OverTurns: 2,
    Inactive: 2,
    Retry: 1
  }
  return order[ending.why]
}

const isAboutAnother = (execution: Execution, event: Event.ExecutionEvent): boolean => {
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
    default:
      return attemptOf(execution)?.number !== event.attempt
  }
}

const verifierRun = (execution: Execution): number | null =>
  execution._tag === "Stopping" && execution.subject._tag === "Verifiers" ? execution.subject.run : null

const landingRun = (execution: Execution): number | null =>
  execution._tag === "Stopping" && execution.subject._tag === "Landing" ? execution.subject.run : null

/** Whether a new attempt may begin at that moment. */
const isFree = (execution: Execution, at: number): boolean =>
  execution._tag === "Idle" ||
  (execution._tag === "Backoff" && at >= execution.until) ||
  (execution._tag === "Limited" && execution.carrier === null && at >= execution.resumeAt)

/** The next execution, and what it means for the stage. */
export const step = (execution: Execution, event: Event.ExecutionEvent): Step => {
  if (isAboutAnother(execution, event)) return ignored
  const last = lastPhase[event._tag]
  // A stopped verification or landing is proved dead too, in a phase after its verdicts.
  const proof = event._tag === "VerifiedDead" && execution._tag === "Stopping"
  // A limit may be told after the exit that it caused: it still moves the time, and only ever later.
  const limit = event._tag === "RateLimited" && execution._tag === "Limited"
  if (last !== undefined && phase(execution) > last && !proof && !limit) return ignored
  return handle(execution, event) ?? { _tag: "IllegalExecution", execution, event }
}

const handle = (execution: Execution, event: Event.ExecutionEvent): Step | null => {
  switch (event._tag) {
    case "Assign":
      return execution._tag === "Idle" || (execution._tag === "Backoff" && event.at >= execution.until)
        ? next({ _tag: "Assigned", attempt: event.attempt, messageId: event.messageId, since: event.at })
        : null
    case "Claimed":
      if (execution._tag !== "Assigned") return null
      return next({
        _tag: "Running",
        attempt: execution.attempt,
        carrier: { _tag: "Session", session: event.session, messageId: execution.messageId },
        since: event.at
      })
    case "Withdrawn":
      return execution._tag === "Assigned" ? next(idle) : null
    case "Launch":
      return isFree(execution, event.at)
        ? next({ _tag: "Launching", attempt: event.attempt, since: event.at, preparing: event.preparing })
        : null
    case "LaunchFailed":
      if (execution._tag !== "Launching") return null
      if (event.exhausted) return next(idle, { _tag: "Block", reason: { _tag: "LaunchFailed", reason: event.reason } })
      return next({ _tag: "Backoff", attempt: execution.attempt, until: event.until, mode: "Retry", feedback: null })
    case "Started":
    case "Adopted":
      if (execution._tag !== "Launching") return null
      return next({
        _tag: "Running",
        attempt: execution.attempt,
        carrier: { _tag: "Process", process: event.process },
        since: event.at
      })
    case "SessionSeen":
    case "Progressed":
      return execution._tag === "Running" || execution._tag === "Limited" ? next(execution) : null
    case "RateLimited":
      return rateLimited(execution, event)
    case "LimitLifted":
      if (execution._tag === "Running") return ignored
      return execution._tag === "Limited" && execution.carrier !== null
        ? next({
            _tag: "Running",
            attempt: execution.attempt,
            carrier: execution.carrier,
            since: execution.since + Math.max(0, event.at - execution.limitedAt)
          })
        : null
    case "Ended":
      return execution._tag === "Launching" || execution._tag === "Running" || execution._tag === "Limited"
        ? stopping(execution, ended(execution, event.how), event.at)
        : null
    case "TurnEnded":
    case "SessionGone": {
      if (execution._tag !== "Running" || execution.carrier._tag !== "Session") return null
      if (event._tag === "TurnEnded" && event.messageId !== execution.carrier.messageId) return ignored
      return stopping(execution, event._tag === "TurnEnded" ? { _tag: "Clean" } : { _tag: "Lost" }, event.at)
    }
    case "Stop":
      return stop(execution, event)
    case "VerifiedDead":
      return execution._tag === "Stopping" ? verifiedDead(execution, event.facts) : null
    case "VerifyBegin":
      return execution._tag === "Idle" ? next(verifying(event.attempt)) : null
    case "RunBegin":
      return execution._tag === "Verifying" && execution.index === event.index
        ? next({ ...execution, run: event.run, notBefore: null })
        : null
    case "NoVerifiers":
      // Where a verifier ran, the list was not empty.
      return execution._tag === "Verifying" && execution.run === null && execution.index === 0
        ? next(idle, { _tag: "Passed", verified: false, work: event.work, at: event.at })
        : null
    case "Verdict":
      return execution._tag === "Verifying" ? verdict(execution, event) : null
    case "LandBegin":
      return execution._tag === "Idle"
        ? next({
            _tag: "Landing",
            run: event.run,
            visit: event.visit,
            base: event.base,
            candidate: null,
            since: event.at
          })
        : null
    case "Armed":
      return execution._tag === "Landing" && execution.candidate === null
        ? next({ ...execution, candidate: event.candidate })
        : null
    case "LandEnded":
      return next(idle, landed(event))
    case "Reset":
      return execution._tag === "Idle" ||
        execution._tag === "Backoff" ||
        (execution._tag === "Limited" && execution.carrier === null)
        ? next(idle)
        : null
  }
}

const carrierOf = (execution: Execution) =>
  execution._tag === "Running" || execution._tag === "Limited" ? execution.carrier : null

const stopping = (execution: Of<"Launching" | "Running" | "Limited">, ending: Ending, since: number): Step =>
  next({
    _tag: "Stopping",
    subject: { _tag: "Agent", attempt: execution.attempt },
    carrier: carrierOf(execution),
    ending,
    since
  })

/** How an attempt ended; a limit that was seen before only moves later. */
const ended = (execution: Execution, how: Ending): Ending =>
  how._tag === "Limited" && execution._tag === "Limited"
    ? { ...how, resumeAt: Math.max(how.resumeAt, execution.resumeAt) }
    : how

const rateLimited = (execution: Execution, event: Event.Of<"RateLimited">): Step | null => {
  if (execution._tag !== "Launching" && execution._tag !== "Running" && execution._tag !== "Limited") return null
  const seen = event.process === null ? null : ({ _tag: "Process", process: event.process } as const)
  const carrier = execution._tag === "Launching" ? seen : execution.carrier
  if (execution._tag === "Launching" && carrier === null) return null
  const known = execution._tag === "Limited" ? execution.resumeAt : event.resumeAt
  return next({
    _tag: "Limited",
    attempt: execution.attempt,
    carrier,
    resumeAt: Math.max(known, event.resumeAt),
    limitedAt: execution._tag === "Limited" ? execution.limitedAt : event.at,
    since: execution.since
  })
}

const stop = (execution: Execution, { at, why }: Event.Of<"Stop">): Step | null => {
  const ending: Ending = { _tag: "Stopped", why }
  switch (execution._tag) {
    case "Launching":
    case "Running":
      return stopping(execution, ending, at)
    case "Limited":
      return stopping(execution, ending, at)
    case "Verifying":
      return next({
        _tag: "Stopping",
        subject: { _tag: "Verifiers", attempt: execution.attempt, run: execution.run },
        carrier: null,
        ending,
        since: at
      })
    case "Landing":
      return execution.candidate === null
        ? next({
            _tag: "Stopping",
            subject: { _tag: "Landing", run: execution.run, visit: execution.visit },
            carrier: null,
            ending,
            since: at
          })
        : null
    case "Stopping":
      return next(strength(ending) > strength(execution.ending) ? { ...execution, ending } : execution)
    default:
      return null
  }
}

/** One sentence for people. */
export const explain = (execution: Execution, event: Event.ExecutionEvent): string =>
  `${event._tag} means nothing while the execution is ${execution._tag}`

export type { Consequence, Step } from "./Outcome.ts"
