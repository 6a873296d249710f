/**
 * What a claim in a message makes of the commitments: a new promise, one that is renewed, or none because there are too
 * many; and of a claim that something was done, whether that was seen.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { startOf } from "../agent/Excerpt.ts"
import { Instant } from "../task/Identifiers.ts"
import { type Commitment, type CommitmentId, isOpenAt, Key } from "./Commitment.ts"
import { isShown, type Rules, type Signal } from "./Evidence.ts"
import type { Policy } from "./Policy.ts"
import { step } from "./Step.ts"

type Tense = "future" | "completed"

/** What a classifier found in a message. */
export interface Claim<T extends Tense = Tense> {
  /** The lemma: `push`. */
  readonly verb: string
  readonly object?: string | undefined
  readonly tense: T
  /** Where it stands in the message, in UTF-16 units. */
  readonly span: readonly [start: number, end: number]
}

/** A claim where it was made. */
export interface Utterance<T extends Tense = Tense> {
  readonly claim: Claim<T>
  readonly message: string
  /** From topic, verb and object. */
  readonly key: string
  readonly topic: string
  readonly session: string | null
  readonly at: number
  /** The end of the time that was named with it, or null. */
  readonly deadline: number | null
}

export type Recorded =
  | { readonly _tag: "Opened"; readonly commitment: Commitment; readonly deduped: false }
  | { readonly _tag: "Refreshed"; readonly commitment: Commitment; readonly deduped: true }
  | { readonly _tag: "Refused"; readonly reason: "per-topic-cap" }

/** Characters of a saying that are kept. */
const maxText = 500

const wording = ({ claim, message }: Utterance): string => startOf(message.slice(...claim.span), maxText)

/** When one that was said then is over: so long after it is due. */
const expiry = ({ at, deadline }: Utterance, { expiryMs }: Policy): number => Math.max(at, deadline ?? at) + expiryMs

/**
 * Takes a promise down. An open one with its key is renewed; else it is a new one, with this id, unless the topic has
 * `perTopicCap` open ones. One whose time is over counts as over, whether that is recorded or not.
 */
export const record = (
  known: Iterable<Commitment>,
  said: Utterance<"future">,
  id: CommitmentId,
  policy: Policy
): Recorded => {
  const { at, claim, deadline, key, session, topic } = said
  const text = wording(said)
  const expiresAt = expiry(said, policy)
  let open = 0
  for (const commitment of known) {
    if (commitment.topic !== topic || !isOpenAt(commitment, at)) continue
    open += 1
    if (commitment.key !== key) continue
    const renewed = step(commitment, { _tag: "Restated", at, text, deadline, expiresAt })
    return { _tag: "Refreshed", commitment: Either.getOrElse(renewed, () => commitment), deduped: true }
  }
  if (open >= policy.perTopicCap) return { _tag: "Refused", reason: "per-topic-cap" }
  const commitment: Commitment = {
    id,
    key,
    topic,
    session,
    verb: claim.verb,
    object: claim.object ?? null,
    text,
    count: 1,
    openedAt: at,
    saidAt: at,
    expiresAt,
    deadline,
    state: { _tag: "Open", nudgedAt: null, escalatedAt: null, editedAt: null, passed: null }
  }
  return { _tag: "Opened", commitment, deduped: false }
}

/** A claim that something was done, which nothing in its turn shows. A signal; it closes nothing and holds nothing up. */
export const Unverified = Schema.Struct({
  key: Key,
  topic: Schema.String,
  session: Schema.NullOr(Schema.String),
  verb: Schema.NonEmptyString,
  object: Schema.NullOr(Schema.String),
  text: Schema.String,
  at: Instant
})
export type Unverified = typeof Unverified.Type

/** Compares a claim that something was done with what its session did in that turn; null: it was seen. */
export const verify = (said: Utterance<"completed">, turn: ReadonlyArray<Signal>, rules: Rules): Unverified | null => {
  const { at, claim, key, session, topic } = said
  const object = claim.object ?? null
  const own = turn.filter((signal) => signal.session === session && signal.at <= at)
  if (isShown(claim.verb, object, own, rules)) return null
  return { key, topic, session, verb: claim.verb, object, text: wording(said), at }
}
