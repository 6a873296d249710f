/**
 * The ten words for how a guard stands, in the order in which they are tried: the first that holds wins.
 */
import * as Schema from "effect/Schema"

export const Posture = Schema.Literal(
  /** Its status could not be asked for. */
  "errored",
  /** It is on, and nobody registered it. */
  "missing",
  /** It is on and was on since the start, and says that it is off. */
  "off-runtime-divergent",
  /** The configuration changed after the start, so that what runs is not what is written. */
  "diverged-pending-restart",
  "off",
  /** It says what it would do, and does nothing. */
  "on-dry-run",
  /** Its last tick is older than five of its cadences. */
  "on-stale",
  /** It runs, and can not see. */
  "on-blind",
  "on-confirmed",
  /** It should be on, and nothing contradicts it yet. */
  "on-unverified"
)
export type Posture = typeof Posture.Type

const failing: ReadonlySet<Posture> = new Set([
  "errored",
  "missing",
  "off-runtime-divergent",
  "diverged-pending-restart",
  "off",
  "on-stale"
])

/** Whether a guard that stands so protects nobody, or will not after the next start. */
export const isFailing = (posture: Posture): boolean => failing.has(posture)
