/**
 * What a driver of the store must do: keep rows, answer questions about them, and make a group of writes one transaction.
 *
 * A driver knows no rule of drover; compare-and-set, fencing, events and submissions are worked out above it, once, for
 * all drivers (`Typed.ts`).
 */
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { BoardReads } from "./BoardTables.ts"
import type { CostRow } from "./CostShare.ts"
import type { Answer, DriverFailure } from "./DriverFailure.ts"
import type { MailboxReads, MailboxWrites } from "./MailboxTables.ts"
import type * as Rows from "./Rows.ts"
import type { Range } from "./Range.ts"
import type { RetryCount, VerdictCount } from "./Tallies.ts"
import { type Standing, StoreUnavailable } from "./Store.ts"

export { type Answer, DriverFailure } from "./DriverFailure.ts"

/** The failure as the caller of the store sees it. */
export const unavailable = (operation: string, path: string, { cause, reason }: DriverFailure): StoreUnavailable =>
  new StoreUnavailable({ operation, reason: reason === "Constraint" ? "Other" : reason, path, cause })

/** What has to be known before anything is written. */
export interface Head {
  /** The last event, the present epoch; 0 where there is none. */
  readonly seq: number
  readonly epoch: number
  /** The revisions of those tasks that exist. */
  readonly revisions: ReadonlyMap<number, number>
}

export type TaskQuery =
  | { readonly _tag: "Ids"; readonly ids: ReadonlyArray<number> }
  /** Not terminal, or with an execution; after that id. */
  | { readonly _tag: "Open"; readonly after: number; readonly limit: number }
  | {
      readonly _tag: "Filter"
      readonly ids: ReadonlyArray<number> | null
      readonly batch: number | null
      readonly pipelines: ReadonlyArray<string> | null
      readonly doneBefore: number | null
      readonly after: number | null
      readonly limit: number | null
    }

/** Not archived, the most telling first: at work, held for a person, open, ended; then by id. */
export type Telling = { readonly _tag: "Telling"; readonly limit: number }
export const heldStages: ReadonlyArray<string> = ["blocked", "review_hold", "merge_failure", "merge_failure_final"]

/** After that id; of that session where one is given. */
interface HookEventQuery {
  readonly since: number
  readonly session: string | null
  readonly limit: number
}

interface StaleQuery {
  /** Epoch milliseconds. */
  readonly before: number
  readonly most: number
  readonly limit: number
}

export type AttemptQuery =
  | { readonly _tag: "OfTask"; readonly task: number }
  | { readonly _tag: "LatestOf"; readonly tasks: ReadonlyArray<number> }
  | { readonly _tag: "Marker"; readonly marker: string }
  /** The latest of a session. */
  | { readonly _tag: "Session"; readonly session: string }

/** Those with these ids, the open ones of these topics and sessions, and what has ended of these topics since then. */
interface CommitmentQuery {
  readonly ids: ReadonlyArray<number>
  readonly topics: ReadonlyArray<string>
  readonly sessions: ReadonlyArray<string>
  /** Null: none that have ended. */
  readonly endedSince: number | null
}

/** What counts a task: those of one kind are of the same state, with or without an agent at work. */
export interface TallyRow {
  readonly id: number
  /** Says nothing but that it is the same. */
  readonly kind: string
  /** What it has spent. */
  readonly nano_usd: number
}

/** As they are now, by id: those after that one, or those that were changed in that range. */
export type TallyQuery =
  | { readonly _tag: "After"; readonly id: number; readonly limit: number }
  | ({ readonly _tag: "ChangedIn" } & Range)

/** Questions; every list is in ascending order of its key. */
export interface Reads {
  readonly head: (tasks: ReadonlyArray<number>) => Answer<Head>
  readonly tasks: (query: TaskQuery | Telling) => Answer<ReadonlyArray<Rows.TaskRow>>
  /** Those with a `task.transition` after that event. */
  readonly changed: (seq: number) => Answer<ReadonlyArray<{ readonly id: number; readonly revision: number }>>
  readonly standings: Answer<ReadonlyArray<Standing>>
  /** By batch, those in none first, then by account. */
  readonly costs: (batch: number | null) => Answer<ReadonlyArray<CostRow>>
  readonly tallyRows: (query: TallyQuery) => Answer<ReadonlyArray<TallyRow>>
  /** Verdicts that were told of in that range, by kind of verifier and by word. */
  readonly verdicts: (range: Range) => Answer<ReadonlyArray<VerdictCount>>
  /** Attempts that were created in that range and took up the work of another, by what became of that one. */
  readonly retries: (range: Range) => Answer<ReadonlyArray<RetryCount>>
  readonly origin: (task: number) => Answer<Rows.OriginRow | null>
  readonly dependencies: (
    tasks: ReadonlyArray<number>
  ) => Answer<ReadonlyArray<{ readonly id: number; readonly depends_on: string }>>
  readonly tasksByKey: (
    keys: ReadonlyArray<string>
  ) => Answer<ReadonlyArray<{ readonly id: number; readonly key: string }>>
  readonly attempts: (query: AttemptQuery) => Answer<ReadonlyArray<Rows.AttemptRow>>
  /** Which of these attempts exist, as `task.number`. */
  readonly existingAttempts: (names: ReadonlyArray<string>) => Answer<ReadonlySet<string>>
  readonly verifications: (task: number) => Answer<ReadonlyArray<Rows.VerificationRow>>
  readonly transitions: (task: number) => Answer<ReadonlyArray<Rows.TransitionRow>>
  readonly events: (since: number, limit: number) => Answer<ReadonlyArray<Rows.EventRow>>
  readonly accounts: Answer<ReadonlyArray<Rows.AccountRow>>
  readonly openAttention: Answer<ReadonlyArray<Rows.OpenAttentionRow>>
  readonly openAttentionKeys: (keys: ReadonlyArray<string>) => Answer<ReadonlySet<string>>
  /** Of open items, by item and then by channel. */
  readonly tellings: Answer<ReadonlyArray<Rows.TellingRow>>
  /** How many `tellingsBefore` would forget. */
  readonly tellingsBefore: (before: number) => Answer<number>
  readonly guards: Answer<ReadonlyArray<Rows.GuardRow>>
  readonly hookEvents: (query: HookEventQuery) => Answer<ReadonlyArray<Rows.HookEventRow>>
  /** Of the oldest `limit` those that are older than `before`, or not among the newest `most`. */
  readonly staleHookEvents: (query: StaleQuery) => Answer<ReadonlyArray<number>>
  readonly commitments: (query: CommitmentQuery) => Answer<ReadonlyArray<Rows.CommitmentRow>>
  /** All open ones, and those that ended last, so many. */
  readonly allCommitments: (ended: number) => Answer<ReadonlyArray<Rows.CommitmentRow>>
  /** How many. */
  readonly openCommitments: Answer<number>
  /** The newest `limit`. */
  readonly unverified: (limit: number) => Answer<ReadonlyArray<Rows.UnverifiedRow>>
  /** The latest of that session. */
  readonly lastHookEvent: (session: string) => Answer<Rows.HookEventRow | null>
  readonly mailbox: MailboxReads
  readonly board: BoardReads
  readonly newestBatch: (path: string) => Answer<Option.Option<number>>
  readonly setting: (name: string) => Answer<string | null>
  /** The supervisor with the highest epoch. */
  readonly supervisor: Answer<Rows.SupervisorRow | null>
  readonly supervisorOf: (epoch: number) => Answer<Rows.SupervisorRow | null>
  /** The ids that the next of each gets; never one that was given before. */
  readonly nextIds: Answer<{
    readonly batch: number
    readonly task: number
    readonly commitment: number
    readonly hookEvent: number
  }>
}

/** Rows to be written together, parents before children. */
export interface Writes extends MailboxWrites {
  readonly batches?: ReadonlyArray<{ readonly id: number; readonly path: string; readonly at: number }>
  readonly newTasks?: ReadonlyArray<Rows.NewTaskRow>
  readonly specs?: ReadonlyArray<Rows.SpecRow>
  readonly tasks?: ReadonlyArray<Rows.TaskUpdateRow>
  readonly transitions?: ReadonlyArray<Rows.TransitionRow>
  readonly events?: ReadonlyArray<Rows.NewEventRow>
  /** Inserted, or all replaced but the marker. */
  readonly attempts?: ReadonlyArray<Rows.AttemptRow>
  /** Of attempts that exist; others are passed over. */
  readonly progress?: ReadonlyArray<Rows.ProgressRow>
  /** Inserted or replaced. */
  readonly verifications?: ReadonlyArray<Rows.VerificationRow>
  /** In this order: an item may be cleared and raised again. */
  readonly attention?: ReadonlyArray<
    | ({ readonly _tag: "Raise" } & Rows.AttentionRow)
    | { readonly _tag: "Clear"; readonly key: string; readonly at: number }
  >
  /** Items that are open and were not acknowledged before; others are passed over. */
  readonly acknowledged?: ReadonlyArray<{ readonly id: number; readonly at: number }>
  /** Inserted or replaced. */
  readonly tellings?: ReadonlyArray<Rows.TellingRow>
  /** Those before that moment are forgotten, of items that are over. */
  readonly tellingsBefore?: number
  /** Inserted or replaced. */
  readonly accounts?: ReadonlyArray<Rows.AccountRow>
  readonly settings?: ReadonlyArray<{ readonly name: string; readonly value: string }>
  /** Inserted or replaced. */
  readonly supervisors?: ReadonlyArray<Rows.SupervisorRow>
  /** Inserted or replaced. */
  readonly guards?: ReadonlyArray<Rows.GuardRow>
  /** In this order. One with the source of one that is there, or with its session, tool use and hook, is passed over. */
  readonly hookEvents?: ReadonlyArray<Rows.NewHookEventRow>
  readonly goneHookEvents?: ReadonlyArray<number>
  /** Inserted, or their end and body replaced. */
  readonly commitments?: ReadonlyArray<Rows.CommitmentRow>
  readonly unverified?: ReadonlyArray<Rows.NewUnverifiedRow>
  /** Ended commitments, and unverified claims, that ended or were made before that moment, are forgotten. */
  readonly claimsBefore?: number
}

export interface Transaction extends Reads {
  readonly write: (rows: Writes) => Answer<void>
}

export interface Inspection {
  readonly schema: number
  readonly bytes: number
  readonly journalMode: string
  readonly synchronous: number
  readonly problems: ReadonlyArray<string>
}

export interface Driver {
  /** Where it is kept, for errors. */
  readonly path: string
  /** The body's answers are of one moment. */
  readonly snapshot: <A, E>(body: (reads: Reads) => Effect.Effect<A, E>) => Effect.Effect<A, E | DriverFailure>
  /** The same for what takes many turns of the loop: a store in a file is written to meanwhile. */
  readonly longSnapshot: <A, E>(body: (reads: Reads) => Effect.Effect<A, E>) => Effect.Effect<A, E | DriverFailure>
  /**
   * The body has the store to itself, against other processes too. When it succeeds all it wrote is durable, when it
   * fails or is interrupted none of it is there.
   */
  readonly transact: <A, E>(
    body: (transaction: Transaction) => Effect.Effect<A, E>
  ) => Effect.Effect<A, E | DriverFailure>
  /** Another one whenever something was committed, by anybody; asked without a transaction. */
  readonly version: Answer<string>
  /** The same, of what others have committed than this driver. */
  readonly theirs: Answer<string>
  readonly inspect: Answer<Inspection>
}
