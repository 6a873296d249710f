/**
 * The names of durable things: tasks, attempts of a task, runs of an attempt, batches, visits.
 *
 * A task is shown `#42`, its third attempt `42.3`, that attempt's first run of a verifier `42.3.v1`.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** A positive integer that is never given to another task, not even after a deletion. */
export const TaskId = Schema.Int.pipe(Schema.positive(), Schema.brand("TaskId"))
export type TaskId = typeof TaskId.Type

/** The number of an attempt within its task, from 1. */
export const AttemptNumber = Schema.Int.pipe(Schema.positive(), Schema.brand("AttemptNumber"))
export type AttemptNumber = typeof AttemptNumber.Type

/** The number of a verifier or landing run within its task, from 1; it grows over the whole life of the task. */
export const RunNumber = Schema.Int.pipe(Schema.positive(), Schema.brand("RunNumber"))
export type RunNumber = typeof RunNumber.Type

/** A positive integer that names one submission of one task file. */
export const BatchId = Schema.Int.pipe(Schema.positive(), Schema.brand("BatchId"))
export type BatchId = typeof BatchId.Type

/** Milliseconds since 1970-01-01T00:00:00Z. */
export const Instant = Schema.Number.pipe(Schema.finite())
export type Instant = typeof Instant.Type

/** `42.3`: the name of an attempt for people, files and the jitter of its back-off. */
export const attemptId = (task: TaskId, attempt: AttemptNumber): string => `${task}.${attempt}`

/** `42.3.v7`: the name of one run of a verifier, also the name of its folder. */
export const runId = (task: TaskId, attempt: AttemptNumber, run: RunNumber): string => `${task}.${attempt}.v${run}`

/** Reads `42` or `#42`; anything else is none. */
export const parseTaskId = (text: string): Option.Option<TaskId> => {
  const match = /^#?([1-9][0-9]{0,14})$/.exec(text.trim())
  return match?.[1] === undefined ? Option.none() : Schema.decodeOption(TaskId)(Number(match[1]))
}
