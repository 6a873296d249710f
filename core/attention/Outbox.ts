/**
 * What is told to whom, and when: every open item once by every channel, again after a failure, and in one call where
 * there are too many for one each. An item that a person has acknowledged, or that is over, is told no more.
 */
import { ceiling } from "../execution/Backoff.ts"

/** `telling`: begun, and nobody has written yet how it ended. */
type State = "telling" | "failed" | "told" | "given-up"

/** How the telling of one item by one channel stands. */
export interface Delivery {
  /** The number of the attention item. */
  readonly item: number
  readonly channel: string
  readonly state: State
  /** How often it was begun: more than one may have reached a person. */
  readonly tries: number
  /** How often it failed. */
  readonly failures: number
  /** When that was, epoch milliseconds. */
  readonly at: number
  /** What went wrong last; null when nothing did. */
  readonly detail: string | null
}

/** An attention item that is open. */
export interface Open {
  readonly id: number
  readonly isAcknowledged: boolean
}

/** 5 s, 10 s, … 43 min between tries: ten of them take almost an hour and a half, and a channel that is down so long is shown. */
const backoff = { baseMs: 5000, capMs: 3_600_000 }
const mostFailures = 10

/** In a minute a channel is called so often and no more: who is called without end stops looking. */
export const windowMs = 60_000
export const mostCalls = 5

/** When it is to be told; null where it is told, or nobody tries any more. A moment that is past is now. */
const dueAt = (delivery: Delivery | undefined): number | null => {
  switch (delivery?.state) {
    case undefined:
    // Whoever began it is gone, or could not write how it ended: a person told twice is better than one not told.
    case "telling":
      return Number.NEGATIVE_INFINITY
    case "failed":
      return delivery.at + ceiling(backoff, delivery.failures)
    case "told":
    case "given-up":
      return null
  }
}

export type Choice<Item> =
  | { readonly _tag: "Tell"; readonly items: ReadonlyArray<Item> }
  /** Nothing can be told before `until`, epoch milliseconds; null where only a new item changes that. */
  | { readonly _tag: "Wait"; readonly until: number | null }

/** What one channel knows. */
export interface Desk<Item> {
  /** In the order in which they are told. */
  readonly items: ReadonlyArray<Item>
  /** Those of this channel. */
  readonly deliveries: ReadonlyArray<Delivery>
  /** When it was called, epoch milliseconds; those that are older than the window may be left out. */
  readonly calls: ReadonlyArray<number>
}

/** What is told now: the oldest item alone while there are calls for each, else all that are due together. */
export const choose = <Item extends Open>({ calls, deliveries, items }: Desk<Item>, now: number): Choice<Item> => {
  const known = new Map(deliveries.map((delivery) => [delivery.item, delivery]))
  const due: Array<Item> = []
  let next = Number.POSITIVE_INFINITY
  for (const item of items) {
    const at = item.isAcknowledged ? null : dueAt(known.get(item.id))
    if (at === null) continue
    if (at <= now) due.push(item)
    else next = Math.min(next, at)
  }
  if (due.length === 0) return { _tag: "Wait", until: Number.isFinite(next) ? next : null }
  // A clock that was set back leaves calls in the future: they hold up nobody.
  const recent = calls.filter((at) => at > now - windowMs && at <= now)
  if (recent.length >= mostCalls) return { _tag: "Wait", until: Math.min(...recent) + windowMs }
  return { _tag: "Tell", items: recent.length + due.length <= mostCalls ? due.slice(0, 1) : due }
}

/** What is written before it is told. */
export const begun = (before: Delivery | null, item: number, channel: string, at: number): Delivery => ({
  item,
  channel,
  state: "telling",
  tries: (before?.tries ?? 0) + 1,
  failures: before?.failures ?? 0,
  at,
  detail: before?.detail ?? null
})

/** What is written after; `trouble` null: it was told. */
export const ended = (delivery: Delivery, trouble: string | null, at: number): Delivery => {
  if (trouble === null) return { ...delivery, state: "told", at, detail: null }
  const failures = delivery.failures + 1
  return { ...delivery, state: failures >= mostFailures ? "given-up" : "failed", failures, at, detail: trouble }
}
