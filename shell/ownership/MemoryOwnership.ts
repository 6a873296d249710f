/**
 * The lock of a state directory that exists in memory alone: for specs and simulations of more than one supervisor.
 */
import { randomUUID } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Holder, type LockRecord, Ownership, OwnershipRefused } from "./Ownership.ts"

/** One lock, shared by every layer that is made of it. */
export class MemoryLock {
  #held: Holder | null = null
  #pid = 0

  get held(): Holder | null {
    return this.#held
  }

  /** What is known of the owner changes: a killed supervisor is Dead, one on another host Unknown. */
  see(state: Holder["state"]): void {
    if (this.#held !== null) this.#held = { ...this.#held, state }
  }

  take(acquiredAt: number): LockRecord | OwnershipRefused {
    if (this.#held !== null && this.#held.state !== "Dead") {
      const why = this.#held.state === "Alive" ? "LiveOwner" : "Unprovable"
      return new OwnershipRefused({ path: "memory", why, record: this.#held.record })
    }
    this.#pid += 1
    const process = { host: "memory", pid: this.#pid, startTime: String(this.#pid), bootId: "memory" }
    const record = { owner: randomUUID(), process, acquiredAt }
    this.#held = { record, state: "Alive" }
    return record
  }

  release(owner: string): void {
    if (this.#held?.record.owner === owner) this.#held = null
  }
}

export const layerMemory = (lock: MemoryLock): Layer.Layer<Ownership> =>
  Layer.succeed(Ownership, {
    acquire: Effect.acquireRelease(
      Effect.flatMap(Clock.currentTimeMillis, (at) => {
        const taken = lock.take(at)
        return taken instanceof OwnershipRefused ? Effect.fail(taken) : Effect.succeed(taken)
      }),
      ({ owner }) => Effect.sync(() => lock.release(owner))
    ),
    holder: Effect.sync(() => Option.fromNullable(lock.held))
  })
