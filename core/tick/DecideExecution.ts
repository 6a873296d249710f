/**
 * What to do about a task whose execution is not Idle, or null when the execution lets its stage decide (a back-off or
 * a limit that is over).
 */
import { attemptOf, isTrial, type Of, type StopReason, visitOf } from "../execution/Execution.ts"
import type * as Execution from "../execution/Execution.ts"
import type { ExecutionEvent } from "../execution/ExecutionEvent.ts"
import { endingOf, isReminded, isReminder } from "../execution/Outcome.ts"
import * as Backoff from "../execution/Backoff.ts"
import { role } from "../stage/Projection.ts"
import { isCharged } from "../task/Apply.ts"
import { attemptId } from "../task/Identifiers.ts"
import type { Task } from "../task/Task.ts"
import { type Context, failure, moved, overBudget, reached, type Timed } from "./Context.ts"
import { decideVerifying } from "./DecideVerifying.ts"
import type { Proposal } from "./Proposal.ts"
import { act, of, record, rest, wait } from "./Proposal.ts"
import type { Observation, OwnView } from "./World.ts"

/** The execution was begun for this visit, and for the role its stage has now; one that ends or rests need not. */
const belongs = ({ execution, stage, visit }: Task): boolean => {
  if (visitOf(execution) !== visit) return false
  return execution._tag === "Landing" ? stage._tag === "Merge" : attemptOf(execution)?.role === role(stage)
}

const stop = (task: Task, why: StopReason | null): Proposal =>
  act({ _tag: "Stop", ...of(task), attempt: attemptOf(task.execution)?.number ?? null, run: landingRun(task), why })

const landingRun = ({ execution }: Task) =>
  execution._tag === "Landing"
    ? execution.run
    : execution._tag === "Stopping" && execution.subject._tag === "Landing"
      ? execution.subject.run
      : null

export const decideExecution = (view: OwnView, context: Timed): Proposal | null => {
  const { observation, task } = view
  const { execution } = task
  if (execution._tag === "Assigned" && observation?._tag === "Claimed") {
    const { attempt } = execution
    return record(task, [
      moved({ _tag: "Claimed", attempt: attempt.number, session: observation.session, at: context.now })
    ])
  }
  if (observation?._tag === "Unknown" && execution._tag !== "Backoff") {
    return wait({ _tag: "Unknown", why: observation.why })
  }
  if (execution._tag === "Verifying" && view.run?._tag === "Unknown") {
    return wait({ _tag: "Unknown", why: view.run.why })
  }
  if (!belongs(task)) {
    const proposal = leave(task)
    if (proposal !== null) return proposal
  }
  switch (execution._tag) {
    case "Idle":
      return null
    case "Assigned":
      return reached(context, execution.since + context.policy.claimMs)
        ? act({ _tag: "WithdrawMessage", ...of(task), attempt: execution.attempt.number })
        : rest
    case "Launching":
      return launching(task, execution, observation, context)
    case "Running":
      return running(task, execution, observation, context)
    case "Limited":
      return limited(task, execution, observation, context)
    case "Stopping":
      return stopping(task, execution, observation, context)
    case "Verifying":
      return decideVerifying(view, execution, context)
    case "Landing":
      return view.isLandingAttended ? rest : act({ _tag: "Land", ...of(task), run: execution.run })
    case "Backoff":
      return reached(context, execution.until) ? null : wait({ _tag: "Backoff", until: execution.until })
  }
}

/** What does not belong any more ends; null: it is ending, or must be resolved first. */
const leave = (task: Task): Proposal | null => {
  const { execution } = task
  switch (execution._tag) {
    case "Assigned":
      return act({ _tag: "WithdrawMessage", ...of(task), attempt: execution.attempt.number })
    case "Launching":
    case "Running":
    case "Verifying":
      return stop(task, "StageChanged")
    case "Limited":
      return execution.carrier === null ? record(task, [moved({ _tag: "Reset" })]) : stop(task, "StageChanged")
    case "Landing":
      return execution.candidate === null ? stop(task, "StageChanged") : null
    case "Backoff":
      return record(task, [moved({ _tag: "Reset" })])
    default:
      return null
  }
}

const launching = (
  task: Task,
  { attempt, since }: Of<"Launching">,
  observation: Observation | null,
  context: Timed
): Proposal => {
  const at = context.now
  switch (observation?._tag) {
    case "Alive": {
      const event = observation.isAdopted ? "Adopted" : "Started"
      return record(task, [moved({ _tag: event, attempt: attempt.number, process: observation.process, at })])
    }
    case "Dead":
      return record(task, [moved({ _tag: "Ended", attempt: attempt.number, how: observation.how, at })])
    case "Absent":
      if (!reached(context, since + context.policy.launchGraceMs)) return rest
      return observation.token === "taken"
        ? record(task, [moved({ _tag: "Ended", attempt: attempt.number, how: { _tag: "Lost" }, at })])
        : act({
            _tag: "Record",
            ...of(task),
            events: [moved(launchFailed(task, attempt, "it was never seen to start", context))],
            revokes: attempt.number
          })
    default:
      return rest
  }
}

/** The event for an attempt that could not be started. */
export const launchFailed = (
  task: Task,
  attempt: Execution.Attempt,
  reason: string,
  context: Context
): ExecutionEvent => {
  const inARow = task.facts.launchFailuresInARow + 1
  const { backoffBaseMs: baseMs, backoffCapMs: capMs, maxLaunchFailures } = context.policy
  return {
    _tag: "LaunchFailed",
    attempt: attempt.number,
    reason,
    until: context.now + Backoff.delay({ baseMs, capMs }, inARow, attemptId(task.id, attempt.number)),
    exhausted: inARow >= maxLaunchFailures
  }
}

const ended = (task: Task, attempt: Execution.Attempt, how: Execution.Ending, at: number): Proposal =>
  record(task, [moved({ _tag: "Ended", attempt: attempt.number, how, at })])

const running = (task: Task, execution: Of<"Running">, observation: Observation | null, context: Timed): Proposal => {
  const { attempt, carrier, since } = execution
  const at = context.now
  const isOverTime = (): boolean => reached(context, since + task.spec.timeoutMin * 60_000)
  switch (observation?._tag) {
    case "Dead":
      return ended(task, attempt, observation.how, at)
    case "Absent":
      if (carrier._tag === "Process") return ended(task, attempt, { _tag: "Lost" }, at)
      break
    case "TurnEnded": {
      const { messageId } = observation
      if (carrier._tag !== "Session" || carrier.messageId !== messageId) break
      return record(task, [moved({ _tag: "TurnEnded", attempt: attempt.number, messageId, at })])
    }
    case "SessionGone":
      if (carrier._tag !== "Session") break
      return record(task, [moved({ _tag: "SessionGone", attempt: attempt.number, at })])
    case "Alive": {
      const { costUsd, lastProgressAt, limitCause, limitedUntil, process, toolTurns } = observation
      if (limitedUntil !== null && !reached(context, limitedUntil)) {
        return record(task, [
          moved({
            _tag: "RateLimited",
            attempt: attempt.number,
            resumeAt: limitedUntil,
            process,
            at,
            ...(limitCause === undefined ? {} : { cause: limitCause })
          })
        ])
      }
      const isProved = isTrial(execution) && reached(context, since + context.policy.canaryMs)
      if (isProved) return record(task, [moved({ _tag: "Sustained", attempt: attempt.number, at })])
      if (overBudget(task, costUsd ?? 0)) return stop(task, "OverBudget")
      if (isOverTime()) return stop(task, "OverTime")
      if (toolTurns > task.spec.maxToolTurns) return stop(task, "OverTurns")
      // Nobody can work while the provider says no: the clock of inactivity begins again when a limit is over.
      const activeAt = Math.max(lastProgressAt, since, limitedUntil ?? 0, context.policy.inactivityOffUntil ?? 0)
      return reached(context, activeAt + task.spec.inactivitySecs * 1000) ? stop(task, "Inactive") : rest
    }
    default:
  }
  return carrier._tag === "Session" && isOverTime() ? stop(task, "OverTime") : rest
}

const limited = (
  task: Task,
  { attempt, carrier, resumeAt }: Of<"Limited">,
  observation: Observation | null,
  context: Timed
): Proposal | null => {
  const at = context.now
  if (carrier === null) return reached(context, resumeAt) ? null : wait({ _tag: "Limited", until: resumeAt })
  switch (observation?._tag) {
    case "Dead":
      return ended(task, attempt, observation.how, at)
    case "Absent":
      return ended(task, attempt, { _tag: "Lost" }, at)
    case "Alive": {
      const { limitedUntil, process } = observation
      if (limitedUntil === null || reached(context, limitedUntil)) {
        return record(task, [moved({ _tag: "LimitLifted", attempt: attempt.number, at })])
      }
      // What it had finished is judged, and does not wait for the limit.
      if (isReminder(attempt)) return stop(task, "Inactive")
      return limitedUntil > resumeAt
        ? record(task, [moved({ _tag: "RateLimited", attempt: attempt.number, resumeAt: limitedUntil, process, at })])
        : wait({ _tag: "Limited", until: resumeAt })
    }
    default:
      return wait(reached(context, resumeAt) ? { _tag: "Unobserved" } : { _tag: "Limited", until: resumeAt })
  }
}

const stopping = (task: Task, execution: Of<"Stopping">, observation: Observation | null, context: Timed): Proposal => {
  const { ending, subject } = execution
  switch (observation?._tag) {
    case "BeingStopped":
      return rest
    case "Emptied": {
      const attempt = subject._tag === "Landing" ? null : subject.attempt
      const how = endingOf(ending, observation.facts)
      const charged = subject._tag === "Agent" && isCharged(subject.attempt, how) ? 1 : 0
      const led = failure(task, context, charged, deathFeedback(task, execution, observation))
      // Nothing has failed: who is to be reminded is reminded at once.
      const isAtOnce = subject._tag === "Agent" && isReminded(subject.attempt, how, observation.facts)
      const facts = { ...observation.facts, failure: isAtOnce ? { ...led, until: context.now } : led }
      return record(task, [
        moved({
          _tag: "VerifiedDead",
          attempt: attempt?.number ?? null,
          run: subject._tag === "Agent" ? null : subject.run,
          facts
        })
      ])
    }
    default:
      return stop(task, null)
  }
}

/** In words, for an agent and for people. */
const stoppedFor: { readonly [W in StopReason]: string } = {
  Operator: "a person wanted it to stop",
  StageChanged: "its task was moved to another stage",
  OverBudget: "it reached the budget of its task",
  OverTime: "it took longer than its task may",
  OverTurns: "it took more turns than its task may",
  Inactive: "it gave no sign of work for too long",
  Retry: "a person wanted a new attempt"
}

/** What the next attempt is told about an attempt that did not end well; null when there is nothing to say. */
const deathFeedback = (
  { facts }: Task,
  { ending, subject }: Of<"Stopping">,
  { facts: { qa }, said }: Extract<Observation, { readonly _tag: "Emptied" }>
): string | null => {
  switch (ending._tag) {
    case "Forced":
    case "Aborted":
      return ending.detail
    case "Lost":
      return "the last attempt vanished without a word"
    case "Stopped":
      return `the last attempt was stopped: ${stoppedFor[ending.why]}`
    case "Clean":
      if (subject._tag !== "Agent" || subject.attempt.role !== "qa") return facts.feedback
      return qa === null ? "its last line was neither VERDICT: PASS nor VERDICT: FAIL" : (said ?? null)
    case "Limited":
      return facts.feedback
  }
}
