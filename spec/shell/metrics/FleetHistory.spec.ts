/** Samples of a supervisor, by its clock. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import fc from "fast-check"
import { expect } from "vitest"
import type { HistogramSample } from "../../../core/metrics/Family.ts"
import type { Wait } from "../../../core/tick/Wait.ts"
import * as FleetHistory from "../../../shell/metrics/FleetHistory.ts"
import { HeldTasks } from "../../../shell/metrics/HeldTasks.ts"
import * as ProcessMetrics from "../../../shell/metrics/ProcessMetrics.ts"
import { taskOf } from "../../core/tick/Worlds.ts"

const bounds = [0.001, 0.01, 0.1, 1]

/** As a histogram counts them. */
const counted = (seconds: ReadonlyArray<number>): HistogramSample => ({
  labels: [],
  buckets: [...bounds, Number.POSITIVE_INFINITY].map((bound) => [
    bound,
    seconds.filter((each) => each <= bound).length
  ]),
  count: seconds.length,
  sum: seconds.reduce((sum, each) => sum + each, 0)
})

const durations = fc.array(fc.constantFrom(0.0005, 0.005, 0.05, 0.5, 5), { maxLength: 30 })

it("BRD-5 a latency is the least bound that so many were within, of what was new alone", () =>
  fc.assert(
    fc.property(durations, durations, (before, more) => {
      const { count, p50, p95 } = FleetHistory.latency(counted(before), counted([...before, ...more]))
      expect(count).toBe(more.length)
      for (const [found, share] of [
        [p50, 0.5],
        [p95, 0.95]
      ] as const) {
        if (more.length === 0) {
          expect(found).toBeNull()
          continue
        }
        const least = bounds.find((bound) => more.filter((each) => each <= bound).length >= share * more.length)
        // Beyond all bounds the last one is all that is known.
        expect(found).toBe(least ?? 1)
      }
    })
  ))

it.scoped("BRD-5 a sample is taken every half minute while somebody supervises, and the last of them are kept", () =>
  Effect.gen(function* () {
    const history = yield* FleetHistory.make(3)
    yield* TestClock.adjust("1 minute")
    expect(history.samples()).toEqual([])
    const held = yield* HeldTasks
    const waits: ReadonlyArray<Wait> = [{ _tag: "Draining" }, { _tag: "Draining" }, { _tag: "Upcoming" }]
    const waiting = () => waits.map((wait, index) => [taskOf({ id: index + 1 }), wait] as const)
    yield* held.register({ waiting, unprovable: () => [], live: () => 2 })
    ProcessMetrics.ticked(0.02, [])
    ProcessMetrics.ticked(0.2, [])
    yield* TestClock.adjust("30 seconds")
    yield* TestClock.adjust("30 seconds")
    const [first, second] = history.samples()
    expect(first).toMatchObject({ at: 90_000, running: 2, ticks: { count: 2, p50: 0.025, p95: 0.25 } })
    expect(Object.fromEntries(first?.waiting ?? [])).toEqual({ Draining: 2, Upcoming: 1 })
    expect(second).toMatchObject({ at: 120_000, ticks: { count: 0, p50: null, p95: null } })
    yield* TestClock.adjust("2 minutes")
    expect(history.samples().map(({ at }) => at)).toEqual([180_000, 210_000, 240_000])
    expect(FleetHistory.mostSamples * FleetHistory.everySeconds).toBe(24 * 3600)
  })
)
