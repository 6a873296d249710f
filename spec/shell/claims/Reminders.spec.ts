/** Of what a session is reminded that somebody resumes, by its last words and by what has become of them. */
import { it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import * as Book from "../../../core/commitment/Book.ts"
import { CommitmentId, status } from "../../../core/commitment/Commitment.ts"
import * as Observe from "../../../shell/claims/Observe.ts"
import * as Reminders from "../../../shell/claims/Reminders.ts"
import * as Settle from "../../../shell/claims/Settle.ts"
import * as ClaimTable from "../../../shell/config/ClaimTable.ts"
import * as MemoryStore from "../../../shell/store/MemoryStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import { configured } from "../supervisor/World.ts"

const services = Layer.merge(
  MemoryStore.layerMemory,
  configured({ claims: { ...ClaimTable.defaults, isEnabled: true } })
)
const session = "s"
const lastMessage = "Done. I'll push it."

const observe = Observe.observe({ message: lastMessage, topic: session, session })
const listed = Effect.flatMap(Store, (store) =>
  Effect.map(store.commitments(9), (all) => all.map((each) => `${each.verb} ${status(each)} ${each.count}`))
)
/** The session is resumed now, so long after it ended. */
const resumed = (agoMs: number) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => Reminders.of({ session, lastMessage, at: now - agoMs }))

it.effect("CLM-6 what a person has withdrawn, or seen done, since it was said is neither opened again nor quoted", () =>
  Effect.gen(function* () {
    for (const [how, count] of [
      ["withdraw", 1],
      ["deliver", 2]
    ] as const) {
      yield* observe
      yield* TestClock.adjust("10 seconds")
      yield* Settle.settle({ how, id: count, note: null })
      yield* TestClock.adjust("1 minute")
      expect(yield* resumed(70_000)).toEqual([])
      yield* TestClock.adjust("1 hour")
    }
    expect(yield* listed).toEqual(["push withdrawn 1", "push delivered 1"])
    // Long after that it is promised anew, and nobody has told it but the agent's own words.
    expect(yield* resumed(0)).toHaveLength(1)
    expect(yield* listed).toEqual(["push withdrawn 1", "push delivered 1", "push open 1"])
  }).pipe(Effect.provide(services))
)

it.effect("CLM-5 a saying counts once, whoever tells it first: the hook, or whoever resumes the session", () =>
  Effect.gen(function* () {
    yield* observe
    yield* TestClock.adjust("1 second")
    expect(yield* resumed(0)).toHaveLength(1)
    expect(yield* listed).toEqual(["push open 1"])
    yield* Settle.settle({ how: "deliver", id: 1, note: null })
    yield* TestClock.adjust("1 hour")
    expect(yield* resumed(-1000)).toHaveLength(1)
    yield* observe
    expect(yield* listed).toEqual(["push delivered 1", "push open 1"])
  }).pipe(Effect.provide(services))
)

it.effect(
  "CLM-8 whoever resumes it again quotes it again until a person is asked, and when it was first quoted stays noted",
  () =>
    Effect.gen(function* () {
      const store = yield* Store
      const nudgedAt = Effect.map(store.commitments(0), (all) =>
        all.map(({ state }) => "nudgedAt" in state && state.nudgedAt)
      )
      const first = yield* resumed(0)
      expect(first).toHaveLength(1)
      const noted = yield* nudgedAt
      yield* TestClock.adjust("1 minute")
      expect(yield* resumed(0)).toEqual(first)
      expect(yield* nudgedAt).toEqual(noted)
      const at = yield* Clock.currentTimeMillis
      yield* store.amendCommitments({ at, ids: [1] }, (found) => ({
        commitments: Book.happen(found, CommitmentId.make(1), { _tag: "Escalated", at }).commitments,
        unverified: [],
        cursor: null,
        answer: null
      }))
      expect(yield* resumed(0)).toEqual([])
    }).pipe(Effect.provide(services))
)
