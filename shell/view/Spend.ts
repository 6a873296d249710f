/** What was spent within the last day, by hour and account: read once, and then kept up by the events since. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { loopTurn } from "../store/LoopTurn.ts"
import type { StoreError, StoreService } from "../store/Store.ts"

type Part = Effect.Effect.Success<ReturnType<StoreService["spendIn"]>>[number]

/** Events that are looked through in one turn of the loop. */
const eventsAtOnce = 2500
const dayMs = 24 * 60 * 60_000
export const hourMs = 60 * 60_000

/** Of the hours of a day that are not over; by hour, then by account. */
export const make = (store: StoreService): Effect.Effect<Effect.Effect<ReadonlyArray<Part>, StoreError>> =>
  Effect.gen(function* () {
    const alone = yield* Effect.makeSemaphore(1)
    const parts = new Map<string, Part>()
    let seq: number | null = null

    const add = (part: Part): void => {
      const key = `${part.hour} ${part.account}`
      const before = parts.get(key)
      parts.set(key, {
        ...part,
        nanoUsd: part.nanoUsd + (before?.nanoUsd ?? 0),
        attempts: part.attempts + (before?.attempts ?? 0),
        isUnknown: part.isUnknown || before?.isUnknown === true
      })
    }

    return alone.withPermits(1)(
      Effect.gen(function* () {
        const since = (yield* Clock.currentTimeMillis) - dayMs - hourMs
        const last = yield* store.lastEvent
        let from: number = seq ?? (yield* store.eventSince(since)) - 1
        while (from < last) {
          const to = Math.min(last, from + eventsAtOnce)
          for (const part of yield* store.spendIn({ from, to })) add(part)
          // What was added is not to be added again, should the next part not be readable.
          seq = from = to
          yield* loopTurn
        }
        seq = Math.max(from, seq ?? 0)
        for (const [key, { hour }] of parts) if (hour < since) parts.delete(key)
        return [...parts.values()].toSorted((a, b) => a.hour - b.hour || (a.account < b.account ? -1 : 1))
      })
    )
  })
