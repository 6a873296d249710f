/**
 * A promise of an agent ("I'll push it now"), tracked until it is kept, taken back, or over.
 *
 * ```
 * Open ─ Proved, Progressed, Deliver ─▶ Delivered
 *      ─ Withdraw ─▶ Withdrawn
 *      ─ Break ─▶ Broken
 *      ─ Expire ─▶ Expired
 * ```
 *
 * What has ended stays as it ended (CLM-6).
 */
import * as Schema from "effect/Schema"
import { Instant } from "../task/Identifiers.ts"

/** A positive integer that is never given to another commitment. */
export const CommitmentId = Schema.Int.pipe(Schema.positive(), Schema.brand("CommitmentId"))
export type CommitmentId = typeof CommitmentId.Type

/** The same for every way to promise the same: it comes from topic, verb and object alone. */
export const Key = Schema.String.pipe(Schema.pattern(/^actionclaim:[0-9a-f]{16}$/))

/** What was seen and when: one line, a command as the hook event keeps it, or the title of a verifier. */
export const Evidence = Schema.Struct({ at: Instant, what: Schema.String })
export type Evidence = typeof Evidence.Type

export const Open = Schema.TaggedStruct("Open", {
  /** When the session was first resumed with a reminder of it. */
  nudgedAt: Schema.NullOr(Instant),
  /** When a person was told. */
  escalatedAt: Schema.NullOr(Instant),
  /** The first edit since it was said last: half of what proves a fix. */
  editedAt: Schema.NullOr(Instant),
  /** The last test or verifier that passed since then: the other half. */
  passed: Schema.NullOr(Evidence)
})
/** By evidence, or because a person said so. */
export const Delivered = Schema.TaggedStruct("Delivered", {
  at: Instant,
  by: Schema.Union(
    Schema.TaggedStruct("Evidence", { evidence: Evidence }),
    Schema.TaggedStruct("Person", { note: Schema.NullOr(Schema.String) })
  )
})
export const Withdrawn = Schema.TaggedStruct("Withdrawn", { at: Instant, reason: Schema.NullOr(Schema.String) })
/** Nobody kept it, and nobody waits for it any more. */
export const Expired = Schema.TaggedStruct("Expired", { at: Instant })
/** The session ended, and no evidence came by the deadline. */
export const Broken = Schema.TaggedStruct("Broken", { at: Instant, deadline: Instant })

export const State = Schema.Union(Open, Delivered, Withdrawn, Expired, Broken)
export type State = typeof State.Type
export type Tag = State["_tag"]
/** The state with that tag. */
export type Of<T extends Tag> = Extract<State, { readonly _tag: T }>

export const Commitment = Schema.Struct({
  id: CommitmentId,
  key: Key,
  /** The conversation it was said in. */
  topic: Schema.String,
  /** The session that said it; without one nothing can be evidence, and nobody can be nudged. */
  session: Schema.NullOr(Schema.String),
  /** The lemma: `push`. */
  verb: Schema.NonEmptyString,
  object: Schema.NullOr(Schema.String),
  /** How it was said last, word for word; cut to 500 characters. */
  text: Schema.String,
  /** How often it was said. */
  count: Schema.Int.pipe(Schema.positive()),
  openedAt: Instant,
  /** When it was said last: evidence must be later. */
  saidAt: Instant,
  expiresAt: Instant,
  /** Until when it was promised; null where no time was named. */
  deadline: Schema.NullOr(Instant),
  state: State
})
export type Commitment = typeof Commitment.Type

/** A commitment in one of these states. */
export type In<T extends Tag> = Commitment & { readonly state: Of<T> }

export type Status = "open" | "delivered" | "withdrawn" | "expired" | "broken"

const statuses: { readonly [T in Tag]: Status } = {
  Open: "open",
  Delivered: "delivered",
  Withdrawn: "withdrawn",
  Expired: "expired",
  Broken: "broken"
}

/** The word for it, in listings and in the interface. */
export const status = ({ state }: Commitment): Status => statuses[state._tag]

/** What showed that it was done, or what a person noted; null where nothing is said. */
export const detail = ({ state }: Commitment): string | null => {
  switch (state._tag) {
    case "Delivered":
      return state.by._tag === "Evidence" ? state.by.evidence.what : state.by.note
    case "Withdrawn":
      return state.reason
    default:
      return null
  }
}

/** When it ended; null while it is open. */
export const endedAt = ({ state }: Commitment): number | null => (state._tag === "Open" ? null : state.at)

export const isIn = <T extends Tag>(commitment: Commitment, tag: T): commitment is In<T> =>
  commitment.state._tag === tag

/** Whether it still counts at that moment: it is open, and its time is not over, recorded or not. */
export const isOpenAt = (commitment: Commitment, at: number): commitment is In<"Open"> =>
  isIn(commitment, "Open") && at < commitment.expiresAt
