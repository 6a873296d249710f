/**
 * The numbers of commitments. A user's file may set them.
 */
import * as Schema from "effect/Schema"

const Milliseconds = Schema.Number.pipe(Schema.positive(), Schema.finite())

export const Policy = Schema.Struct({
  /** Open commitments of one topic. */
  perTopicCap: Schema.Int.pipe(Schema.positive()),
  /** How long one lives after it is due, or after it was said where no time was named. */
  expiryMs: Milliseconds,
  /** Whether a session that ended without keeping its word is resumed, once. */
  nudges: Schema.Boolean,
  /** How long a session that was nudged may stay unseen until a person is told. */
  nudgeGraceMs: Milliseconds
})
export type Policy = typeof Policy.Type

const minute = 60_000

export const defaults: Policy = {
  perTopicCap: 5,
  expiryMs: 6 * 60 * minute,
  nudges: true,
  nudgeGraceMs: 5 * minute
}
