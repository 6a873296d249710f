/**
 * How the fleet did since this supervisor began: a sample now and then, from memory alone, of the last day. It is gone with
 * its process; what is counted for ever is in the metrics.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { HistogramSample } from "../../core/metrics/Family.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import { HeldTasks } from "./HeldTasks.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"

/** Seconds between two samples. */
export const everySeconds = 30
/** A day of them. */
export const mostSamples = (24 * 3600) / everySeconds

/** How many there were, and the seconds that half and 95 % of them took at most; null where there were none. */
export interface Latency {
  readonly count: number
  readonly p50: number | null
  readonly p95: number | null
}

export interface Sample {
  readonly at: number
  /** Tasks with something at work. */
  readonly running: number
  /** Tasks that wait, by why. */
  readonly waiting: ReadonlyMap<string, number>
  /** Since the sample before. */
  readonly ticks: Latency
  readonly ingests: Latency
}

export interface FleetHistory {
  /** The oldest first. */
  readonly samples: () => ReadonlyArray<Sample>
}

/** What was counted since `before`, as far as buckets tell: a bound that so many were within. */
export const latency = (before: HistogramSample, now: HistogramSample): Latency => {
  const count = now.count - before.count
  const within = (share: number): number | null => {
    const wanted = share * count
    const found = now.buckets.find(([, so], index) => so - (before.buckets[index]?.[1] ?? 0) >= wanted)
    const last = now.buckets.findLast(([bound]) => Number.isFinite(bound))?.[0] ?? null
    return count <= 0 ? null : found !== undefined && Number.isFinite(found[0]) ? found[0] : last
  }
  return { count: Math.max(0, count), p50: within(0.5), p95: within(0.95) }
}

/** Takes samples as long as the scope, and keeps the last so many; none while nobody supervises in this process. */
export const make = Effect.fnUntraced(function* (most: number): Effect.fn.Return<FleetHistory, never, Scope.Scope> {
  const held = yield* HeldTasks
  const samples: Array<Sample> = []
  let before = ProcessMetrics.durations()

  const sample = Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    const known = held.known()
    if (known === null) return
    const now = ProcessMetrics.durations()
    samples.push({
      at,
      running: known.live(),
      waiting: held.read().reasons,
      ticks: latency(before.tickSeconds, now.tickSeconds),
      ingests: latency(before.ingestSeconds, now.ingestSeconds)
    })
    before = now
    if (samples.length > most) samples.shift()
  })
  const turn = Effect.zipRight(Effect.sleep(`${everySeconds} seconds`), sample)
  yield* Effect.forkScoped(Mechanism.forever("the history of the fleet", turn))
  return { samples: () => samples }
})
