/**
 * What is remembered about a task beside its two states: counters of the visit and of the whole task, and which work
 * has been judged. Derived from events alone (`Apply.ts`), so that the ledger folds to it.
 */
import * as Schema from "effect/Schema"
import { TreeHash } from "../execution/Execution.ts"
import { AttemptNumber, RunNumber } from "./Identifiers.ts"

const Count = Schema.Int.pipe(Schema.nonNegative())
const Money = Schema.Number.pipe(Schema.finite(), Schema.nonNegative())

/** A judgement is bound to bytes and to the feedback the work answered. */
const Judged = Schema.Struct({ feedbackNumber: Count, tree: TreeHash })

export const Facts = Schema.Struct({
  nextAttempt: AttemptNumber,
  nextRun: RunNumber,

  /** Grows with everything new that a coder is told; work counts only for the feedback it was started with. */
  feedbackNumber: Count,
  /** The feedback whose work is there: an attempt started with it ended Clean or moved HEAD. */
  worked: Schema.NullOr(Count),
  /** What the last failure said: goes into the next prompt. */
  feedback: Schema.NullOr(Schema.String),
  /** Every verifier passed on this. */
  passed: Schema.NullOr(Judged),
  /** A verifier did not pass on this. */
  failed: Schema.NullOr(Judged),
  /** The QA agent passed this. */
  qaPassed: Schema.NullOr(Judged),

  /** Of this visit: attempts that count against the retries. */
  attemptsUsed: Count,
  failuresInARow: Count,
  launchFailuresInARow: Count,
  abortsInARow: Count,
  /** Of this visit: clean ends that changed and read nothing new, in a row. */
  attemptsWithoutProgress: Count,
  /** Of this visit: respawns that were asked only to commit. */
  respawnsWithoutCommit: Count,

  /** Of the whole task: failed landings, and rounds of QA that sent it back. */
  strikes: Count,
  qaRounds: Count,
  spentUsd: Money,
  /** An attempt ended that did not say what it cost, so that `spentUsd` is a lower bound. */
  hasUnknownCost: Schema.Boolean,
  /** What was spent when the present budget window began. */
  budgetFromUsd: Money,
  /** Replaces the budget of the specification; null leaves it. */
  budgetUsd: Schema.NullOr(Money)
})
export type Facts = typeof Facts.Type

export const initial: Facts = {
  nextAttempt: AttemptNumber.make(1),
  nextRun: RunNumber.make(1),
  feedbackNumber: 0,
  worked: null,
  feedback: null,
  passed: null,
  failed: null,
  qaPassed: null,
  attemptsUsed: 0,
  failuresInARow: 0,
  launchFailuresInARow: 0,
  abortsInARow: 0,
  attemptsWithoutProgress: 0,
  respawnsWithoutCommit: 0,
  strikes: 0,
  qaRounds: 0,
  spentUsd: 0,
  hasUnknownCost: false,
  budgetFromUsd: 0,
  budgetUsd: null
}

/** The counters that begin anew with a visit. */
export const freshVisit = {
  attemptsUsed: 0,
  failuresInARow: 0,
  launchFailuresInARow: 0,
  abortsInARow: 0,
  attemptsWithoutProgress: 0,
  respawnsWithoutCommit: 0
} as const
