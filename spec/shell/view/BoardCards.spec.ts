/** The cards of the board, by changes and all at once, over any history of tasks. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import { defaults } from "../../../core/policy/Policy.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { Wait } from "../../../core/tick/Wait.ts"
import { HeldTasks } from "../../../shell/metrics/HeldTasks.ts"
import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import { Store, type StoreService } from "../../../shell/store/Store.ts"
import * as BoardCards from "../../../shell/view/BoardCards.ts"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { someEvent } from "../store/Histories.ts"
import { changeOf, existing, inStage, newTask, submission } from "../store/World.ts"

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

const few = fc.integer({ min: 1, max: 9 })
const limits = fc.record({ ended: few, open: few, gone: few })

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
      ),
      { numRuns: 40 }
    )
  )
)

it.scoped("BRD-4 a card tells of what it waits for as that is now, also of one that was over, and is over again", () =>
  Effect.gen(function* () {
    const store = yield* submitted
    const board = yield* BoardCards.make(store, defaults)
    const move = (stage: Stage) =>
      Effect.gen(function* () {
        const [first] = yield* store.tasks({})
        yield* store.write(inStage(existing(first), stage))
      })
    yield* move({ _tag: "Abandoned", at: 1 })
    const stuck = yield* board.look(null)
    expect(JSON.parse(existing(stuck.cards[1]))).toMatchObject({ id: 2, stuck_on: 1, waiting: "waiting for #1" })
    yield* move({ _tag: "Done", at: 2, landing: { _tag: "NothingToMerge" }, verified: true })
    const free = yield* board.look(null)
    expect(JSON.parse(existing(free.cards[1]))).toMatchObject({ id: 2, stuck_on: null, waiting: null })
  }).pipe(Effect.provide(layerMemory))
)

it.scoped(
  "BRD-4 who may have missed that a card is gone is told all of them, and who has not is told what changed",
  () =>
    Effect.gen(function* () {
      const store = yield* submitted
      const board = yield* BoardCards.make(store, defaults, { ended: 9, open: 9, gone: 2 })
      const cursors = [(yield* board.look(null)).cursor]
      for (const task of yield* store.tasks({ limit: 3 })) {
        yield* store.write(inStage(task, { _tag: "Archived", at: 1, from: "Abandoned" }))
        cursors.push((yield* board.look(null)).cursor)
      }
      const looks = yield* Effect.forEach(cursors, (cursor) => board.look(cursor))
      expect(looks.map(({ gone, isWhole }) => [isWhole, gone])).toEqual([
        [true, []],
        [false, [2, 3]],
        [false, [3]],
        [false, []]
      ])
    }).pipe(Effect.provide(layerMemory))
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

it.scoped("BRD-5 no read of the board is a large one, and a look after a change reads what changed alone", () =>
  Effect.gen(function* () {
    const store = yield* Store
    const names = Array.from({ length: 170 }, (_, index) => `t${index}`)
    yield* store.submit(submission(names.map((name) => newTask(name))))
    let read: Array<number> = []
    const counted: StoreService = {
      ...store,
      tasks: (filter) => Effect.tap(store.tasks(filter), (found) => Effect.sync(() => void read.push(found.length)))
    }
    const board = yield* BoardCards.make(counted, defaults)
    const all = yield* board.look(null)
    expect([all.cards.length, Math.max(...read), read.reduce((sum, each) => sum + each, 0)]).toEqual([170, 50, 170])
    read = []
    expect((yield* board.look(null)).cards.length).toBe(170)
    expect(read).toEqual([])
    const [, second] = yield* store.tasks({ limit: 2 })
    yield* store.write(inStage(existing(second), { _tag: "Upcoming" }))
    const changed = yield* board.look(all.cursor)
    expect([changed.cards.map((text) => JSON.parse(text).id), read]).toEqual([[existing(second).id], [1]])
  }).pipe(Effect.provide(layerMemory))
)
