/**
 * What one account was paid for the tasks of one batch. All shares together are what all tasks have spent, to the last
 * digit: money is counted in whole billionths of a dollar, which add up to the same in any order, and is rounded once for
 * a task; whatever of it no judgement accounts for belongs to the account of the task's agent.
 */
import { BatchId } from "../../core/task/Identifiers.ts"

/** Billionths of a dollar in a dollar: the sums of millions of dollars are exact in a number. */
export const nanoPerUsd = 1e9

/** The nearest whole number of billionths. */
export const nanoOf = (usd: number): number => Math.trunc(usd * nanoPerUsd + 0.5)

export interface CostShare {
  readonly account: string
  /** Null: tasks that were submitted in no batch. */
  readonly batch: BatchId | null
  /** The task file of the batch. */
  readonly path: string | null
  /** Whose agent works under the account. */
  readonly tasks: number
  /** Those of them with something under way, of which it is not known yet what it costs. */
  readonly atWork: number
  /** In which an agent worked or works, under this account. */
  readonly attempts: number
  /** Runs of models and agents that judged, under this account, whoever's work it was. */
  readonly judgements: number
  /** What was reported by what has ended. */
  readonly nanoUsd: number
  /** Something under the account ended, or may have, that did not say what it cost. */
  readonly isUnknown: boolean
}

/** The same as drivers tell it. */
export interface CostRow {
  readonly account: string
  readonly batch_id: number | null
  readonly path: string | null
  readonly tasks: number
  readonly at_work: number
  readonly attempts: number
  readonly judgements: number
  readonly nano_usd: number
  readonly is_unknown: 0 | 1
}

export const fromRow = ({ at_work, batch_id, is_unknown, nano_usd, ...rest }: CostRow): CostShare => ({
  ...rest,
  batch: batch_id === null ? null : BatchId.make(batch_id),
  atWork: at_work,
  nanoUsd: nano_usd,
  isUnknown: is_unknown === 1
})
