/**
 * A reason to look again: raised any number of times, taken once. Nobody waits who raises it.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"

export interface Signal {
  readonly raise: Effect.Effect<void>
  /** Waits for the signal, however long. */
  readonly awaited: Effect.Effect<void>
  /** Waits for the signal, at most that long; whether it came. */
  readonly awaitFor: (longest: Duration.DurationInput) => Effect.Effect<boolean>
}

export const makeSignal: Effect.Effect<Signal> = Effect.map(Queue.sliding<void>(1), (queue) => ({
  raise: Effect.asVoid(Queue.offer(queue, undefined)),
  awaited: Queue.take(queue),
  awaitFor: (longest) => Effect.map(Effect.timeoutOption(Queue.take(queue), longest), Option.isSome)
}))
