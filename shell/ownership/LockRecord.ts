/**
 * What a lock holds: who owns it, in words that another process, version or machine can check.
 */
import * as Schema from "effect/Schema"
import { ProcessIdentity } from "../../core/execution/Process.ts"
import type { Held, Self } from "../../core/ownership/Lock.ts"

/** Left out by a record of a version that did not know it yet. */
const later = <A, I>(value: Schema.Schema<A, I>) => Schema.optionalWith(Schema.NullOr(value), { default: () => null })

export const LockRecord = Schema.Struct({
  /** Fresh for every acquisition. */
  owner: Schema.NonEmptyString,
  /** Its `host` is the machine's name. */
  process: ProcessIdentity,
  /** Epoch milliseconds. */
  acquiredAt: Schema.Finite,
  /** The machine's id, null where it has none. */
  hostId: later(Schema.NonEmptyString),
  /** The fencing epoch in the store, null until the owner has it. */
  epoch: later(Schema.Int),
  /** Epoch milliseconds of the owner's last sign of life. */
  heartbeatAt: later(Schema.Finite)
})
export type LockRecord = typeof LockRecord.Type

/** The record as core knows it. */
export const heldOf = ({ epoch, heartbeatAt, hostId, owner, process }: LockRecord): Held => ({
  _tag: "Held",
  owner,
  pid: process.pid,
  pidStart: process.startTime,
  bootId: process.bootId,
  hostId,
  hostname: process.host,
  epoch,
  heartbeatAt
})

/** The record of an acquisition that begins now, at `at` in epoch milliseconds. */
export const recordOf = (self: Self, at: number): LockRecord => ({
  owner: self.owner,
  process: { host: self.hostname, pid: self.pid, startTime: self.pidStart, bootId: self.bootId },
  acquiredAt: at,
  hostId: self.hostId,
  epoch: null,
  heartbeatAt: at
})
