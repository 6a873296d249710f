/** What a supervisor is told that is to kill or to stop itself: by `DROVER_BOUNDARIES`, as JSON. */
import * as Schema from "effect/Schema"

export const Armed = Schema.Struct({
  seed: Schema.Int,
  signal: Schema.Literal("SIGKILL", "SIGSTOP"),
  /** The file that counts those signals at each place so far: an object of numbers. */
  counts: Schema.String,
  /** At that effect of that action, and at no other: what comes late would hardly be reached. */
  of: Schema.optional(Schema.String),
  /** At that effect, counted from 1, and at no other. */
  at: Schema.optional(Schema.Int),
  /** The file that it writes the place into. */
  note: Schema.String
})
export type Armed = typeof Armed.Type
export const ArmedFrom = Schema.parseJson(Armed)
