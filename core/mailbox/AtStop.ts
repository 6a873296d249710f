/**
 * What a session is given when its turn ends: nothing, what it was given before and may not have seen, or all that waits
 * for its role, as one delivery.
 */
import type { Instant } from "../task/Identifiers.ts"
import type { Delivery, Message } from "./Message.ts"
import { operator } from "./Role.ts"
import { isFarewell, isStopWord } from "./StopWord.ts"

/**
 * Messages of one delivery, and the UTF-16 units of all their texts; one alone may be longer. Codex 0.169.0 cuts the middle
 * out of what a hook says beyond some 10,000 (and keeps all of it in a file that it names); Claude Code takes it whole.
 */
export const mostMessages = 20
export const mostText = 8192

/**
 * Deliveries that follow each other without a pause. Claude Code takes the eighth block in a row for a mistake and ends the
 * turn with it (`../shared/agents/FACTS.md` 5); Codex would go on for ever.
 */
export const mostInChain = 7

/** A burst that still arrives is waited for until nothing came for `quietMs`, and `settleMs` in all; milliseconds. */
export const quietMs = 200
export const settleMs = 800

export interface Stop {
  readonly session: string
  readonly at: Instant
  /** The turn that ends was made by the answer to an earlier stop. */
  readonly isContinuation: boolean
  /** The session's last words; null where nobody told. */
  readonly said: string | null
}

/** What the store holds for that session. */
export interface Standing {
  /** Its latest delivery. */
  readonly last: Delivery | null
  /** It holds a role; without one it is only told again what it has. */
  readonly isHolder: boolean
  /** What waits for its role, the oldest first: one more than fit a delivery is enough. */
  readonly waiting: ReadonlyArray<Message>
  /** A conversation that was handed to a session of the role which is over, and was not known to have seen it. */
  readonly orphan: Delivery | null
}

export type Given =
  /** The delivery once more, the same. */
  | { readonly _tag: "Again"; readonly delivery: Delivery }
  | { readonly _tag: "Fresh"; readonly messages: ReadonlyArray<Message>; readonly hop: number; readonly chain: number }
  | { readonly _tag: "Nothing"; readonly why: "NoRole" | "NoMail" | "Chain" | "StopWord" }

export interface Outcome {
  /** Its last delivery as it is now; null where it is as it was. */
  readonly ended: Delivery | null
  readonly given: Given
}

const nothing = (why: Extract<Given, { readonly _tag: "Nothing" }>["why"]): Given => ({ _tag: "Nothing", why })

/** A stop word rides with others, and wakes nobody alone; a person's courtesy may be an answer that is waited for. */
const wakes = ({ from, text, work }: Message): boolean =>
  work !== null || !(from === operator ? isFarewell(text) : isStopWord(text))

/** Work is handed over alone: its turn is its attempt. */
const batch = (waiting: ReadonlyArray<Message>): ReadonlyArray<Message> => {
  const taken: Array<Message> = []
  let length = 0
  for (const message of waiting) {
    length += message.text.length
    const isFull = taken.length >= mostMessages || length > mostText || message.work !== null
    if (isFull && taken.length > 0) break
    taken.push(message)
    if (message.work !== null) break
  }
  return taken
}

/** The same delivery, printed once more, to that session. */
const again = (delivery: Delivery, { at, session }: Stop, chain: number): Given => ({
  _tag: "Again",
  delivery: { ...delivery, session, at, chain, printed: delivery.printed + 1 }
})

const fresh = ({ isHolder, last, orphan, waiting }: Standing, stop: Stop): Given => {
  const { isContinuation, said } = stop
  const chain = isContinuation && last !== null ? last.chain : 0
  if (!isHolder) return nothing("NoRole")
  if (orphan !== null && chain < mostInChain) return again(orphan, stop, chain + 1)
  if (!waiting.some(wakes)) return nothing("NoMail")
  if (chain >= mostInChain) return nothing("Chain")
  const messages = batch(waiting)
  const isConversation = messages.every(({ work }) => work === null)
  if (isConversation && isContinuation && said !== null && isFarewell(said)) return nothing("StopWord")
  return { _tag: "Fresh", messages, hop: Math.max(...messages.map(({ hop }) => hop)), chain: chain + 1 }
}

/**
 * A turn that an answer made has seen that answer. Any other stop after an unconfirmed delivery says that it was lost:
 * whoever printed it was killed first.
 */
export const atStop = (standing: Standing, stop: Stop): Outcome => {
  const { last } = standing
  if (last === null || last.endedAt !== null) return { ended: null, given: fresh(standing, stop) }
  if (!stop.isContinuation && last.confirmedAt === null) {
    return { ended: null, given: again(last, stop, 1) }
  }
  const ended = { ...last, confirmedAt: last.confirmedAt ?? stop.at, endedAt: stop.at, said: stop.said }
  return { ended, given: fresh(standing, stop) }
}

/**
 * Milliseconds until it should be looked again, for a stop that has waited that long; 0: deliver now. It waits only for
 * more of what is there, and never for work, which comes alone.
 */
export const settle = (waiting: ReadonlyArray<Message>, now: Instant, waitedMs: number): number => {
  const newest = waiting.at(-1)
  if (newest === undefined || waiting[0]?.work !== null || waiting.length >= mostMessages) return 0
  return Math.max(0, Math.min(newest.at + quietMs - now, settleMs - waitedMs, quietMs))
}
