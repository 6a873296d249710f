/**
 * What every rule of `decide` shares: the moment, the policy, and what a failure now would lead to.
 *
 * A rule compares a moment with the present only by `reached`, which notes it: so what is decided can also say how long
 * it stands, and no deadline is forgotten.
 */
import * as Backoff from "../execution/Backoff.ts"
import { attemptOf } from "../execution/Execution.ts"
import type { ExecutionEvent, Failure } from "../execution/ExecutionEvent.ts"
import type { Policy } from "../policy/Policy.ts"
import type { TaskEvent } from "../task/Apply.ts"
import { attemptId } from "../task/Identifiers.ts"
import type { Task } from "../task/Task.ts"

/** The numbers of the policy that decide about one task; how many run at once is admission's business. */
type Rules = Omit<Policy, "maxConcurrent" | "maxVerifiers">

/** The moment and the numbers a decision depends on beside its task. */
export interface Context {
  readonly now: number
  readonly policy: Rules
}

/** A context that remembers between which moments the rules would answer as they do now: from `from`, until `until`. */
export interface Timed extends Context {
  from: number
  until: number
}

export const timed = ({ now, policy }: Context): Timed => ({
  now,
  policy,
  from: Number.NEGATIVE_INFINITY,
  until: Number.POSITIVE_INFINITY
})

/** Forgets what was noted, for the next task at the same moment. */
export const restart = (context: Timed): void => {
  context.from = Number.NEGATIVE_INFINITY
  context.until = Number.POSITIVE_INFINITY
}

/** Whether it is that late, or later; the only way in which a rule compares with the present. */
export const reached = (context: Timed, at: number): boolean => {
  if (context.now >= at) {
    if (at > context.from) context.from = at
    return true
  }
  if (at < context.until) context.until = at
  return false
}

export const moved = (event: ExecutionEvent): TaskEvent => ({ _tag: "ExecutionMoved", event })

/** What a failure now would lead to. `charged`: the attempts it uses itself. */
export const failure = (task: Task, context: Context, charged: number, feedback: string | null): Failure => {
  const attempt = attemptOf(task.execution)
  const name = attempt === null ? `${task.id}` : attemptId(task.id, attempt.number)
  const { backoffBaseMs: baseMs, backoffCapMs: capMs } = context.policy
  return {
    attemptsLeft: task.facts.attemptsUsed + charged <= task.spec.maxRetries,
    until: context.now + Backoff.delay({ baseMs, capMs }, task.facts.failuresInARow + 1, name),
    feedback
  }
}

/** What the money spent so far leaves; an attempt's own cost is added by the caller. */
export const overBudget = ({ facts, spec }: Task, also: number): boolean => {
  const budget = facts.budgetUsd ?? spec.budgetUsd
  return budget !== null && facts.spentUsd - facts.budgetFromUsd + also >= budget
}
