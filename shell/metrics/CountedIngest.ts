/** Ways in that count what comes through them once it is durable. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Way } from "../../core/metrics/Figures.ts"
import type { Taker } from "../hooks/Ingest.ts"
import type { ReceivedHookEvent } from "../store/Store.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"

type Events = ReadonlyArray<ReceivedHookEvent>
type Done = (trouble: string | null) => void

interface Batch {
  readonly add: (events: Events, done: Done) => void
  readonly size: () => number
}

const note = (via: Way, begun: bigint, now: bigint, events: Events): void =>
  ProcessMetrics.ingested(
    via,
    Number(now - begun) / 1e9,
    events.map(({ event }) => event.hook)
  )

/** Plain, as what it counts for: an effect for each request would cost more than the rest of it. */
export const batch = ({ add, size }: Batch, via: Way, clock: Clock.Clock): Batch => ({
  size,
  add: (events, done) => {
    const begun = clock.unsafeCurrentTimeNanos()
    add(events, (trouble) => {
      if (trouble === null) note(via, begun, clock.unsafeCurrentTimeNanos(), events)
      done(trouble)
    })
  }
})

export const accept =
  (accept: Taker["accept"], via: Way): Taker["accept"] =>
  (events) =>
    Effect.gen(function* () {
      const begun = yield* Clock.currentTimeNanos
      yield* accept(events)
      note(via, begun, yield* Clock.currentTimeNanos, events)
    })
