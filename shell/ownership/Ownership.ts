/**
 * The supervisor's lock on a state directory: one record, created exclusively, that names its owner. Safety does not
 * rest on it alone: the epoch in the store refuses the writes of whoever lost it.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { ProcessIdentity } from "../../core/execution/Process.ts"

/** What the lock file holds. */
export const LockRecord = Schema.Struct({
  /** Fresh for every acquisition. */
  owner: Schema.NonEmptyString,
  process: ProcessIdentity,
  /** Epoch milliseconds. */
  acquiredAt: Schema.Number
})
export type LockRecord = typeof LockRecord.Type

/** Whether the owner of a lock lives: Unknown when that can not be told (another host, an unreadable table). */
export interface Holder {
  readonly record: LockRecord
  readonly state: "Alive" | "Dead" | "Unknown"
}

/** Another owner lives, or it can not be proved that it does not. */
export class OwnershipRefused extends Data.TaggedError("OwnershipRefused")<{
  readonly path: string
  readonly why: "LiveOwner" | "OtherHost" | "Unprovable" | "Corrupt" | "Lost"
  readonly record: LockRecord | null
}> {
  override get message(): string {
    const who = this.record === null ? "" : ` (process ${this.record.process.pid} on ${this.record.process.host})`
    switch (this.why) {
      case "LiveOwner":
        return `another supervisor owns this state directory${who}: ${this.path}`
      case "OtherHost":
        return `a supervisor on another host owns this state directory${who}: ${this.path}`
      case "Unprovable":
        return `it can not be proved that the owner of this state directory is gone${who}: ${this.path}`
      case "Lost":
        return `the lock of this supervisor is gone or another's${who}: ${this.path}`
      case "Corrupt":
        return `the lock is damaged; remove it once you know that no supervisor runs: ${this.path}`
    }
  }
}

/** The lock could not be read or written at all. */
export class OwnershipUnavailable extends Data.TaggedError("OwnershipUnavailable")<{
  readonly operation: string
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the lock ${this.path} can not be used (${this.operation}): ${String(this.cause)}`
  }
}

export class Ownership extends Context.Tag("drover/Ownership")<
  Ownership,
  {
    /** Takes the lock; the scope's end releases it, if it still names this owner. */
    readonly acquire: Effect.Effect<LockRecord, OwnershipRefused | OwnershipUnavailable, Scope.Scope>
    /** Who has it now; none when nobody has. */
    readonly holder: Effect.Effect<Option.Option<Holder>, OwnershipUnavailable>
  }
>() {}
