/**
 * What agents promise, followed beside the loop: taken from what their hooks told, and gone after when nobody keeps it.
 * Signals only: nothing here holds up, changes or answers a message, and nothing else waits for it (CLM-8).
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Cadence } from "../config/Cadence.ts"
import { Configuration } from "../config/Configuration.ts"
import { Guards, pulse } from "../guards/Guards.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import type { Signal } from "../sensors/Signal.ts"
import type { StoreError } from "../store/Store.ts"
import * as FollowThrough from "./FollowThrough.ts"
import * as PromiseReader from "./PromiseReader.ts"

/** After a store that could not be used. */
const retryAfter = "1 second"

/** Never ends. `heard` is raised whenever a hook told something. */
export const run = Effect.fnUntraced(function* (heard: Signal) {
  const { claims } = yield* Configuration
  const guards = yield* Guards
  if (!claims.isEnabled) {
    yield* guards.register("promises", () => ({ enabled: false }))
    return yield* Effect.never
  }
  const cadence = yield* Cadence
  const { beat, died } = yield* pulse("promises")
  const listen = yield* PromiseReader.make
  const followThrough = yield* FollowThrough.make
  let dueAt = 0

  const turn = Effect.gen(function* () {
    const hasMore = yield* listen
    const now = yield* Clock.currentTimeMillis
    if (now >= dueAt) {
      const nextAt = yield* followThrough
      dueAt = Math.min(nextAt ?? Number.POSITIVE_INFINITY, now + cadence.promises)
    }
    lastTrouble = null
    yield* beat(null)
    if (!hasMore) yield* heard.awaitFor(Math.max(0, dueAt - (yield* Clock.currentTimeMillis)))
  })

  let lastTrouble: string | null = null
  /** Said once: it may last. */
  const troubled = ({ message }: StoreError) =>
    Effect.gen(function* () {
      if (message !== lastTrouble) yield* Effect.logError(`promises are not followed: ${message}`)
      lastTrouble = message
      yield* beat(message)
      yield* Effect.sleep(retryAfter)
    })
  const step = turn.pipe(Effect.catchTags({ StoreUnavailable: troubled, MalformedRow: troubled }))
  return yield* Mechanism.forever("what follows promises", step, died)
})
