/** What was spent within a day, kept up by events, against all of it at once. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import { Store, type StoreService, StoreUnavailable } from "../../../shell/store/Store.ts"
import * as Spend from "../../../shell/view/Spend.ts"
import { attemptOf, beside, existing, stored } from "../store/World.ts"

it.effect(
  "BRD-5 each attempt is counted once, in its hour, however often it is asked; after a day it is out of sight",
  () =>
    Effect.gen(function* () {
      const store = yield* Store
      const [task] = yield* stored("one")
      const spend = yield* Spend.make(store)
      expect(yield* spend).toEqual([])
      let number = 0
      const ended = (costUsd: number, at: number) => {
        const record = attemptOf(existing(task), ++number, { outcome: "Clean", endedAt: at })
        const attempt = { ...record, progress: { ...record.progress, costUsd } }
        return store.write(beside(existing(task), { at, attempt: { record: attempt, phase: "ended" } }))
      }
      const part = (hours: number, usd: number, attempts: number) => ({
        hour: hours * Spend.hourMs,
        account: "tool",
        nanoUsd: usd * 1e9,
        attempts,
        isUnknown: false
      })
      yield* ended(0.5, 1)
      yield* ended(0.25, Spend.hourMs - 1)
      expect(yield* spend).toEqual([part(0, 0.75, 2)])
      yield* ended(1, Spend.hourMs)
      expect(yield* spend).toEqual([part(0, 0.75, 2), part(1, 1, 1)])
      expect(yield* spend).toEqual([part(0, 0.75, 2), part(1, 1, 1)])
      // Who asks for the first time is told the same.
      expect(yield* yield* Spend.make(store)).toEqual([part(0, 0.75, 2), part(1, 1, 1)])
      yield* TestClock.setTime(26 * Spend.hourMs)
      expect(yield* spend).toEqual([part(1, 1, 1)])
      expect(yield* yield* Spend.make(store)).toEqual([part(1, 1, 1)])
    }).pipe(Effect.provide(layerMemory))
)

it.effect("BRD-5 what was counted before the store failed is not counted again", () =>
  Effect.gen(function* () {
    const store = yield* Store
    let fails = true
    const part = { hour: 0, account: "tool", nanoUsd: 1, attempts: 1, isUnknown: false }
    const failing: StoreService = {
      ...store,
      eventSince: () => Effect.succeed(1),
      lastEvent: Effect.succeed(6000),
      spendIn: ({ from }) =>
        Effect.suspend(() =>
          fails && from > 0
            ? new StoreUnavailable({ operation: "add", reason: "Locked", path: "", cause: null })
            : Effect.succeed([part])
        )
    }
    const spend = yield* Spend.make(failing)
    expect((yield* Effect.either(spend))._tag).toBe("Left")
    fails = false
    expect(yield* spend).toEqual([{ ...part, nanoUsd: 3, attempts: 3 }])
  }).pipe(Effect.provide(layerMemory))
)
