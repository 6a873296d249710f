/** What is kept of those who need a person, in any store: one number an episode, who knows, and who was told. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { Delivery } from "../../core/attention/Outbox.ts"
import { Store } from "../../shell/store/Store.ts"
import { contradictions } from "../shell/store/World.ts"
import { type Live, supervised } from "./Live.ts"

const raise = (key: string) => ({ _tag: "Raise", key, text: `about ${key}` }) as const
const clear = (key: string) => ({ _tag: "Clear", key }) as const

const delivery = (item: number, channel: string, more: Partial<Delivery> = {}): Delivery => ({
  item,
  channel,
  state: "telling",
  tries: 1,
  failures: 0,
  at: 10,
  detail: null,
  ...more
})

export const attention = (live: Live): void => {
  live(
    "GRD-2 an acknowledged item stays open and known until its cause is gone; the next episode is another item",
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        yield* store.noteAttention(1, null, [raise("a"), raise("b")])
        const [a, b] = yield* store.attention
        if (a === undefined || b === undefined) return yield* Effect.dieMessage("two items were raised")
        expect([a.acknowledgedAt, b.acknowledgedAt]).toEqual([null, null])
        const { seq } = yield* store.open
        expect(yield* store.acknowledge([a.id, 999], 5)).toEqual([{ ...a, acknowledgedAt: 5 }])
        expect(yield* store.acknowledge([a.id], 6)).toEqual([{ ...a, acknowledgedAt: 5 }])
        expect(yield* store.attention).toEqual([{ ...a, acknowledgedAt: 5 }, b])
        // What is open is not raised again: it stays acknowledged.
        yield* store.noteAttention(7, null, [raise("a")])
        expect(yield* store.attention).toEqual([{ ...a, acknowledgedAt: 5 }, b])
        yield* store.noteAttention(8, null, [clear("a")])
        expect(yield* store.acknowledge([a.id], 9)).toEqual([])
        yield* store.noteAttention(9, null, [raise("a")])
        const [, again] = yield* store.attention
        expect(again).toMatchObject({ key: "a", raisedAt: 9, acknowledgedAt: null })
        expect(again?.id).toBeGreaterThan(b.id)
        expect((yield* store.events(seq, 10)).map(({ type }) => type)).toEqual([
          "attention.acknowledged",
          "attention.cleared",
          "attention.raised"
        ])
        expect(yield* contradictions).toEqual([])
      })
  )

  live("GRD-2 how an item was told is read as it was written last, channel by channel, as long as it is open", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const epoch = yield* supervised()
      yield* store.noteAttention(1, null, [raise("a"), raise("b")])
      const [a = 0, b = 0] = (yield* store.attention).map(({ id }) => id)
      expect(yield* store.deliveries).toEqual([])
      yield* store.noteDeliveries(epoch, [])
      const first = [delivery(b, "webhook"), delivery(a, "webhook"), delivery(a, "command")]
      yield* store.noteDeliveries(epoch, first)
      expect(yield* store.deliveries).toEqual([first[2], first[1], first[0]])
      const failed = delivery(a, "webhook", { state: "failed", failures: 1, at: 11, detail: 'it said "no" 漢' })
      const told = delivery(b, "webhook", { state: "told", at: 12.5 })
      const givenUp = delivery(a, "command", { state: "given-up", failures: 10, tries: 11 })
      yield* store.noteDeliveries(epoch, [failed, told, givenUp])
      expect(yield* store.deliveries).toEqual([givenUp, failed, told])
      yield* store.noteAttention(13, null, [clear("a")])
      expect(yield* store.deliveries).toEqual([told])
      yield* store.noteAttention(14, null, [raise("a")])
      expect(yield* store.deliveries).toEqual([told])
      expect(yield* contradictions).toEqual([])
    })
  )

  live("STO-1 a supervisor that was replaced notes nothing of what it tells", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const old = yield* supervised()
      yield* supervised()
      yield* store.noteAttention(1, null, [raise("a")])
      const [item] = yield* store.attention
      const refused = yield* Effect.flip(store.noteDeliveries(old, [delivery(item?.id ?? 0, "command")]))
      expect(refused).toMatchObject({ _tag: "Fenced", epoch: old, present: old + 1 })
      expect(yield* store.deliveries).toEqual([])
    })
  )
}
