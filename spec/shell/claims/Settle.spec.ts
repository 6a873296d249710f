/** A person's word on a promise that nobody can keep any more. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import * as FollowThrough from "../../../shell/claims/FollowThrough.ts"
import * as Observe from "../../../shell/claims/Observe.ts"
import * as Settle from "../../../shell/claims/Settle.ts"
import { remedy } from "../../../shell/attention/NextCommand.ts"
import * as ClaimTable from "../../../shell/config/ClaimTable.ts"
import * as MemoryStore from "../../../shell/store/MemoryStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import { configured } from "../supervisor/World.ts"

const services = Layer.merge(
  MemoryStore.layerMemory,
  configured({ claims: { ...ClaimTable.defaults, isEnabled: true } })
)

const keys = Effect.flatMap(Store, (store) => Effect.map(store.attention, (items) => items.map(({ key }) => key)))

for (const how of ["deliver", "withdraw"] as const) {
  it.effect(`CLM-8 ${how} is an answer to what a broken promise asks, and leaves it broken`, () =>
    Effect.gen(function* () {
      const store = yield* Store
      const session = "s"
      yield* Observe.observe({ message: "I'll push it in 5 minutes.", topic: session, session })
      const end = { hook: "SessionEnd", sessionId: session, toolName: null, toolUseId: null, cwd: null, payload: "{}" }
      yield* store.keepHookEvents([{ event: { ...end, hook: "SessionEnd" }, at: 1, source: null }])
      yield* TestClock.adjust("10 minutes")
      const follow = yield* FollowThrough.make
      yield* follow
      yield* follow
      expect((yield* store.commitments(1)).map(({ state }) => state._tag)).toEqual(["Broken"])
      expect(yield* keys).toEqual(["commitment:1"])
      // What a person is told to type.
      expect(remedy("commitment:1", null)).toContain(how)
      const settled = yield* Settle.settle({ how, id: 1, note: null })
      expect(settled).toMatchObject({ _tag: "Answered", commitment: { id: 1, state: { _tag: "Broken" } } })
      expect(yield* keys).toEqual([])
      expect((yield* store.commitments(1)).map(({ state }) => state._tag)).toEqual(["Broken"])
    }).pipe(Effect.provide(services))
  )
}

it.effect("CLM-6 one that was delivered or withdrawn refuses a second word", () =>
  Effect.gen(function* () {
    yield* Observe.observe({ message: "I'll push it.", topic: "t", session: null })
    expect(yield* Settle.settle({ how: "deliver", id: 1, note: null })).toMatchObject({ _tag: "Settled" })
    expect(yield* Settle.settle({ how: "withdraw", id: 1, note: null })).toMatchObject({ _tag: "Refused" })
    expect(yield* Settle.settle({ how: "withdraw", id: 2, note: null })).toEqual({ _tag: "Missing" })
  }).pipe(Effect.provide(services))
)
