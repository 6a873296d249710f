/** Times steps, and how long each has kept the event loop from everything else. */
import { monitorEventLoopDelay } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { loopTurn } from "../store/LoopTurn.ts"

/** Milliseconds. */
export interface Timed {
  readonly times: number
  readonly medianMs: number
  readonly longestMs: number
  /** The longest that anybody else would have waited for a turn. */
  readonly heldMs: number
}

export interface Stopwatch {
  /** Runs a step so many times (at least once), with a turn of the loop in between; also what the last run answered. */
  readonly time: <A, E, R>(times: number, step: Effect.Effect<A, E, R>) => Effect.Effect<readonly [Timed, A], E, R>
}

/** How finely the loop is watched, milliseconds: a delay that is shorter is none. */
const resolution = 1

const nanosecondsInMs = 1e6

const median = (sorted: ReadonlyArray<number>): number => {
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

export const make: Effect.Effect<Stopwatch, never, Scope.Scope> = Effect.gen(function* () {
  const delays = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const delays = monitorEventLoopDelay({ resolution })
      delays.enable()
      return delays
    }),
    (delays) => Effect.sync(() => delays.disable())
  )
  // What the loop was kept from is noted at its next turn.
  const settle = Effect.zipRight(Effect.sleep(2 * resolution), loopTurn)

  return {
    time: (times, step) =>
      Effect.gen(function* () {
        delays.reset()
        // The first turn after that only begins to count.
        yield* settle
        const took: Array<number> = []
        const once = Effect.gen(function* () {
          const begun = performance.now()
          const answer = yield* step
          took.push(performance.now() - begun)
          return answer
        })
        let last = yield* once
        for (let time = 1; time < times; time++) {
          yield* loopTurn
          last = yield* once
        }
        yield* settle
        const sorted = took.toSorted((a, b) => a - b)
        const timed = {
          times,
          medianMs: median(sorted),
          longestMs: sorted.at(-1) ?? 0,
          heldMs: Math.max(0, delays.max / nanosecondsInMs - resolution)
        }
        return [timed, last] as const
      })
  }
})
