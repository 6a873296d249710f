/**
 * Reads the events of the store in order, without a gap and without a repeat.
 */
import * as Effect from "effect/Effect"
import type { EventV1 } from "../../core/event/EventV1.ts"
import { Store, type StoreError } from "../store/Store.ts"

/** Events that are read at once. */
const pageSize = 1000
const interval = "250 millis"

type Each<E, R> = (event: EventV1) => Effect.Effect<void, E, R>

/** All events after `since` that are there; answers the number of the last one. */
export const drain = <E, R>(since: number, each: Each<E, R>): Effect.Effect<number, E | StoreError, R | Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    let seq = since
    for (;;) {
      const page = yield* store.events(seq, pageSize)
      for (const event of page) {
        yield* each(event)
        seq = event.seq
      }
      if (page.length < pageSize) return seq
    }
  })

/** All events after `since`, those yet to come included. */
export const follow = <E, R>(since: number, each: Each<E, R>): Effect.Effect<never, E | StoreError, R | Store> =>
  Effect.iterate(since, {
    while: () => true,
    body: (seq) => Effect.zipLeft(drain(seq, each), Effect.sleep(interval))
  }).pipe(Effect.zipRight(Effect.never))
