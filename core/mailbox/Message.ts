/** A message to a role, and the delivery that it is in: each is in one at most, and stays in it. */
import type { AttemptNumber, Instant, TaskId } from "../task/Identifiers.ts"

/** The number of a delivery, from 1; it is never given again. */
export type DeliveryId = number

/** What became of a message; all but Waiting are final. */
export type MessageState =
  | { readonly _tag: "Waiting" }
  | { readonly _tag: "Delivered"; readonly delivery: DeliveryId; readonly at: Instant }
  /** The task that it was about has moved on. */
  | { readonly _tag: "Withdrawn"; readonly at: Instant }
  /** Nobody took it in time. */
  | { readonly _tag: "Expired"; readonly at: Instant }

/** The attempt of a task that a message asks for; others are conversation. */
export interface Work {
  readonly task: TaskId
  readonly attempt: AttemptNumber
  readonly visit: number
}

export interface Message {
  /** An attempt's name (`42.3`) for work, else random. */
  readonly id: string
  readonly role: string
  readonly from: string
  readonly text: string
  /** How many deliveries led to it, one after the other, its own among them: 1 for what nobody asked for; 0 for work. */
  readonly hop: number
  readonly at: Instant
  readonly work: Work | null
  readonly state: MessageState
}

/** What one stop of a session was given. It is printed again until it is known to have been seen, and stays the same delivery. */
export interface Delivery {
  readonly id: DeliveryId
  readonly role: string
  readonly session: string
  readonly at: Instant
  /** The highest of its messages. */
  readonly hop: number
  /** Its place among deliveries that followed each other without a pause, from 1. */
  readonly chain: number
  /** How often it was printed. */
  readonly printed: number
  /** When the session was first known to have seen it; null: it may have been lost on the way. */
  readonly confirmedAt: Instant | null
  /** When the turn that it caused was over; null while it may go on. */
  readonly endedAt: Instant | null
  /** The session's last words of that turn; null where nobody told. */
  readonly said: string | null
}

/** Longest text of a message that is sent, UTF-16 units: it is held against a model's context, a hundred at a time. */
export const longestText = 8192

/** A text as it is kept: line ends of one kind, no other control characters but tabs, no space at its ends. */
export const clean = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[^\P{Cc}\n\t]|[\u2028\u2029\u202A-\u202E\u2066-\u2069]|\p{Cs}/gu, "")
    .trim()
