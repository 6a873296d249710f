/**
 * What of the attempts of ended tasks may go: the oldest, and what of their output is too much. Total over what is there;
 * an attempt of a task that is not at rest is never touched.
 */
import * as Order from "effect/Order"
import type { AttemptNumber, Instant, TaskId } from "../task/Identifiers.ts"

export interface Retention {
  /** Milliseconds at rest, from which on nothing of an attempt is kept; its rows in the store are. */
  readonly attemptsMs: number
  /** Milliseconds at rest, from which on its output is not kept. */
  readonly logsMs: number
  /** Bytes that the output of all attempts may have together; the oldest goes first. */
  readonly logsBytes: number
}

/** What is kept in the store itself too. */
export interface Limits extends Retention {
  /** How long what hooks told is kept, milliseconds, and how many of it at most; the oldest goes first. */
  readonly hookEventsMs: number
  readonly hookEvents: number
  /** How long messages that were given, and what told a person of something that is over, are kept, milliseconds. */
  readonly messagesMs: number
}

const day = 24 * 60 * 60_000

/** What holds when nothing is said. */
export const defaults: Limits = {
  attemptsMs: 90 * day,
  logsMs: 30 * day,
  logsBytes: 10 * 1024 ** 3,
  hookEventsMs: 7 * day,
  hookEvents: 1_000_000,
  messagesMs: 30 * day
}

/** What is kept of one attempt. */
export interface Kept {
  readonly task: TaskId
  readonly attempt: AttemptNumber
  /** Since when its task is at rest; null while it is not. */
  readonly restingSince: Instant | null
  /** Bytes of its output, and of its verifiers'. */
  readonly logBytes: number
}

/** The whole of it, or its output alone. */
export interface Removal {
  readonly task: TaskId
  readonly attempt: AttemptNumber
  readonly what: "attempt" | "logs"
}

type Resting = Kept & { readonly restingSince: Instant }

const oldestFirst: Order.Order<Resting> = Order.combineAll([
  Order.mapInput(Order.number, ({ restingSince }: Resting) => restingSince),
  Order.mapInput(Order.number, ({ task }: Resting) => task),
  Order.mapInput(Order.number, ({ attempt }: Resting) => attempt)
])

const isResting = (kept: Kept): kept is Resting => kept.restingSince !== null

/** What goes of it by its age alone. A clock that was set back makes nothing older. */
const byAge = ({ restingSince }: Resting, retention: Retention, now: Instant): Removal["what"] | null => {
  const age = now - restingSince
  return age >= retention.attemptsMs ? "attempt" : age >= retention.logsMs ? "logs" : null
}

/** The oldest first. What goes by its age makes room for the rest. */
export const plan = (all: ReadonlyArray<Kept>, retention: Retention, now: Instant): ReadonlyArray<Removal> => {
  const resting = all
    .filter(isResting)
    .toSorted(oldestFirst)
    .map((kept) => ({ kept, aged: byAge(kept, retention, now) }))
  const sum = (bytes: number, { logBytes }: Kept): number => bytes + logBytes
  const going = resting.flatMap(({ aged, kept }) => (aged === null ? [] : [kept]))
  let bytes = all.reduce(sum, 0) - going.reduce(sum, 0)
  return resting.flatMap(({ aged, kept: { attempt, logBytes, task } }): ReadonlyArray<Removal> => {
    if (aged === "attempt") return [{ task, attempt, what: "attempt" }]
    if (logBytes === 0 || (aged === null && bytes <= retention.logsBytes)) return []
    if (aged === null) bytes -= logBytes
    return [{ task, attempt, what: "logs" }]
  })
}
