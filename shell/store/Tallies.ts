/** What is counted of all that is stored, for metrics. */
import type { Noted } from "../../core/guard/Survey.ts"
import type { TaskState } from "../../core/stage/TaskState.ts"

export interface VerdictCount {
  /** As the events say it. */
  readonly kind: string
  readonly verdict: string
  readonly count: number
}

export interface RetryCount {
  /** How the attempt before it ended: `Verdict` where its work was not passed, `Uncommitted` where something was left. */
  readonly cause: string
  readonly count: number
}

/** All that was ever stored, counted at one moment: archived tasks too, and nothing of it is ever pruned. */
export interface Tallies {
  /** The last event that is in it. */
  readonly seq: number
  readonly tasks: ReadonlyArray<{
    /** As if nothing held it back. */
    readonly state: TaskState
    /** An agent was started for it that is not proved dead. */
    readonly hasAgent: boolean
    readonly count: number
  }>
  /** What all tasks have spent, in billionths of a dollar. */
  readonly nanoUsd: number
  readonly verdicts: ReadonlyArray<VerdictCount>
  readonly retries: ReadonlyArray<RetryCount>
  readonly guards: ReadonlyArray<Noted>
  /** Promises that are still to be kept. */
  readonly commitmentsOpen: number
  /** The present epoch, 0 before the first. */
  readonly epoch: number
}
