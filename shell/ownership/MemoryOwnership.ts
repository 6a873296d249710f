/**
 * The lock of a state directory that exists in memory alone: for specs and simulations of more than one supervisor.
 */
import { randomUUID } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Healing, noHealing } from "../../core/ownership/Classify.ts"
import type { Lock } from "../../core/ownership/Lock.ts"
import { identify, judge, stateOf } from "./Judge.ts"
import { heldOf, type LockRecord, recordOf } from "./LockRecord.ts"
import { Ownership } from "./Ownership.ts"
import { OwnershipRefused, OwnershipUnavailable, refusedBy } from "./OwnershipError.ts"
import { Probes } from "./Probes.ts"

const path = "memory"

/** One lock, shared by every layer that is made of it. It may be changed by hand, as a file may. */
export class MemoryLock {
  content: LockRecord | "Corrupt" | null = null

  get lock(): Lock {
    if (this.content === null) return { _tag: "Absent" }
    return this.content === "Corrupt" ? { _tag: "Corrupt" } : heldOf(this.content)
  }

  get record(): LockRecord | null {
    return this.content === "Corrupt" ? null : this.content
  }

  /** Its record, if that is still the owner's. */
  of(owner: string): LockRecord | null {
    return this.record?.owner === owner ? this.record : null
  }
}

const make = (memory: MemoryLock) =>
  Effect.gen(function* () {
    const probes = yield* Probes

    const self = (owner: string) => identify(probes, owner, path)

    const judgement = (owner: string, healing: Healing) =>
      Effect.gen(function* () {
        const { lock, record } = memory
        const verdict = yield* judge(probes, lock, yield* self(owner), healing)
        return {
          lock: lock._tag,
          verdict,
          record,
          refused: refusedBy(verdict, { path, record, at: yield* Clock.currentTimeMillis })
        }
      })

    const take = (record: LockRecord, healing: Healing): Effect.Effect<void, OwnershipRefused | OwnershipUnavailable> =>
      Effect.gen(function* () {
        const observed = memory.content
        const { refused } = yield* judgement(record.owner, healing)
        if (refused !== null) return yield* refused
        if (memory.content !== observed) return yield* take(record, healing)
        memory.content = record
      })

    const heartbeat = (owner: string) => (epoch: number) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) => {
        const record = memory.of(owner)
        if (record === null) {
          return new OwnershipRefused({ path, reason: { _tag: "Lost" }, record: memory.record, at })
        }
        memory.content = { ...record, epoch, heartbeatAt: at }
        return Effect.void
      })

    const acquire = (healing: Healing) =>
      Effect.acquireRelease(
        Effect.gen(function* () {
          const record = recordOf(yield* self(randomUUID()), yield* Clock.currentTimeMillis)
          yield* take(record, healing)
          return { record, heartbeat: heartbeat(record.owner) }
        }),
        ({ record: { owner } }) =>
          Effect.sync(() => {
            if (memory.of(owner) !== null) memory.content = null
          })
      )

    const holder = Effect.gen(function* () {
      if (memory.content === "Corrupt") {
        return yield* new OwnershipUnavailable({ operation: "read", path, cause: "it holds no lock record" })
      }
      const { record, verdict } = yield* judgement("", noHealing)
      return Option.map(Option.fromNullable(record), (found) => ({ record: found, state: stateOf(verdict) }))
    })

    return { acquire, judge: (healing: Healing) => judgement("", healing), holder }
  })

export const layerMemory = (lock: MemoryLock): Layer.Layer<Ownership, never, Probes> =>
  Layer.effect(Ownership, make(lock))
