import fc from "fast-check"
import { expect, it } from "vitest"
import { isLimit } from "../../../core/agent/Trouble.ts"
import { limitOf } from "../../../core/agent/Waiting.ts"
import { needsPerson, Trouble } from "../../../core/execution/Limit.ts"

const troubles = fc.constantFrom<ReadonlyArray<Trouble | null>[number]>(
  null,
  ...Trouble.members.flatMap(({ literals }) => literals)
)

it("EXE-5 a program that is silent for a minute because its provider has no room is limited as long as the silence lasts", () => {
  fc.assert(
    fc.property(
      troubles,
      fc.nat(1e9),
      fc.nat(1e8),
      fc.integer({ min: 1000, max: 1e6 }),
      (waiting, since, silent, step) => {
        const limit = limitOf({ waiting, lastProgressAt: since }, since + silent, step)
        const isHeldUp = waiting !== null && isLimit(waiting) && !needsPerson(waiting)
        expect(limit === null).toBe(!isHeldUp || silent < 60_000)
        if (limit === null) return
        expect(limit.cause).toBe(waiting)
        expect(limit.until).toBeGreaterThan(since + silent)
        expect(limit.until).toBeLessThanOrEqual(since + silent + step)
        // It is another only when it is over.
        expect(limitOf({ waiting, lastProgressAt: since }, limit.until - 1, step)).toEqual(limit)
      }
    )
  )
})
