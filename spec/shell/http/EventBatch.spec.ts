import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect, it } from "vitest"
import * as HookEvent from "../../../core/hook/HookEvent.ts"
import { turn } from "../../../shell/hooks/InTurns.ts"
import * as EventBatch from "../../../shell/http/EventBatch.ts"
import type { ReceivedHookEvent } from "../../../shell/store/Store.ts"

const limit = 8

const eventOf = (at: number): ReceivedHookEvent => ({ event: HookEvent.make("Stop", "{}"), at, source: null })

/** Takes everything at once; the groups are the times that are its events' numbers. */
const recording = async () => {
  const groups: Array<ReadonlyArray<number>> = []
  const accept = (events: ReadonlyArray<ReceivedHookEvent>) =>
    Effect.sync(() => void groups.push(events.map(({ at }) => at)))
  return { groups, batch: await Effect.runPromise(EventBatch.make(accept, limit)) }
}

/** For each turn of the loop the sizes of the requests that come in it. */
const arrivals = fc.array(fc.array(fc.integer({ min: 1, max: limit + 2 }), { maxLength: 3 }), { maxLength: 12 })

it("ING-1 whenever requests come, each is answered once, in their order, in groups that are no larger than they may be", async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, async (turns) => {
      const { batch, groups } = await recording()
      const answered: Array<number> = []
      const sizes = turns.flat()
      let made = 0
      let request = 0
      for (const requests of turns) {
        for (const size of requests) {
          const own = request++
          const events = Array.from({ length: size }, () => eventOf(made++))
          batch.add(events, (trouble) => {
            expect(trouble).toBeNull()
            answered.push(own)
          })
        }
        await turn()
      }
      while (batch.size() > 0) await turn()
      expect(answered).toEqual(sizes.map((_, index) => index))
      expect(groups.flat()).toEqual(Array.from({ length: made }, (_, index) => index))
      const allowed = Math.max(limit, ...sizes)
      for (const group of groups) expect(group.length).toBeLessThanOrEqual(allowed)
    })
  )
})

it("ING-3 while more come in each turn of the loop they go together, of three turns at most; one alone waits for none", async () => {
  const { batch, groups } = await recording()
  for (let at = 0; at < 12; at += 2) {
    batch.add([eventOf(at)], () => {})
    batch.add([eventOf(at + 1)], () => {})
    await turn()
  }
  while (batch.size() > 0) await turn()
  expect(groups).toEqual([
    [0, 1, 2, 3, 4, 5],
    [6, 7, 8, 9, 10, 11]
  ])
  const alone = await recording()
  alone.batch.add([eventOf(0)], () => {})
  await turn()
  expect(alone.groups).toEqual([[0]])
})
