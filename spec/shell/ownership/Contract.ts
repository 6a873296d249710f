/** What every implementation of ownership promises. */
import { setImmediate } from "node:timers/promises"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import fc from "fast-check"
import { expect } from "vitest"
import { classify, type Healing, noHealing } from "../../../core/ownership/Classify.ts"
import { type Evidence, none } from "../../../core/ownership/Evidence.ts"
import type { Lock, Self } from "../../../core/ownership/Lock.ts"
import { heldOf, type LockRecord } from "../../../shell/ownership/LockRecord.ts"
import type { Ownership } from "../../../shell/ownership/Ownership.ts"
import type { Probes } from "../../../shell/ownership/Probes.ts"
import { filesystems, heartbeats, processes } from "../../core/ownership/Cases.ts"
import { Findings, recordOf, share } from "./Folder.ts"

/** One lock, as supervisors and a person with an editor see it. */
export interface World {
  readonly supervisor: (probes: Layer.Layer<Probes>) => Effect.Effect<Ownership["Type"]>
  readonly put: (content: LockRecord | "Corrupt") => Effect.Effect<void>
  /** What is there now: it is compared, never understood. */
  readonly content: Effect.Effect<unknown>
}

/** Takes the lock until the returned scope is closed. */
const own = (ownership: Ownership["Type"], healing: Healing = noHealing) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
    const owned = yield* Scope.extend(ownership.acquire(healing), scope)
    return { ...owned, release: Scope.close(scope, Exit.void) }
  })

const holderOf = (ownership: Ownership["Type"]) => Effect.map(ownership.holder, Option.getOrNull)

/** The verdict of core, and the findings that it asks for on the way. */
const expectedOf = (lock: Lock, self: Self, healing: Healing, all: Evidence) => {
  const asked: Array<keyof Evidence> = []
  let evidence = none
  for (;;) {
    const verdict = classify(lock, self, evidence, healing)
    if (verdict._tag !== "NeedsProbe") return { asked, verdict }
    asked.push(verdict.probe)
    evidence = { ...evidence, [verdict.probe]: all[verdict.probe] }
  }
}

/** Runs what waits for a clock that stands still, by moving it on until it is done. */
const patiently = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    for (;;) {
      const exit = yield* Fiber.poll(fiber)
      if (Option.isSome(exit)) return yield* exit.value
      yield* Effect.promise(() => setImmediate())
      yield* TestClock.adjust("10 millis")
    }
  })

export const contract = (name: string, makeWorld: Effect.Effect<World, never, Scope.Scope>): void => {
  const stage = Effect.map(makeWorld, (world) => {
    const findings = new Findings()
    const enter = (self?: Parameters<Findings["enter"]>[0]) => {
      const entered = findings.enter(self)
      return Effect.map(world.supervisor(entered.probes), (ownership) => ({ ...entered, ownership }))
    }
    return { ...world, findings, enter }
  })

  it.scoped(`EXE-12 ${name}: while one supervisor owns the lock another is refused, and told who owns it`, () =>
    Effect.gen(function* () {
      const { enter } = yield* stage
      const [one, other] = [(yield* enter()).ownership, (yield* enter()).ownership]
      expect(yield* holderOf(other)).toBeNull()
      const { record } = yield* own(one)
      expect(yield* holderOf(other)).toEqual({ record, state: "Alive" })
      const refused = yield* Effect.flip(Effect.scoped(other.acquire(noHealing)))
      expect(refused).toMatchObject({ _tag: "OwnershipRefused", why: "LiveOwner", record })
      expect(refused.message).toContain(String(record.process.pid))
      expect(yield* holderOf(one)).toEqual({ record, state: "Alive" })
    })
  )

  it.scoped(`EXE-12 ${name}: what was released is taken anew, under a name that nobody had before`, () =>
    Effect.gen(function* () {
      const { enter } = yield* stage
      const owners = new Set<string>()
      for (let round = 0; round < 5; round++) {
        const { ownership } = yield* enter()
        const { record, release } = yield* own(ownership)
        owners.add(record.owner)
        yield* release
        expect(yield* holderOf(ownership)).toBeNull()
      }
      expect(owners.size).toBe(5)
    })
  )

  it.scoped(`OWN-6 ${name}: a heartbeat says in the lock that its owner lives, and with which epoch`, () =>
    Effect.gen(function* () {
      const { enter } = yield* stage
      const { looker, ownership } = yield* enter()
      yield* TestClock.setTime(1000)
      const { heartbeat, record } = yield* own(ownership)
      expect(record).toMatchObject({ hostId: looker.hostId, epoch: null, acquiredAt: 1000, heartbeatAt: 1000 })
      for (const [at, epoch] of [
        [2000, 1],
        [3000, 1],
        [4_102_444_800_000, Number.MAX_SAFE_INTEGER],
        [5, 7]
      ] as const) {
        yield* TestClock.setTime(at)
        yield* heartbeat(epoch)
        expect(yield* holderOf(ownership)).toEqual({ record: { ...record, heartbeatAt: at, epoch }, state: "Alive" })
      }
    })
  )

  it.scoped(
    `OWN-6 ${name}: a replaced owner that wakes finds that it has lost, and touches nothing of its heir's`,
    () =>
      Effect.gen(function* () {
        const { content, enter, findings } = yield* stage
        const dead = yield* enter()
        const first = yield* own(dead.ownership)
        findings.dead.add(dead.looker.pid)
        const { ownership } = yield* enter()
        expect(yield* holderOf(ownership)).toEqual({ record: first.record, state: "Dead" })
        const second = yield* own(ownership)
        const before = yield* content
        expect(yield* patiently(Effect.flip(first.heartbeat(1)))).toMatchObject({
          why: "Lost",
          record: { owner: second.record.owner }
        })
        yield* first.release
        expect(yield* content).toEqual(before)
        expect(yield* holderOf(ownership)).toEqual({ record: second.record, state: "Alive" })
      })
  )

  it(`OWN-1 ${name}: taking a lock comes to what the table says, makes the looks it asks for, and a refusal leaves all as it is`, async () => {
    const found = fc.record({
      process: fc.constantFrom(...processes),
      heartbeat: fc.constantFrom(...heartbeats),
      filesystem: fc.constantFrom(...filesystems)
    })
    const given = fc.record({
      found,
      lock: fc.oneof(
        fc.constant("Corrupt" as const),
        fc
          .record({
            owner: fc.uuid(),
            hostname: fc.constantFrom("here", "renamed"),
            hostId: fc.constantFrom(null, "machine", "other"),
            heartbeatAt: fc.constantFrom(null, 1)
          })
          .map(({ heartbeatAt, hostId, hostname, owner }) =>
            recordOf(owner, { host: hostname }, { hostId, heartbeatAt })
          )
      ),
      ownId: fc.constantFrom(null, "machine"),
      healing: fc.record({ autoHeal: fc.boolean(), dryRun: fc.boolean() })
    })
    await fc.assert(
      fc.asyncProperty(given, ({ found, healing, lock, ownId }) =>
        Effect.gen(function* () {
          const { content, enter, findings, put } = yield* stage
          Object.assign(findings, found)
          yield* put(lock)
          const before = yield* content
          const { asked, looker, ownership } = yield* enter({ hostId: ownId })
          const seen = lock === "Corrupt" ? ({ _tag: "Corrupt" } as const) : heldOf(lock)
          const expected = expectedOf(seen, { ...looker, owner: "me" }, healing, found)
          const judged = yield* ownership.judge(healing)
          expect(judged).toMatchObject({ lock: seen._tag, verdict: expected.verdict })
          expect(asked).toEqual(expected.asked)
          expect(yield* content).toEqual(before)
          asked.length = 0
          const taken = yield* Effect.either(own(ownership, healing))
          expect(asked).toEqual(expected.asked)
          if (expected.verdict._tag === "Refuse" || expected.verdict._tag === "WouldHeal") {
            const why = expected.verdict._tag === "WouldHeal" ? "WouldHeal" : expected.verdict.reason._tag
            expect(taken).toMatchObject({ _tag: "Left", left: { _tag: "OwnershipRefused", why } })
            expect(judged.refused).toMatchObject({ why })
            expect(yield* content).toEqual(before)
          } else {
            expect(judged.refused).toBeNull()
            expect(taken).toMatchObject({ _tag: "Right", right: { record: { process: { pid: looker.pid } } } })
            expect(yield* holderOf(ownership)).toMatchObject({ record: { process: { pid: looker.pid } } })
          }
        }).pipe(Effect.scoped, Effect.runPromise)
      ),
      { numRuns: share(0.4) }
    )
  })

  it.scoped(`OWN-2 ${name}: who only asks for the holder of another host's lock looks for no process`, () =>
    Effect.gen(function* () {
      const { enter, findings, put } = yield* stage
      findings.process = "Dead"
      findings.heartbeat = "Stale"
      const record = recordOf("0".repeat(36), { host: "renamed" }, { hostId: null })
      yield* put(record)
      const { asked, ownership } = yield* enter()
      expect(yield* holderOf(ownership)).toEqual({ record, state: "Unknown" })
      expect(asked).toEqual([])
    })
  )

  it.scoped(`OWN-3 ${name}: a damaged lock has no holder that could be told`, () =>
    Effect.gen(function* () {
      const { enter, put } = yield* stage
      yield* put("Corrupt")
      const { ownership } = yield* enter()
      expect(yield* Effect.flip(ownership.holder)).toMatchObject({ _tag: "OwnershipUnavailable", operation: "read" })
    })
  )
}
