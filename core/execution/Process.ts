/**
 * The identity of an operating-system process: a pid alone names nobody, since pids are used again.
 */
import * as Schema from "effect/Schema"

export const ProcessIdentity = Schema.Struct({
  /** The machine; a pid means nothing elsewhere. */
  host: Schema.NonEmptyString,
  pid: Schema.Int.pipe(Schema.positive()),
  /** As the system prints it (clock ticks since boot on Linux); compared, never computed with. */
  startTime: Schema.NonEmptyString,
  bootId: Schema.NonEmptyString
})
export type ProcessIdentity = typeof ProcessIdentity.Type

/** Whether two identities are the same process of the same boot of the same machine. */
export const same = (a: ProcessIdentity, b: ProcessIdentity): boolean =>
  a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId && a.host === b.host
