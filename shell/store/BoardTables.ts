/** What a driver of the store is asked for those who look at it a page at a time. */
import type { Answer } from "./DriverFailure.ts"
import type { Range } from "./Range.ts"
import type * as Rows from "./Rows.ts"

/** Of one task; before that one, where one is given. */
interface PageQuery {
  readonly task: number
  readonly before: number | null
  readonly limit: number
}

/** Attempts from that number to that one. */
interface RunsQuery {
  readonly task: number
  readonly from: number
  readonly to: number
}

export interface BatchRow {
  readonly id: number
  readonly path: string
  readonly at: number
}

/** A run without what it printed. */
export interface RunRow extends Rows.VerificationRow {
  readonly has_output: 0 | 1
}

/** What ended within one hour, under one account. */
export interface SpendRow {
  /** Its beginning, epoch milliseconds. */
  readonly hour: number
  readonly account: string
  readonly nano_usd: number
  readonly attempts: number
  readonly is_unknown: 0 | 1
}

export interface BoardReads {
  /** The newest so many, by id. */
  readonly batches: (limit: number) => Answer<ReadonlyArray<BatchRow>>
  /** The first so many tasks of a batch, by id. */
  readonly tasksOf: (batch: number, limit: number) => Answer<ReadonlyArray<number>>
  /** The tasks that moved in that range, by id. */
  readonly changedIn: (range: Range) => Answer<ReadonlyArray<number>>
  /** Before the event of that number; the newest first. */
  readonly transitions: (query: PageQuery) => Answer<ReadonlyArray<Rows.TransitionRow>>
  /** Before the attempt of that number; the newest first. */
  readonly attempts: (query: PageQuery) => Answer<ReadonlyArray<Rows.AttemptRow>>
  /** The newest so many, by run; `output` is null in all. */
  readonly runs: (query: RunsQuery, limit: number) => Answer<ReadonlyArray<RunRow>>
  readonly run: (task: number, run: number) => Answer<Rows.VerificationRow | null>
  /** By hour, then by account. */
  readonly spend: (range: Range) => Answer<ReadonlyArray<SpendRow>>
  /** When that event was; null where there is none. */
  readonly eventAt: (seq: number) => Answer<number | null>
}
