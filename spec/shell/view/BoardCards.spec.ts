/** The cards of the board, by changes and all at once, over any history of tasks. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import { defaults } from "../../../core/policy/Policy.ts"
import type { Wait } from "../../../core/tick/Wait.ts"
import { HeldTasks } from "../../../shell/metrics/HeldTasks.ts"
import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import * as BoardCards from "../../../shell/view/BoardCards.ts"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { someEvent } from "../store/Histories.ts"
import { changeOf, existing, newTask, submission } from "../store/World.ts"

interface Kept {
  cursor: string | null
  readonly cards: Map<number, string>
}

/** Has what a client has that keeps up with changes. */
const keepUp = (kept: Kept, look: BoardCards.Look): void => {
  kept.cursor = look.cursor
  if (look.isWhole) kept.cards.clear()
  for (const id of look.gone) kept.cards.delete(id)
  for (const text of look.cards) kept.cards.set(Number(JSON.parse(text).id), text)
}

const inOrder = ({ cards }: Kept): ReadonlyArray<string> =>
  [...cards].toSorted(([a], [b]) => a - b).map(([, text]) => text)

const names = ["a", "b", "c", "d", "e", "f"]

/** Some events of some tasks between two looks. */
const histories = fc.array(fc.array(fc.record({ task: fc.nat(5), choice: fc.nat(40) }), { maxLength: 6 }), {
  minLength: 1,
  maxLength: 8
})

const limits = fc.record({ ended: fc.integer({ min: 1, max: 9 }), open: fc.integer({ min: 1, max: 9 }) })

const submitted = Effect.gen(function* () {
  const store = yield* Store
  const tasks = names.map((name, index) => newTask(name, index === 0 ? [] : [existing(names[index - 1])]))
  yield* store.submit(submission(tasks))
  return store
})

/** Long enough for everything to be looked at anew. */
const later = TestClock.adjust("10 seconds")

it.effect("BRD-4 whoever keeps up with changes has the cards of whoever asks for all, after any history", () =>
  Effect.promise(() =>
    fc.assert(
      fc.asyncProperty(histories, limits, async (history, limit) =>
        Effect.runPromise(
          Effect.gen(function* () {
            const store = yield* submitted
            const board = yield* BoardCards.make(store, defaults, limit)
            const kept: Kept = { cursor: null, cards: new Map() }
            keepUp(kept, yield* board.look(null))
            for (const [step, moves] of history.entries()) {
              for (const { choice, task: index } of moves) {
                const task = existing((yield* store.tasks({}))[index])
                const event = someEvent(task, choice)
                const change = event === null ? null : changeOf(task, [event], { at: 3000 + step })
                if (change !== null) yield* store.write(change)
              }
              const before = kept.cursor
              keepUp(kept, yield* board.look(before))
              // Another board over the same store, which has seen nothing of it.
              const fresh = yield* (yield* BoardCards.make(store, defaults, limit)).look(null)
              const own = yield* board.look(null)
              expect(inOrder(kept)).toEqual(own.cards)
              expect(own.isWhole).toBe(true)
              const tasks = yield* store.tasks({ pipelines: ["backlog", "coding", "qa", "merge", "done", "closed"] })
              expect(own.cards.length + own.leftOut).toBe(tasks.length)
              // Which of those that have ended are left out is a matter of what was seen.
              if (own.leftOut === 0) expect(own.cards).toEqual(fresh.cards)
              const unchanged = yield* board.look(own.cursor)
              expect([unchanged.cards, unchanged.gone, unchanged.isWhole]).toEqual([[], [], false])
            }
          }).pipe(Effect.scoped, Effect.provide(layerMemory), Effect.provide(TestContext.TestContext))
        )
      )
    )
  )
)

it.scoped(
  "BRD-4 a reason that a supervisor knows is on the card, and one that changes without an event comes too",
  () =>
    Effect.gen(function* () {
      const store = yield* submitted
      const held = yield* HeldTasks
      const [first] = yield* store.tasks({})
      const task = existing(first)
      let wait: Wait = { _tag: "Slots", held: 4, limit: 4 }
      yield* held.register({ waiting: () => [[task, wait]], unprovable: () => [], live: () => 0 })
      const board = yield* BoardCards.make(store, defaults)
      const all = yield* board.look(null)
      expect(JSON.parse(existing(all.cards[0]))).toMatchObject({
        id: 1,
        waiting: "waiting: 4 of 4 running",
        state: "PENDING"
      })
      wait = { _tag: "Slots", held: 3, limit: 4 }
      yield* later
      const changed = yield* board.look(all.cursor)
      expect(changed.cards.map((text) => JSON.parse(text).waiting)).toEqual(["waiting: 3 of 4 running"])
      expect((yield* board.look(changed.cursor)).cards).toEqual([])
    }).pipe(Effect.provide(layerMemory))
)

it.scoped("BRD-4 a cursor that nobody knows is answered with all there is", () =>
  Effect.gen(function* () {
    const store = yield* submitted
    const board = yield* BoardCards.make(store, defaults)
    const { cards, cursor } = yield* board.look(null)
    const other = (yield* (yield* BoardCards.make(store, defaults)).look(null)).cursor
    for (const since of ["", "x", other, `${cursor}9`, cursor.replace(/\..*/, ".0"), cursor.replace(/\..*/, ".-1")]) {
      const look = yield* board.look(since)
      expect([since, look.isWhole, look.cards]).toEqual([since, true, cards])
    }
    // What nobody asks for is forgotten, and told whole again.
    yield* TestClock.adjust("20 minutes")
    expect((yield* board.look(cursor)).isWhole).toBe(true)
  }).pipe(Effect.provide(layerMemory))
)
