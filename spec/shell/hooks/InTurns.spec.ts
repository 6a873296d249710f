import fc from "fast-check"
import { expect, it } from "vitest"
import { inTurns } from "../../../shell/hooks/InTurns.ts"

it("ING-3 many events are made in their order, each once, and whoever waits for the loop gets its turn in between", async () => {
  const lengths = fc.array(fc.constantFrom(0, 1, 30_000, 64 * 1024, 1024 * 1024), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(lengths, async (lengths) => {
      let turns = 0
      let isOver = false
      const count = (): void => {
        turns++
        if (!isOver) setImmediate(count)
      }
      setImmediate(count)
      const visited: Array<readonly [number, number]> = []
      const turnOf: Array<number> = []
      await inTurns(
        lengths,
        (length) => length,
        (length, index) => {
          visited.push([length, index])
          turnOf.push(turns)
        }
      )
      isOver = true
      expect(visited).toEqual(lengths.map((length, index) => [length, index]))
      // No more than so many characters in one turn, but for the last event of it.
      const before = new Map<number, number>()
      for (const [index, length] of lengths.entries()) {
        const turn = turnOf[index] ?? -1
        const characters = before.get(turn) ?? 0
        expect(characters).toBeLessThan(64 * 1024)
        before.set(turn, characters + length)
      }
    })
  )
})
