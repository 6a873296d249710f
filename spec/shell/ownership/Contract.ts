/** What every implementation of ownership promises. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { expect } from "vitest"
import type { LockRecord, Ownership } from "../../../shell/ownership/Ownership.ts"

/** One lock, and what can happen to its owner. */
export interface World {
  /** A supervisor that comes to this lock. */
  readonly supervisor: Effect.Effect<Ownership["Type"]>
  readonly ownerDies: Effect.Effect<void>
  /** It can not be told any more whether the owner lives. */
  readonly ownerVanishes: Effect.Effect<void>
}

/** Takes the lock until the returned scope is closed. */
const own = (ownership: Ownership["Type"]) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
    const record: LockRecord = yield* Scope.extend(ownership.acquire, scope)
    return { record, release: Scope.close(scope, Exit.void) }
  })

const holderOf = (ownership: Ownership["Type"]) => Effect.map(ownership.holder, Option.getOrNull)

export const contract = (name: string, world: Effect.Effect<World, never, Scope.Scope>): void => {
  it.scoped(`EXE-12 ${name}: while one supervisor owns the lock another is refused, and told who owns it`, () =>
    Effect.gen(function* () {
      const { supervisor } = yield* world
      const [one, other] = [yield* supervisor, yield* supervisor]
      expect(yield* holderOf(other)).toBeNull()
      const { record } = yield* own(one)
      expect(yield* holderOf(other)).toEqual({ record, state: "Alive" })
      const refused = yield* Effect.flip(Effect.scoped(other.acquire))
      expect(refused).toMatchObject({ _tag: "OwnershipRefused", why: "LiveOwner", record })
      expect(refused.message).toContain(String(record.process.pid))
      expect(yield* holderOf(one)).toEqual({ record, state: "Alive" })
    })
  )

  it.scoped(`EXE-12 ${name}: what was released is taken anew, under a name that nobody had before`, () =>
    Effect.gen(function* () {
      const { supervisor } = yield* world
      const owners = new Set<string>()
      for (let round = 0; round < 5; round++) {
        const ownership = yield* supervisor
        const { record, release } = yield* own(ownership)
        owners.add(record.owner)
        yield* release
        expect(yield* holderOf(ownership)).toBeNull()
      }
      expect(owners.size).toBe(5)
    })
  )

  it.scoped(
    `EXE-12 ${name}: a dead owner is replaced, and when it wakes it does not take away what is not its own`,
    () =>
      Effect.gen(function* () {
        const { ownerDies, supervisor } = yield* world
        const first = yield* own(yield* supervisor)
        yield* ownerDies
        const ownership = yield* supervisor
        expect(yield* holderOf(ownership)).toEqual({ record: first.record, state: "Dead" })
        const second = yield* own(ownership)
        yield* first.release
        expect(yield* holderOf(ownership)).toEqual({ record: second.record, state: "Alive" })
      })
  )

  it.scoped(`EXE-12 ${name}: an owner of which nothing is known keeps the lock`, () =>
    Effect.gen(function* () {
      const { ownerVanishes, supervisor } = yield* world
      const { record } = yield* own(yield* supervisor)
      yield* ownerVanishes
      const ownership = yield* supervisor
      const refused = yield* Effect.flip(Effect.scoped(ownership.acquire))
      expect(["Unprovable", "OtherHost"]).toContain(refused._tag === "OwnershipRefused" ? refused.why : refused)
      expect(yield* holderOf(ownership)).toMatchObject({ record: { owner: record.owner }, state: "Unknown" })
    })
  )
}
