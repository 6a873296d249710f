/** What a supervisor is told that is to kill itself: by `DROVER_BOUNDARIES`, as JSON. */
import * as Schema from "effect/Schema"

export const Armed = Schema.Struct({
  seed: Schema.Int,
  /** The file that counts the kills at each place so far: an object of numbers. */
  counts: Schema.String,
  /** To die at that effect, counted from 1, and at no other. */
  at: Schema.optional(Schema.Int),
  /** The file that it writes the place into. */
  note: Schema.String
})
export type Armed = typeof Armed.Type
export const ArmedFrom = Schema.parseJson(Armed)
