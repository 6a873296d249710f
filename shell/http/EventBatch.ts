/**
 * Events of many requests, accepted together: one effect for all that came while the last one was under way, since an effect
 * costs as much for one event as for hundreds (PERFORMANCE 1.3).
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import type { ReceivedHookEvent, StoreError } from "../store/Store.ts"

interface Waiting {
  readonly events: ReadonlyArray<ReceivedHookEvent>
  readonly done: (trouble: string | null) => void
}

/**
 * Turns of the event loop that a group may gather in, as long as more come in each: whoever was answered just now is about
 * to ask again, and a commit costs hardly more for all of them than for those that are there already.
 */
const mostTurns = 3

export interface EventBatch {
  /** `done` is told why the events are not kept, or null: then they are durable. */
  readonly add: (events: ReadonlyArray<ReceivedHookEvent>, done: (trouble: string | null) => void) => void
  /** How many events wait for their answer. */
  readonly size: () => number
}

const troubleOf = (exit: Exit.Exit<void, StoreError>): string | null => {
  if (Exit.isSuccess(exit)) return null
  const failure = Cause.failureOption(exit.cause)
  return failure._tag === "Some" ? failure.value.message : "drover is about to end"
}

/** `limit`: events that are accepted at once; a request with more goes alone. */
export const make = (
  accept: (events: ReadonlyArray<ReceivedHookEvent>) => Effect.Effect<void, StoreError>,
  limit: number
): Effect.Effect<EventBatch> =>
  Effect.map(Effect.runtime(), (runtime) => {
    const waiting: Array<Waiting> = []
    let size = 0
    let isBusy = false

    const take = (): ReadonlyArray<Waiting> => {
      let weight = 0
      const over = waiting.findIndex(({ events }, index) => (weight += events.length) > limit && index > 0)
      return waiting.splice(0, over === -1 ? waiting.length : over)
    }
    /** What else comes in this turn of the loop goes with it. */
    const gather = (turn: number): void => {
      const before = waiting.length
      setImmediate(() => (waiting.length > before && turn < mostTurns ? gather(turn + 1) : flush()))
    }
    const flush = (): void => {
      const group = take()
      Runtime.runCallback(runtime)(accept(group.flatMap(({ events }) => events)), {
        onExit: (exit) => {
          const trouble = troubleOf(exit)
          isBusy = waiting.length > 0
          if (isBusy) gather(1)
          for (const { done, events } of group) {
            size -= events.length
            done(trouble)
          }
        }
      })
    }

    return {
      add: (events, done) => {
        waiting.push({ events, done })
        size += events.length
        if (isBusy) return
        isBusy = true
        gather(1)
      },
      size: () => size
    }
  })
