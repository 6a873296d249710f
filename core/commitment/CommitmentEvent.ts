/**
 * What can happen to a commitment.
 */
import * as Schema from "effect/Schema"
import { Instant } from "../task/Identifiers.ts"
import { Evidence } from "./Commitment.ts"

const event = Schema.TaggedStruct
/** The same was promised again. `deadline` null: no time was named, what was named before still holds. */
const Restated = event("Restated", {
  at: Instant,
  text: Schema.String,
  deadline: Schema.NullOr(Instant),
  expiresAt: Instant
})
/** It was done. */
const Proved = event("Proved", { evidence: Evidence })
/** Something of a fix was seen: an edit, a test that passed. */
const Progressed = event("Progressed", { editedAt: Schema.NullOr(Instant), passed: Schema.NullOr(Evidence) })
/** A person says it is done. */
const Deliver = event("Deliver", { at: Instant, note: Schema.NullOr(Schema.String) })
const Withdraw = event("Withdraw", { at: Instant, reason: Schema.NullOr(Schema.String) })
/** Recorded before the session is resumed; it is nudged from the first time on. */
const Nudged = event("Nudged", { at: Instant })
const Escalated = event("Escalated", { at: Instant })
const Break = event("Break", { at: Instant })
const Expire = event("Expire", { at: Instant })

export const CommitmentEvent = Schema.Union(
  Restated,
  Proved,
  Progressed,
  Deliver,
  Withdraw,
  Nudged,
  Escalated,
  Break,
  Expire
)
export type CommitmentEvent = typeof CommitmentEvent.Type
export type Tag = CommitmentEvent["_tag"]
/** The event with that tag. */
export type Of<T extends Tag> = Extract<CommitmentEvent, { readonly _tag: T }>
