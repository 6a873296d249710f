/**
 * What a row of the ledger means to the account of its task: a pure function of the row, so that the accounts can be
 * folded from the ledger as the tasks can (TCK-9), and change in the transaction that changes the task.
 */
import { attemptOf, type Execution, isTrial } from "../execution/Execution.ts"
import type { ExecutionEvent, Of } from "../execution/ExecutionEvent.ts"
import { type Limit, type LimitCause, needsPerson } from "../execution/Limit.ts"
import { agentFor } from "../task/RoleAgents.ts"
import type { LedgerEntry } from "../task/Record.ts"
import type { Task } from "../task/Task.ts"
import type { AccountEvent } from "./Account.ts"
import { accountOf, accountOfAgent } from "./Account.ts"

export interface AccountChange {
  readonly account: string
  readonly event: AccountEvent
}

/** The events of accounts that a row brings with it, in order; none for most. */
export const accountChanges = ({ before, event }: LedgerEntry): ReadonlyArray<AccountChange> => {
  if (event._tag !== "ExecutionMoved") return []
  if (event.event._tag === "Verdict") return verifierLimited(before, event.event)
  const begins = event.event._tag === "Launch" || event.event._tag === "Assign"
  const account = begins ? accountOfAgent(agentFor(before.spec, event.event.attempt.role)) : accountOf(before)
  return meaningOf(before, event.event).map((event) => ({ account, event }))
}

/** A verifier may work under another account than its task's agent. */
const verifierLimited = ({ spec }: Task, event: Of<"Verdict">): ReadonlyArray<AccountChange> => {
  const verifier = spec.verify[event.index]
  const agent = verifier === undefined || verifier._tag === "Run" ? undefined : verifier.definition
  if (agent === undefined || event.resumeAt === null) return []
  // It is asked again at `resumeAt` in any case; what waits for a person began now.
  const until = isForPerson(event.limitCause) ? event.at : event.resumeAt
  return [{ account: accountOfAgent(agent), event: limitSeen(event.limitCause, until) }]
}

const isForPerson = (cause: LimitCause | undefined): boolean => cause !== undefined && needsPerson(cause)

/** No time lets an account in that the provider does not know, or that has not paid. */
const limitSeen = (cause: LimitCause | undefined, until: number): AccountEvent => {
  if (!isForPerson(cause)) return { _tag: "LimitSeen", until }
  const why = cause === "billing" ? "the provider wants to be paid" : "the provider refused its credentials"
  return { _tag: "AuthenticationFailed", at: until, why }
}

/** An agent ends, and its end did not tell of it: an account that was let in since must not be paused again. */
const isNews = (execution: Execution, { cause }: Limit): boolean =>
  execution._tag === "Stopping" &&
  execution.subject._tag === "Agent" &&
  !(execution.ending._tag === "Limited" && needsPerson(cause))

const meaningOf = (before: Task, event: ExecutionEvent): ReadonlyArray<AccountEvent> => {
  const { execution, id: task } = before
  switch (event._tag) {
    case "Assign":
    case "Launch":
      return [{ _tag: "Admitted", attempt: { task, attempt: event.attempt.number }, isTrial: event.trial === true }]
    case "RateLimited":
      return [limitSeen(event.cause, event.resumeAt)]
    default:
  }
  const number = attemptOf(execution)?.number
  if (number === undefined) return []
  const attempt = { task, attempt: number }
  const gone: AccountEvent = { _tag: "Gone", attempt }
  // What nobody waited for proves nothing; but whatever waits for it must not wait for ever.
  const proved: AccountEvent = isTrial(execution) ? { _tag: "Proved", attempt } : gone
  switch (event._tag) {
    case "Sustained":
    case "TurnEnded":
      return [proved]
    case "Ended":
      switch (event.how._tag) {
        case "Clean":
        case "Forced":
        case "Aborted":
          return [proved]
        case "Limited":
          return isForPerson(event.how.cause)
            ? [gone, limitSeen(event.how.cause, event.at)]
            : [limitSeen(event.how.cause, event.how.resumeAt)]
        default:
          // Nobody saw how it ended.
          return [gone]
      }
    case "VerifiedDead": {
      const { limit } = event.facts
      return limit === undefined || !isNews(execution, limit) ? [] : [limitSeen(limit.cause, limit.until)]
    }
    case "Stop":
    case "LaunchFailed":
    case "Withdrawn":
    case "SessionGone":
      return [gone]
    default:
      return []
  }
}
