/**
 * The supervisor's lock on a state directory: one record, created exclusively, that names its owner. Safety does not
 * rest on it alone: the epoch in the store refuses the writes of whoever lost it.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Healing, Verdict } from "../../core/ownership/Classify.ts"
import type { Lock } from "../../core/ownership/Lock.ts"
import type { LockRecord } from "./LockRecord.ts"
import type { OwnershipRefused, OwnershipUnavailable } from "./OwnershipError.ts"

/** Whether the owner of a lock lives: Unknown when that can not be told (another host, an unreadable table). */
export interface Holder {
  readonly record: LockRecord
  readonly state: "Alive" | "Dead" | "Unknown"
}

/** What taking the lock would come to. */
export interface Judgement {
  readonly lock: Lock["_tag"]
  readonly verdict: Verdict
  /** Null when there is no lock, or a damaged one. */
  readonly record: LockRecord | null
  /** Why it would be refused; null when it would be taken. */
  readonly refused: OwnershipRefused | null
}

/** The lock in the hands of its owner. */
export interface Owned {
  readonly record: LockRecord
  /** Says that the owner lives, if the lock still names it; refused as Lost if not, and then nothing is touched. */
  readonly heartbeat: (epoch: number) => Effect.Effect<void, OwnershipRefused | OwnershipUnavailable>
}

export class Ownership extends Context.Tag("drover/Ownership")<
  Ownership,
  {
    /** Takes the lock; the scope's end releases it, if it still names this owner. */
    readonly acquire: (healing: Healing) => Effect.Effect<Owned, OwnershipRefused | OwnershipUnavailable, Scope.Scope>
    /** What `acquire` would come to now. Nothing is changed. */
    readonly judge: (healing: Healing) => Effect.Effect<Judgement, OwnershipUnavailable>
    /** Who has it now; none when nobody has. Another host's processes are never looked for. */
    readonly holder: Effect.Effect<Option.Option<Holder>, OwnershipUnavailable>
  }
>() {}
