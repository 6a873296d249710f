/**
 * What a row of the ledger means to the account of its task: a pure function of the row, so that the accounts can be
 * folded from the ledger as the tasks can (TCK-9), and change in the transaction that changes the task.
 */
import { attemptOf, isTrial } from "../execution/Execution.ts"
import type { ExecutionEvent } from "../execution/ExecutionEvent.ts"
import type { LedgerEntry } from "../task/Record.ts"
import type { Task } from "../task/Task.ts"
import type { AccountEvent } from "./Account.ts"
import { accountOf } from "./Account.ts"

export interface AccountChange {
  readonly account: string
  readonly event: AccountEvent
}

/** The events of accounts that a row brings with it, in order; none for most. */
export const accountChanges = ({ before, event }: LedgerEntry): ReadonlyArray<AccountChange> => {
  if (event._tag !== "ExecutionMoved") return []
  const account = accountOf(before)
  return meaningOf(before, event.event).map((event) => ({ account, event }))
}

const meaningOf = (before: Task, event: ExecutionEvent): ReadonlyArray<AccountEvent> => {
  const { execution, id: task } = before
  switch (event._tag) {
    case "Assign":
    case "Launch":
      return [{ _tag: "Admitted", attempt: { task, attempt: event.attempt.number }, isTrial: event.trial === true }]
    case "RateLimited":
      return [{ _tag: "LimitSeen", until: event.resumeAt }]
    default:
  }
  const number = attemptOf(execution)?.number
  if (number === undefined) return []
  const attempt = { task, attempt: number }
  const gone: AccountEvent = { _tag: "Gone", attempt }
  const proved: ReadonlyArray<AccountEvent> = isTrial(execution) ? [{ _tag: "Proved", attempt }] : []
  switch (event._tag) {
    case "Sustained":
    case "TurnEnded":
      return proved
    case "Ended":
      switch (event.how._tag) {
        case "Clean":
        case "Forced":
        case "Aborted":
          return proved
        case "Limited":
          return event.how.cause === "authentication"
            ? [gone, { _tag: "AuthenticationFailed", at: event.at, why: "the provider refused its credentials" }]
            : [{ _tag: "LimitSeen", until: event.how.resumeAt }]
        default:
          // Nobody saw how it ended.
          return [gone]
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
