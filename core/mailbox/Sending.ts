/** Whether a message may be sent: the hop cap, and the rates. What they go by is counted in the store, never by a process. */
import * as Either from "effect/Either"
import type { Instant } from "../task/Identifiers.ts"
import { clean, type Delivery, longestText } from "./Message.ts"
import { isAddress, isRole, operator, supervisor } from "./Role.ts"

/** A message that answers one which answered … the ninth is refused. */
export const mostHops = 8

/** The time that rates are counted over, milliseconds. */
export const windowMs = 60_000

/** Messages that a role may be sent within it, whoever sends them, and that one sender may send, whomever to. */
export const mostPerRole = 60
export const mostPerSender = 30

export interface Draft {
  readonly role: string
  readonly from: string
  readonly text: string
  readonly at: Instant
}

/** What the store holds beside it. */
export interface Standing {
  /** Messages within the window, without work of tasks. */
  readonly toRole: number
  readonly fromSender: number
  /** The latest delivery to the session that holds the sender's role; null where there is none. */
  readonly answers: Delivery | null
  /** When a person last spoke to that session; null: not known to. */
  readonly spokenAt: Instant | null
}

export type Refusal =
  | { readonly _tag: "Address"; readonly role: string }
  | { readonly _tag: "Sender"; readonly from: string }
  | { readonly _tag: "Empty" }
  | { readonly _tag: "Long"; readonly length: number }
  | { readonly _tag: "Hops"; readonly hop: number }
  | { readonly _tag: "Rate"; readonly of: "role" | "sender"; readonly name: string }

/** What a message is stored with. */
export interface Accepted extends Draft {
  readonly hop: number
}

/**
 * The hop of what a session sends now: one more than what it was last given, until a person speaks to it. Also after its
 * turn: what it left running may answer later.
 */
const hopOf = ({ answers, spokenAt }: Standing): number =>
  answers === null || (spokenAt !== null && spokenAt > answers.at) ? 1 : answers.hop + 1

const refuse = (refusal: Refusal): Either.Either<never, Refusal> => Either.left(refusal)

/** Of several reasons the first. A person has no hops, but a rate. */
export const judge = (draft: Draft, standing: Standing): Either.Either<Accepted, Refusal> => {
  const text = clean(draft.text)
  const { from, role } = draft
  if (!isAddress(role)) return refuse({ _tag: "Address", role })
  if (!isRole(from) || from.toLowerCase() === supervisor) return refuse({ _tag: "Sender", from })
  if (text === "") return refuse({ _tag: "Empty" })
  if (text.length > longestText) return refuse({ _tag: "Long", length: text.length })
  const hop = from === operator ? 1 : hopOf(standing)
  if (hop > mostHops) return refuse({ _tag: "Hops", hop })
  if (standing.fromSender >= mostPerSender) return refuse({ _tag: "Rate", of: "sender", name: from })
  if (standing.toRole >= mostPerRole) return refuse({ _tag: "Rate", of: "role", name: role })
  return Either.right({ ...draft, text, hop })
}

/** One sentence for who sent it. */
export const explain = (refusal: Refusal): string => {
  switch (refusal._tag) {
    case "Address":
      return `${JSON.stringify(refusal.role)} is no role that can be written to: letters, digits, ".", "_" and "-", at most 64`
    case "Sender":
      return `${JSON.stringify(refusal.from)} is no name that can send`
    case "Empty":
      return "the message is empty"
    case "Long":
      return `the message has ${refusal.length} characters, ${longestText} are allowed: put it in a file and send its path`
    case "Hops":
      return `this would be answer ${refusal.hop} in a row between sessions, ${mostHops} are allowed: a person is told`
    case "Rate":
      return refusal.of === "role"
        ? `${refusal.name} was sent ${mostPerRole} messages within a minute: try again later`
        : `${refusal.name} has sent ${mostPerSender} messages within a minute: try again later`
  }
}
