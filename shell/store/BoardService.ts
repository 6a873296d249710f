/** The part of the store that is read a page at a time by those who look: each answer is bounded, however much is stored. */
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import type * as Apply from "../../core/task/Apply.ts"
import type { BatchId, TaskId } from "../../core/task/Identifiers.ts"
import type { Cause } from "../../core/task/Record.ts"
import type { Verification } from "../../core/verify/Verification.ts"
import type { Range } from "./Range.ts"
import type { StoreError } from "./StoreError.ts"

interface Batch {
  readonly id: BatchId
  /** The task file. */
  readonly path: string
  readonly at: number
}

/** Of one task, the newest first. */
export interface Page {
  readonly task: TaskId
  /** Only what is older than that: the number of an event or of an attempt; null for the newest. */
  readonly before: number | null
  readonly limit: number
}

export interface LedgerRow {
  readonly seq: number
  readonly task: TaskId
  readonly revision: number
  readonly event: Apply.TaskEvent
  readonly cause: Cause
  readonly at: number
}

/** A row of a ledger, and where it led: the wire words of stages, and the tag of the execution after it. */
export interface LedgerLine extends LedgerRow {
  readonly from: string
  readonly to: string
  readonly execution: string
}

export type Run = Verification & { readonly hasOutput: boolean }

/** What ended within one hour, under one account, and what of its cost was reported. */
interface Spend {
  /** Its beginning, epoch milliseconds. */
  readonly hour: number
  readonly account: string
  readonly nanoUsd: number
  readonly attempts: number
  readonly isUnknown: boolean
}

export interface BoardService {
  /** The number of the last event; 0 where there is none. */
  readonly lastEvent: Effect.Effect<number, StoreError>
  /** The number of the first event at that moment or after it; one more than the last where there is none. */
  readonly eventSince: (at: number) => Effect.Effect<number, StoreError>
  /** The newest so many, by id. */
  readonly batches: (limit: number) => Effect.Effect<ReadonlyArray<Batch>, StoreError>
  /** The first so many tasks of a batch, by id. */
  readonly tasksOf: (batch: BatchId, limit: number) => Effect.Effect<ReadonlyArray<TaskId>, StoreError>
  /** The tasks that moved after `from`, up to and with `to`: some thousand events are looked through in milliseconds. */
  readonly changedIn: (range: Range) => Effect.Effect<ReadonlyArray<TaskId>, StoreError>
  /** Before the event of that number. */
  readonly ledgerPage: (page: Page) => Effect.Effect<ReadonlyArray<LedgerLine>, StoreError>
  /** Before the attempt of that number. */
  readonly attemptsPage: (page: Page) => Effect.Effect<ReadonlyArray<AttemptRecord>, StoreError>
  /** Runs of verifiers of the attempts from that number to that one, without what they printed: the newest 1000, by number. */
  readonly runsOf: (of: {
    readonly task: TaskId
    readonly from: number
    readonly to: number
  }) => Effect.Effect<ReadonlyArray<Run>, StoreError>
  readonly runOf: (task: TaskId, run: number) => Effect.Effect<Option.Option<Verification>, StoreError>
  /** What ended in that range of events: attempts, and judgements that cost something; by hour, then by account. */
  readonly spendIn: (range: Range) => Effect.Effect<ReadonlyArray<Spend>, StoreError>
}
