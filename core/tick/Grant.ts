/**
 * An admission: what was asked for is taken, and the account is told, which may wait for what becomes of it.
 */
import { type Account, step } from "../account/Account.ts"
import { isTrial } from "../account/Admission.ts"
import type { Action } from "./Action.ts"
import { askedFor, type Holding, take } from "./Occupancy.ts"
import type { Asking } from "./Proposal.ts"
import type { Terms } from "./Refusal.ts"

/** Terms that those who are admitted change. */
export interface OpenTerms extends Terms {
  readonly accounts: Map<string, Account>
}

export interface Grant {
  /** As it is admitted. */
  readonly action: Action
  readonly holding: Holding
}

export const grant = (terms: OpenTerms, { action, demand, task }: Asking): Grant => {
  const holding = askedFor(task, demand)
  take(terms.occupancy, holding)
  const account = holding.account === null ? undefined : terms.accounts.get(holding.account)
  if (account === undefined || (action._tag !== "Spawn" && action._tag !== "AssignViaMailbox")) {
    return { action, holding }
  }
  const trial = isTrial(account, terms)
  const attempt = { task: task.id, attempt: action.attempt.number }
  terms.accounts.set(account.id, step(account, { _tag: "Admitted", attempt, isTrial: trial }))
  return { action: trial ? { ...action, trial } : action, holding }
}
