/**
 * The numbers that decide: how many at once, how long, how often. A user's file may set them; a repository's own file
 * may only make them stricter (`tighten`).
 */
import * as Schema from "effect/Schema"

const Milliseconds = Schema.Number.pipe(Schema.positive(), Schema.finite())
const Count = Schema.Int.pipe(Schema.positive())

export const Policy = Schema.Struct({
  /** Tasks that hold a slot at once. */
  maxConcurrent: Count,
  /** Verifiers that run at once. */
  maxVerifiers: Count,
  backoffBaseMs: Milliseconds,
  backoffCapMs: Milliseconds,
  /** How long a launched process may stay unseen. */
  launchGraceMs: Milliseconds,
  /** Between TERM and KILL. */
  stopGraceMs: Milliseconds,
  /** How long a message may wait in a mailbox. */
  claimMs: Milliseconds,
  /** Survivors of a stop for that long are shown to a person. */
  survivorAttentionMs: Milliseconds,
  /** A pause of an account whose provider named no end. */
  limitFallbackMs: Milliseconds,
  /** How long the first attempt after a limit must work until others follow. */
  canaryMs: Milliseconds,
  /** Failed landings until a person decides. */
  maxStrikes: Count,
  /** Rounds of QA that may send a task back. */
  maxQaRounds: Count,
  maxLaunchFailures: Count,
  maxAborts: Count,
  maxAttemptsWithoutProgress: Count,
  maxRespawnsWithoutCommit: Count,
  doneRetentionMs: Milliseconds,
  /**
   * What happens when files have changed since the session that is to be resumed last saw them: a person decides, or the
   * session is told.
   */
  onDrift: Schema.Literal("block", "warn"),
  /** Until then (epoch milliseconds) nobody is stopped for doing nothing; left out while that guard is on. */
  inactivityOffUntil: Schema.optionalWith(Milliseconds, { exact: true })
})
export type Policy = typeof Policy.Type

const second = 1000
const minute = 60 * second

export const defaults: Policy = {
  maxConcurrent: 4,
  maxVerifiers: 4,
  backoffBaseMs: 5 * second,
  backoffCapMs: 10 * minute,
  launchGraceMs: 10 * second,
  stopGraceMs: 10 * second,
  claimMs: 5 * minute,
  survivorAttentionMs: 2 * minute,
  limitFallbackMs: 5 * minute,
  canaryMs: minute,
  maxStrikes: 3,
  maxQaRounds: 3,
  maxLaunchFailures: 5,
  maxAborts: 5,
  maxAttemptsWithoutProgress: 3,
  maxRespawnsWithoutCommit: 8,
  doneRetentionMs: 4 * 60 * minute,
  onDrift: "warn"
}

/** The limits a repository's own file may lower for the tasks in it; null leaves the task's. */
export interface RepositoryLimits {
  readonly maxRetries: number | null
  readonly timeoutMin: number | null
  readonly maxToolTurns: number | null
  readonly inactivitySecs: number | null
  readonly budgetUsd: number | null
}

interface Limits {
  readonly maxRetries: number
  readonly timeoutMin: number
  readonly maxToolTurns: number
  readonly inactivitySecs: number
  readonly budgetUsd: number | null
}

const lower = (own: number, theirs: number | null): number => (theirs === null ? own : Math.min(own, theirs))

/** The stricter of a task's limits and its repository's, each by itself; never looser than the task's. */
export const tighten = <L extends Limits>(task: L, repository: RepositoryLimits): L => ({
  ...task,
  maxRetries: lower(task.maxRetries, repository.maxRetries),
  timeoutMin: lower(task.timeoutMin, repository.timeoutMin),
  maxToolTurns: lower(task.maxToolTurns, repository.maxToolTurns),
  inactivitySecs: lower(task.inactivitySecs, repository.inactivitySecs),
  budgetUsd: task.budgetUsd === null ? repository.budgetUsd : lower(task.budgetUsd, repository.budgetUsd)
})
