/** The overview against all tasks read one by one: what a person sees of many tasks is what there is. */
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import type { StageEvent } from "../../core/stage/StageEvent.ts"
import { encode } from "../../core/stage/Stage.ts"
import { isTerminal } from "../../core/stage/Projection.ts"
import type { Task } from "../../core/task/Task.ts"
import { Store } from "../../shell/store/Store.ts"
import { heldStages } from "../../shell/store/Encoded.ts"
import { someEvent } from "../shell/store/Histories.ts"
import { changeOf, move, stored } from "../shell/store/World.ts"
import type { Live } from "./Live.ts"

const ends: ReadonlyArray<StageEvent> = [
  { _tag: "Abandon", at: 100 },
  { _tag: "Archive", at: 200 }
]

const rank = ({ execution, stage }: Task): number =>
  execution._tag !== "Idle" ? 0 : heldStages.includes(encode(stage).stage) ? 1 : isTerminal(stage) ? 3 : 2

export const overview = (live: Live): void => {
  live("TCK-6 an overview counts every task that is not archived, and shows those at work and those held first", () =>
    Effect.gen(function* () {
      const store = yield* Store
      expect(yield* store.overview(5)).toEqual({ standings: [], tasks: [] })
      const tasks = yield* stored(...Array.from({ length: 30 }, (_, index) => `t${index}`))
      // One sample of them all: each sample begins with the same seed.
      const histories = fc.sample(fc.array(fc.nat(10_000), { maxLength: 12, size: "max" }), tasks.length)
      for (const [index, first] of tasks.entries()) {
        let task = first
        for (const choice of histories[index] ?? []) {
          const event = someEvent(task, choice)
          const change = event === null ? null : changeOf(task, [event])
          if (change === null) break
          yield* store.write(change)
          task = change.recorded.task
        }
      }
      // So far hardly any history comes.
      const over = yield* stored("over", "and over")
      for (const task of over) yield* store.write(move(task, ends))
      const all = (yield* store.tasks({})).filter(({ stage }) => stage._tag !== "Archived")
      const ordered = all.toSorted((a, b) => rank(a) - rank(b) || a.id - b.id)
      const counts = new Map<string, number>()
      for (const { execution, stage } of all) {
        const key = `${encode(stage).stage} ${execution._tag}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
      for (const limit of [0, 7, 100]) {
        const { standings, tasks: shown } = yield* store.overview(limit)
        expect(shown).toEqual(ordered.slice(0, limit))
        expect(new Map(standings.map(({ count, execution, stage }) => [`${stage} ${execution}`, count]))).toEqual(
          counts
        )
      }
    })
  )
}
