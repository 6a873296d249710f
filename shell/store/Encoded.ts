/**
 * What a driver of the store must do: keep rows, answer questions about them, and make a group of writes one transaction.
 *
 * A driver knows no rule of drover; compare-and-set, fencing, events and submissions are worked out above it, once, for
 * all drivers (`Typed.ts`).
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { CostRow } from "./CostShare.ts"
import type * as Rows from "./Rows.ts"
import { type Standing, StoreUnavailable } from "./Store.ts"

/** A statement failed; the transaction around it turns it into a `StoreUnavailable` that says what was being done. */
export class DriverFailure extends Data.TaggedError("DriverFailure")<{
  readonly reason: StoreUnavailable["reason"] | "Constraint"
  readonly cause: unknown
}> {}

/** The failure as the caller of the store sees it. */
export const unavailable = (operation: string, path: string, { cause, reason }: DriverFailure): StoreUnavailable =>
  new StoreUnavailable({ operation, reason: reason === "Constraint" ? "Other" : reason, path, cause })

export type Answer<A> = Effect.Effect<A, DriverFailure>

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
  /** Not terminal, or with an execution. */
  | { readonly _tag: "Open" }
  /** With a `task.transition` after that event. */
  | { readonly _tag: "ChangedSince"; readonly seq: number }
  | {
      readonly _tag: "Filter"
      readonly ids: ReadonlyArray<number> | null
      readonly batch: number | null
      readonly pipelines: ReadonlyArray<string> | null
      readonly doneBefore: number | null
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

/** Questions; every list is in ascending order of its key. */
export interface Reads {
  readonly head: (tasks: ReadonlyArray<number>) => Answer<Head>
  readonly tasks: (query: TaskQuery | Telling) => Answer<ReadonlyArray<Rows.TaskRow>>
  readonly standings: Answer<ReadonlyArray<Standing>>
  /** By batch, those in none first, then by account. */
  readonly costs: (batch: number | null) => Answer<ReadonlyArray<CostRow>>
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
  readonly deliveries: Answer<ReadonlyArray<Rows.DeliveryRow>>
  readonly guards: Answer<ReadonlyArray<Rows.GuardRow>>
  readonly hookEvents: (query: HookEventQuery) => Answer<ReadonlyArray<Rows.HookEventRow>>
  /** Of the oldest `limit` those that are older than `before`, or not among the newest `most`. */
  readonly staleHookEvents: (query: StaleQuery) => Answer<ReadonlyArray<number>>
  readonly newestBatch: (path: string) => Answer<Option.Option<number>>
  readonly setting: (name: string) => Answer<string | null>
  /** The supervisor with the highest epoch. */
  readonly supervisor: Answer<Rows.SupervisorRow | null>
  readonly supervisorOf: (epoch: number) => Answer<Rows.SupervisorRow | null>
  /** The ids that the next batch and the next task get; never one that was given before. */
  readonly nextIds: Answer<{ readonly batch: number; readonly task: number }>
}

/** Rows to be written together, parents before children. */
export interface Writes {
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
  readonly deliveries?: ReadonlyArray<Rows.DeliveryRow>
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
  /**
   * The body has the store to itself, against other processes too. When it succeeds all it wrote is durable, when it
   * fails or is interrupted none of it is there.
   */
  readonly transact: <A, E>(
    body: (transaction: Transaction) => Effect.Effect<A, E>
  ) => Effect.Effect<A, E | DriverFailure>
  /** Another one whenever something was committed, by anybody; asked without a transaction. */
  readonly version: Answer<string>
  readonly inspect: Answer<Inspection>
}
