/**
 * What is durable about an attempt beside its place in the execution: its marker, agent, session, and what it came to.
 * Written before the process is started, unique per task and number (EXE-1).
 */
import * as Schema from "effect/Schema"
import { Instant, TaskId } from "../task/Identifiers.ts"
import { Attempt, TreeHash } from "./Execution.ts"
import { Limit, Trouble } from "./Limit.ts"
import { ProcessIdentity } from "./Process.ts"
import * as Spend from "./Spend.ts"
import { Meter } from "./Spend.ts"
import * as WorkProgress from "./WorkProgress.ts"
import { Reads } from "./WorkProgress.ts"

/** 32 hexadecimal digits, fresh for every attempt: how its processes are recognised. */
export const Marker = Schema.String.pipe(Schema.pattern(/^[0-9a-f]{32}$/), Schema.brand("Marker"))
export type Marker = typeof Marker.Type

/** How far the output has been read, and what it said: reading goes on from here after a restart. */
export const Progress = Schema.Struct({
  /** Bytes of stdout that are accounted for. */
  offset: Schema.Int.pipe(Schema.nonNegative()),
  session: Schema.NullOr(Schema.String),
  /** US dollars of this attempt so far, whatever it has resumed; null when it is not known. */
  costUsd: Schema.NullOr(Schema.Finite),
  /** The totals that were reported: what `costUsd` comes from, and what a later attempt goes on from. */
  spend: Meter,
  /** The files that this attempt and those before it have read. */
  reads: Reads,
  /** Turns of the model, as far as the program tells them apart, and the id of the last one. */
  turns: Schema.Int.pipe(Schema.nonNegative()),
  turn: Schema.NullOr(Schema.String),
  /** Those in which a tool was used, and the last one that counts as one. */
  toolTurns: Schema.Int.pipe(Schema.nonNegative()),
  toolTurn: Schema.NullOr(Schema.String),
  /** The ids of the tools that are at work. */
  tools: Schema.Array(Schema.String),
  /** Why the program waits before it asks its provider again; null while it does not. */
  waiting: Schema.NullOr(Trouble),
  /** Why the provider did not answer when the program last gave up. */
  trouble: Schema.NullOr(Trouble),
  /** The last result record said it failed; null when there was none. */
  resultIsError: Schema.NullOr(Schema.Boolean),
  /** The text of the last result record, else of the last line; cut to 4 KiB. */
  lastMessage: Schema.NullOr(Schema.String),
  /** The latest hard limit that the output told of. */
  limit: Schema.NullOr(Limit),
  lastProgressAt: Instant
})
export type Progress = typeof Progress.Type

export const Outcome = Schema.Literal("Clean", "Forced", "Aborted", "Limited", "Lost", "Stopped", "LaunchFailed")
export type Outcome = typeof Outcome.Type

export const AttemptRecord = Schema.Struct({
  task: TaskId,
  attempt: Attempt,
  marker: Marker,
  agent: Schema.NonEmptyString,
  process: Schema.NullOr(ProcessIdentity),
  /** The content of its directory when it was started, and when it was proved dead; null where nobody could look. */
  treeBefore: Schema.NullOr(TreeHash),
  treeAfter: Schema.NullOr(TreeHash),
  progress: Progress,
  createdAt: Instant,
  startedAt: Schema.NullOr(Instant),
  endedAt: Schema.NullOr(Instant),
  outcome: Schema.NullOr(Outcome),
  /** One line: exit status, signal, or why it could not be started. */
  detail: Schema.NullOr(Schema.String)
})
export type AttemptRecord = typeof AttemptRecord.Type

/** Of an attempt that has not begun. `previous` is the attempt before it: what that knew of conversations and files stays known. */
export const noProgress = (
  at: number,
  previous: { readonly progress: Progress; readonly basis: Spend.Basis } | null = null
): Progress => ({
  offset: 0,
  session: null,
  costUsd: null,
  spend: previous === null ? Spend.unused : Spend.begin(previous.progress.spend, previous.basis),
  reads: previous === null ? WorkProgress.noReads : WorkProgress.begin(previous.progress.reads),
  turns: 0,
  turn: null,
  toolTurns: 0,
  toolTurn: null,
  tools: [],
  waiting: null,
  trouble: null,
  resultIsError: null,
  lastMessage: null,
  limit: null,
  lastProgressAt: at
})
