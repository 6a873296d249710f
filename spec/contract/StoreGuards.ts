/** What a look at the guards writes, in any store: rows, events and attention together, by the present supervisor alone. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { Noted } from "../../core/guard/Survey.ts"
import { Store } from "../../shell/store/Store.ts"
import { contradictions } from "../shell/store/World.ts"
import { type Live, supervised } from "./Live.ts"

const noteOf = (key: string, more: Partial<Noted> = {}): Noted => ({
  key,
  posture: "on-confirmed",
  reason: "it runs",
  isOn: true,
  override: null,
  since: 5,
  at: 7,
  ...more
})

const off = noteOf("inactivity", {
  posture: "off",
  isOn: false,
  override: { owner: "Ada 漢", reason: 'it is "slow"', until: 1.5 }
})

export const guards = (live: Live): void => {
  live("GRD-2 what a look wrote of every guard is read again as it was, the newer in place of the older", () =>
    Effect.gen(function* () {
      const store = yield* Store
      expect(yield* store.guards).toEqual([])
      const epoch = yield* supervised()
      const nothingElse = { changed: [], attention: [] }
      yield* store.noteGuards(epoch, 7, { notes: [noteOf("lock"), off], ...nothingElse })
      expect(yield* store.guards).toEqual([off, noteOf("lock")])
      const later = noteOf("lock", { posture: "on-stale", reason: "no tick", since: 8, at: 9 })
      yield* store.noteGuards(epoch, 9, { notes: [later, noteOf("a")], ...nothingElse })
      expect(yield* store.guards).toEqual([noteOf("a"), off, later])
      yield* store.noteGuards(epoch, 9, { notes: [], ...nothingElse })
      expect(yield* store.guards).toEqual([noteOf("a"), off, later])
    })
  )

  live("GRD-2 a posture that changed is an event, and the attention that follows is raised and cleared with it", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const epoch = yield* supervised()
      const raise = { _tag: "Raise", key: "guard:lock", text: "the guard lock is missing" } as const
      yield* store.noteGuards(epoch, 1000, {
        notes: [noteOf("lock")],
        changed: [
          { guard: "lock", from: null, to: "missing", reason: "nobody" },
          { guard: "inactivity", from: "off", to: "on-confirmed", reason: "it runs" }
        ],
        attention: [raise]
      })
      expect(yield* store.attention).toMatchObject([
        { key: "guard:lock", task: null, text: raise.text, raisedAt: 1000 }
      ])
      yield* store.noteGuards(epoch, 2000, {
        notes: [],
        changed: [],
        attention: [raise, { _tag: "Clear", key: "guard:lock" }]
      })
      expect(yield* store.attention).toEqual([])
      const at = "1970-01-01T00:00:01.000Z"
      expect(yield* store.events(1, 10)).toEqual([
        { v: 1, seq: 2, type: "guard.changed", at, guard: "lock", from: null, to: "missing", reason: "nobody" },
        {
          v: 1,
          seq: 3,
          type: "guard.changed",
          at,
          guard: "inactivity",
          from: "off",
          to: "on-confirmed",
          reason: "it runs"
        },
        { v: 1, seq: 4, type: "attention.raised", at, task_id: null, key: "guard:lock", text: raise.text },
        { v: 1, seq: 5, type: "attention.cleared", at: "1970-01-01T00:00:02.000Z", task_id: null, key: "guard:lock" }
      ])
      expect(yield* contradictions).toEqual([])
    })
  )

  live("STO-1 a supervisor that was replaced notes nothing of its guards", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const old = yield* supervised()
      yield* supervised()
      const { seq } = yield* store.open
      const refused = yield* Effect.flip(
        store.noteGuards(old, 1, {
          notes: [off],
          changed: [{ guard: "lock", from: null, to: "off", reason: "r" }],
          attention: [{ _tag: "Raise", key: "guard:lock", text: "t" }]
        })
      )
      expect(refused).toMatchObject({ _tag: "Fenced", epoch: old, present: old + 1 })
      expect(yield* store.guards).toEqual([])
      expect(yield* store.attention).toEqual([])
      expect((yield* store.open).seq).toBe(seq)
    })
  )
}
