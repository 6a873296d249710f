/**
 * The durable memory of drover: every write of task state goes through `write`, and is a compare-and-set, the state, its
 * ledger rows and their events in one transaction (STO-1).
 *
 * The typed face; `Encoded.ts` is the driver's contract in rows and texts, `SqlStore.ts` and `MemoryStore.ts` are drivers.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type * as Option from "effect/Option"
import type { Account } from "../../core/account/Account.ts"
import type { Delivery } from "../../core/attention/Outbox.ts"
import type { Commitment } from "../../core/commitment/Commitment.ts"
import type { Unverified } from "../../core/commitment/Record.ts"
import type { EventV1 } from "../../core/event/EventV1.ts"
import type { AttemptRecord, Marker, Progress } from "../../core/execution/AttemptRecord.ts"
import type { Noted, Survey } from "../../core/guard/Survey.ts"
import type { HookEvent } from "../../core/hook/HookEvent.ts"
import type { Pipeline } from "../../core/stage/Projection.ts"
import type { Flow } from "../../core/task/Flow.ts"
import type { AttemptNumber, BatchId, TaskId } from "../../core/task/Identifiers.ts"
import type { Recorded } from "../../core/task/Record.ts"
import type { Spec } from "../../core/task/Spec.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Verification } from "../../core/verify/Verification.ts"
import type { Amendable, Amended, CommitmentsOf } from "./Amendment.ts"
import type { BoardService, LedgerRow } from "./BoardService.ts"
import type { CostShare } from "./CostShare.ts"
import type { MailboxService, MailChange } from "./MailboxService.ts"
import type { StoreError } from "./StoreError.ts"
import type { Tallies } from "./Tallies.ts"

export type { LedgerRow } from "./BoardService.ts"
export { MalformedRow, type StoreError, StoreUnavailable } from "./StoreError.ts"

/** The store was written by a newer program: nothing was touched. */
export class NewerSchema extends Data.TaggedError("NewerSchema")<{
  readonly path: string
  readonly found: number
  readonly supported: number
}> {
  override get message(): string {
    return `${this.path} has schema ${this.found}, this program knows ${this.supported}: use the newer drover, or another DROVER_HOME`
  }
}

/** Another writer was first: the task has another revision now. */
export class Conflict extends Data.TaggedError("Conflict")<{
  readonly task: TaskId
  readonly expected: number
  readonly found: number | null
}> {
  override get message(): string {
    return this.found === null
      ? `there is no task #${this.task}`
      : `task #${this.task} was changed meanwhile: revision ${this.found}, not ${this.expected}`
  }
}

/** The epoch is not the present one: another supervisor has taken over, this one writes nothing more (OWN-7). */
export class Fenced extends Data.TaggedError("Fenced")<{ readonly epoch: number; readonly present: number }> {
  override get message(): string {
    return `another supervisor has taken over: epoch ${this.present}, not ${this.epoch}`
  }
}

/** Nothing of a submission was stored; every problem of it is named. */
export class SubmissionRefused extends Data.TaggedError("SubmissionRefused")<{
  readonly problems: ReadonlyArray<
    | { readonly _tag: "UnknownDependency"; readonly task: string; readonly dependency: string }
    | { readonly _tag: "Cycle"; readonly names: ReadonlyArray<string> }
    | { readonly _tag: "AlreadyStarted"; readonly task: string; readonly id: TaskId }
    | { readonly _tag: "DuplicateName"; readonly task: string }
  >
}> {
  override get message(): string {
    return this.problems
      .map((problem) => {
        switch (problem._tag) {
          case "UnknownDependency":
            return `${problem.task}: there is no task ${problem.dependency} to wait for`
          case "Cycle":
            return `tasks that wait for each other: ${[...problem.names, problem.names[0]].join(" → ")}`
          case "AlreadyStarted":
            return `${problem.task} was changed, but it has started already (#${problem.id}): take the change back, or use --again for a new batch`
          case "DuplicateName":
            return `${problem.task}: two tasks have this name`
        }
      })
      .join("\n")
  }
}

/** One change of one task, and all rows that belong in its transaction. */
export interface Change {
  /** The supervisor's epoch; null for a person's command, which holds none. */
  readonly epoch: number | null
  readonly at: number
  /** The revision that was read, and what `Record.record` made of it; without entries only the other rows are written. */
  readonly task: TaskId
  readonly expectedRevision: number
  readonly recorded: Recorded
  /** Inserted or replaced by (task, number); a `created` one that is there already is a Conflict. */
  readonly attempt: { readonly record: AttemptRecord; readonly phase: AttemptPhase | null } | null
  /** Inserted or replaced by (task, run). */
  readonly verification: Verification | null
  readonly attention: ReadonlyArray<AttentionChange>
  /** Absent: none. */
  readonly mail?: MailChange
}
export type AttemptPhase = "created" | "started" | "adopted" | "ended"

export type AttentionChange =
  | { readonly _tag: "Raise"; readonly key: string; readonly text: string }
  | { readonly _tag: "Clear"; readonly key: string }

/** Something a person should look at; unique by key while it is open. */
export interface AttentionItem {
  /** Never given twice: an item that is raised again after it was cleared has another. */
  readonly id: number
  readonly key: string
  readonly task: TaskId | null
  readonly text: string
  readonly raisedAt: number
  /** When a person said that they know; null until then. */
  readonly acknowledgedAt: number | null
}

export interface NewTask {
  readonly spec: Spec
  readonly flow: Flow
  /** Names of tasks of the same batch, stored already or in this submission. */
  readonly dependsOnNames: ReadonlyArray<string>
  /** Tasks that must be stored already. */
  readonly dependsOnIds: ReadonlyArray<TaskId>
  readonly upcoming: boolean
  /** The same key again is the same task. */
  readonly key: string | null
}

export interface Submission {
  /** The task file's real path; null for a single task, which is in no batch. */
  readonly path: string | null
  /** Makes a new batch of a path that has one. */
  readonly again: boolean
  readonly tasks: ReadonlyArray<NewTask>
  readonly at: number
}

export interface Submitted {
  readonly batch: BatchId | null
  readonly tasks: ReadonlyArray<{
    readonly id: TaskId
    readonly name: string
    readonly was: "added" | "updated" | "unchanged"
  }>
}

export interface TaskFilter {
  readonly ids?: ReadonlyArray<TaskId>
  readonly batch?: BatchId
  readonly pipelines?: ReadonlyArray<Pipeline>
  /** Done at that time or before, not archived. */
  readonly doneBefore?: number
  /** With a greater id than that: tasks come in the order of their ids, a page at a time. */
  readonly after?: TaskId
  readonly limit?: number
}

export interface Snapshot {
  /** The last event that is in it. */
  readonly seq: number
  readonly tasks: ReadonlyArray<Task>
  /** All of which anything was ever heard. */
  readonly accounts: ReadonlyArray<Account>
  /** Whether admission is closed. */
  readonly isDraining: boolean
}

/** How many tasks are in a stage (its wire word) with an execution (its tag). */
export interface Standing {
  readonly stage: string
  readonly execution: string
  readonly count: number
}

/** What tells most of many tasks, archived ones left out. */
export interface Overview {
  readonly standings: ReadonlyArray<Standing>
  /** Those at work, then those that wait for a person, then open ones, then ended ones; each by id. */
  readonly tasks: ReadonlyArray<Task>
}

/** What a hook has told. `at`: epoch milliseconds; `source`: the same again is the same event, null where nobody can know. */
export interface ReceivedHookEvent {
  readonly event: HookEvent
  readonly at: number
  readonly source: string | null
}

export interface HookEventLimits {
  readonly before: number
  readonly most: number
}

/** Ids are given in the order in which events are kept, and none is given twice. */
export interface KeptHookEvent extends ReceivedHookEvent {
  readonly id: number
}

export interface Supervisor {
  readonly epoch: number
  readonly host: string
  readonly pid: number
  readonly startedAt: number
  readonly heartbeatAt: number
  readonly endedAt: number | null
}

export class Store extends Context.Tag("drover/Store")<
  Store,
  MailboxService &
    BoardService & {
      /** Stores all tasks of a submission or none; the same submission again adds nothing (STO-5). */
      readonly submit: (submission: Submission) => Effect.Effect<Submitted, StoreError | SubmissionRefused>

      /** One change, committed together with all others that wait at that moment. */
      readonly write: (change: Change) => Effect.Effect<void, StoreError | Conflict | Fenced>
      /** Many changes in as few transactions as the row limit allows; each fails alone, but Fenced fails all. */
      readonly writeAll: (
        changes: ReadonlyArray<Change>
      ) => Effect.Effect<ReadonlyArray<Either.Either<void, Conflict>>, StoreError | Fenced>
      /** Reading positions of attempts: neither a ledger row nor an event. */
      readonly noteProgress: (
        epoch: number,
        notes: ReadonlyArray<{ readonly task: TaskId; readonly number: AttemptNumber; readonly progress: Progress }>
      ) => Effect.Effect<void, StoreError | Fenced>
      /** Attention that belongs to no change of a task. */
      readonly noteAttention: (
        at: number,
        task: TaskId | null,
        changes: ReadonlyArray<AttentionChange>
      ) => Effect.Effect<void, StoreError>

      /** What a look at all guards led to: what is kept of them, what is told, and whom it concerns. */
      readonly noteGuards: (
        epoch: number,
        at: number,
        survey: Pick<Survey, "notes" | "changed" | "attention">
      ) => Effect.Effect<void, StoreError | Fenced>

      readonly task: (id: TaskId) => Effect.Effect<Option.Option<Task>, StoreError>
      readonly tasks: (filter: TaskFilter) => Effect.Effect<ReadonlyArray<Task>, StoreError>
      /** Every task that is not terminal or has an execution; what a supervisor starts from. */
      readonly open: Effect.Effect<Snapshot, StoreError>
      /** All tasks by number, and at most `limit` of them, the most telling first. */
      readonly overview: (limit: number) => Effect.Effect<Overview, StoreError>
      /** What tasks have spent, ended and archived ones too, by batch and account; of all batches where none is given. */
      readonly costs: (batch?: BatchId) => Effect.Effect<ReadonlyArray<CostShare>, StoreError>
      /**
       * Counts everything: the first time by looking at all of it, some at a time with turns of the loop in between, and from
       * then on at what has changed. Meant for a store of its own (`SqlStore.Options.readonly`), which nobody else waits for.
       */
      readonly tallies: Effect.Effect<Tallies, StoreError>
      /**
       * The tasks that changed after that event, with the last event there is. Whoever knows some of them already, such as
       * by writing them, says so, and they are neither read nor in the answer.
       */
      readonly changedSince: (
        seq: number,
        isKnown?: (id: number, revision: number) => boolean
      ) => Effect.Effect<Snapshot, StoreError>
      /** All attempts of a task, oldest first. */
      readonly attempts: (task: TaskId) => Effect.Effect<ReadonlyArray<AttemptRecord>, StoreError>
      /** The latest attempt of each of these tasks. */
      readonly latestAttempts: (tasks: ReadonlyArray<TaskId>) => Effect.Effect<ReadonlyArray<AttemptRecord>, StoreError>
      /** Which of these attempts there are, each as `7.2`: the task's id and the attempt's number. */
      readonly existingAttempts: (names: ReadonlyArray<string>) => Effect.Effect<ReadonlySet<string>, StoreError>
      /** The latest attempt that a session has carried. */
      readonly attemptOfSession: (session: string) => Effect.Effect<Option.Option<AttemptRecord>, StoreError>
      readonly attemptByMarker: (marker: Marker) => Effect.Effect<Option.Option<AttemptRecord>, StoreError>
      readonly verifications: (task: TaskId) => Effect.Effect<ReadonlyArray<Verification>, StoreError>
      readonly ledger: (task: TaskId) => Effect.Effect<ReadonlyArray<LedgerRow>, StoreError>
      /** The task as it was created: where its ledger starts. */
      readonly created: (task: TaskId) => Effect.Effect<Option.Option<Task>, StoreError>
      readonly events: (since: number, limit: number) => Effect.Effect<ReadonlyArray<EventV1>, StoreError>
      /** Every account that a limit or a pause was ever heard of. They change with the tasks, by the rows of their ledgers. */
      readonly accounts: Effect.Effect<ReadonlyArray<Account>, StoreError>
      /** A person lifts a pause, and what is left of a limit; false where there is no such account. */
      readonly resumeAccount: (id: string, at: number) => Effect.Effect<boolean, StoreError>
      /**
       * Keeps what hooks have told, each once (its source, or its session, tool use and hook); many callers are committed
       * together. When it succeeds all of it is durable.
       */
      readonly keepHookEvents: (events: ReadonlyArray<ReceivedHookEvent>) => Effect.Effect<void, StoreError>
      /** In order of their ids, after that one; those of one session where one is given. */
      readonly hookEvents: (query: {
        readonly since: number
        readonly session?: string
        readonly limit: number
      }) => Effect.Effect<ReadonlyArray<KeptHookEvent>, StoreError>
      /**
       * Forgets those that are older than `before` (epoch milliseconds) or not among the newest `most`, in small
       * transactions; answers how many.
       */
      readonly pruneHookEvents: (limits: HookEventLimits) => Effect.Effect<number, StoreError>
      /** How many `pruneHookEvents` would forget. */
      readonly staleHookEvents: (limits: HookEventLimits) => Effect.Effect<number, StoreError>
      /**
       * Reads commitments, has them amended, and writes what is another than before, in one transaction with its events
       * and with the attention that a person is asked for. One that can not be understood is told of and passed over.
       */
      readonly amendCommitments: <A>(
        which: CommitmentsOf,
        amend: (found: Amendable) => Amended<A>
      ) => Effect.Effect<A, StoreError>
      /** All that are open, with as many of those that ended last; by id. What can not be understood is told of, and left out. */
      readonly commitments: (ended: number) => Effect.Effect<ReadonlyArray<Commitment>, StoreError>
      /** The newest claims that something was done which nothing showed. */
      readonly unverifiedClaims: (limit: number) => Effect.Effect<ReadonlyArray<Unverified>, StoreError>
      /**
       * Forgets commitments that ended before that moment, and unverified claims from before it; nobody is asked about those any
       * more. `at`: now.
       */
      readonly forgetClaims: (when: { readonly at: number; readonly before: number }) => Effect.Effect<void, StoreError>
      /** What was heard of a session last, or null. */
      readonly lastHookEvent: (session: string) => Effect.Effect<KeptHookEvent | null, StoreError>
      /** The items that are open, the oldest first. */
      readonly attention: Effect.Effect<ReadonlyArray<AttentionItem>, StoreError>
      /** A person knows of these items; answers those of them that are open. Doing it again changes nothing. */
      readonly acknowledge: (
        ids: ReadonlyArray<number>,
        at: number
      ) => Effect.Effect<ReadonlyArray<AttentionItem>, StoreError>
      /** How the telling of the open items stands, by item and then by channel. */
      readonly deliveries: Effect.Effect<ReadonlyArray<Delivery>, StoreError>
      /** Inserted or replaced by item and channel. */
      readonly noteDeliveries: (
        epoch: number,
        deliveries: ReadonlyArray<Delivery>
      ) => Effect.Effect<void, StoreError | Fenced>
      /** Forgets how items that are over were told before that moment; answers how many tellings. */
      readonly forgetTellings: (before: number) => Effect.Effect<number, StoreError>
      /** How every guard stood when it was noted last, by key. */
      readonly guards: Effect.Effect<ReadonlyArray<Noted>, StoreError>
      /** The batch of a task file's real path: the newest. */
      readonly batchOf: (path: string) => Effect.Effect<Option.Option<BatchId>, StoreError>

      readonly isDraining: Effect.Effect<boolean, StoreError>
      readonly setDraining: (draining: boolean) => Effect.Effect<void, StoreError>

      /** Takes the next epoch; from now on every older one is Fenced. */
      readonly takeEpoch: (who: {
        readonly host: string
        readonly pid: number
        readonly at: number
      }) => Effect.Effect<number, StoreError>
      readonly heartbeat: (epoch: number, at: number) => Effect.Effect<void, StoreError | Fenced>
      readonly endEpoch: (epoch: number, at: number) => Effect.Effect<void, StoreError>
      /** The supervisor with the present epoch. */
      readonly supervisor: Effect.Effect<Option.Option<Supervisor>, StoreError>

      /** Another one than before whenever anything may have been committed since, by anybody: a look that costs next to nothing. */
      readonly version: Effect.Effect<string, StoreError>
      /**
       * The same of what a supervisor goes by and does not know already: tasks, accounts, mail and the drain flag, but for
       * changes that were written here with an epoch.
       */
      readonly foreignVersion: Effect.Effect<string, StoreError>

      /** Schema version, file size in bytes, journal mode and synchronous level, and whether it passes a quick check. */
      readonly inspect: Effect.Effect<
        {
          readonly schema: number
          readonly bytes: number
          readonly journalMode: string
          readonly synchronous: number
          readonly problems: ReadonlyArray<string>
        },
        StoreError
      >
    }
>() {}

export type StoreService = Context.Tag.Service<Store>
