/**
 * What is durable about an attempt beside its place in the execution: its marker, agent, session, and what it came to.
 * Written before the process is started, unique per task and number (EXE-1).
 */
import * as Schema from "effect/Schema"
import { Instant, TaskId } from "../task/Identifiers.ts"
import { Attempt } from "./Execution.ts"
import { Limit } from "./Limit.ts"
import { ProcessIdentity } from "./Process.ts"

/** 32 hexadecimal digits, fresh for every attempt: how its processes are recognised. */
export const Marker = Schema.String.pipe(Schema.pattern(/^[0-9a-f]{32}$/), Schema.brand("Marker"))
export type Marker = typeof Marker.Type

/** How far the output has been read, and what it said: reading goes on from here after a restart. */
export const Progress = Schema.Struct({
  /** Bytes of stdout that are accounted for. */
  offset: Schema.Int.pipe(Schema.nonNegative()),
  session: Schema.NullOr(Schema.String),
  /** US dollars so far; null when none were reported. */
  costUsd: Schema.NullOr(Schema.Number),
  toolTurns: Schema.Int.pipe(Schema.nonNegative()),
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
  progress: Progress,
  createdAt: Instant,
  startedAt: Schema.NullOr(Instant),
  endedAt: Schema.NullOr(Instant),
  outcome: Schema.NullOr(Outcome),
  /** One line: exit status, signal, or why it could not be started. */
  detail: Schema.NullOr(Schema.String)
})
export type AttemptRecord = typeof AttemptRecord.Type

export const noProgress = (at: number): Progress => ({
  offset: 0,
  session: null,
  costUsd: null,
  toolTurns: 0,
  resultIsError: null,
  lastMessage: null,
  limit: null,
  lastProgressAt: at
})
