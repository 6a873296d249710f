import fc from "fast-check"
import { expect, it } from "vitest"
import { isLimit } from "../../../core/agent/Trouble.ts"
import { limited, limitOf } from "../../../core/agent/Waiting.ts"
import { noProgress } from "../../../core/execution/AttemptRecord.ts"
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

it("EXE-5 the later of what was told and what a silence amounts to holds, and what only a person can mend holds nothing up", () => {
  const silent = { ...noProgress(0), waiting: "rate" as const }
  const told = (until: number, cause: "usage" | "authentication") => ({ ...silent, limit: { until, cause } })
  expect(limited(noProgress(0), 100_000, 300_000)).toEqual({ limitedUntil: null })
  expect(limited(silent, 59_999, 300_000)).toEqual({ limitedUntil: null })
  expect(limited(silent, 100_000, 300_000)).toEqual({ limitedUntil: 300_000, limitCause: "rate" })
  expect(limited(told(400_000, "usage"), 100_000, 300_000)).toEqual({ limitedUntil: 400_000, limitCause: "usage" })
  expect(limited(told(200_000, "usage"), 100_000, 300_000)).toEqual({ limitedUntil: 300_000, limitCause: "rate" })
  const refused = { ...noProgress(0), limit: { until: 400_000, cause: "authentication" as const } }
  expect(limited(refused, 100_000, 300_000)).toEqual({ limitedUntil: null })
})
