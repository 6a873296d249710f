/** The ways in over HTTP, on the socket of the state directory. */
import type { RequestListener } from "node:http"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { Cadence } from "../config/Cadence.ts"
import { Places } from "../config/Places.ts"
import { Ingest, type Taker } from "../hooks/Ingest.ts"
import * as Answer from "./Answer.ts"
import * as EventBatch from "./EventBatch.ts"
import * as HookRoute from "./HookRoute.ts"
import * as Listener from "./Listener.ts"

/** Events that are accepted at once: as many rows as the store has in one transaction. */
const acceptedAtOnce = 1000

const routes =
  (door: HookRoute.Door): RequestListener =>
  (request, response) =>
    HookRoute.isAsked(request)
      ? HookRoute.handle(door, request, response)
      : Answer.refused(response, 404, "there is nothing here")

export const layer: Layer.Layer<Ingest, never, Places> = Layer.effect(
  Ingest,
  Effect.gen(function* () {
    const { socket } = yield* Places
    const cadence = yield* Cadence

    /** Until nobody can connect any more. */
    const serve = (handle: RequestListener, beat: Taker["beat"]) =>
      Effect.zipRight(
        Listener.listen(socket, handle),
        Effect.iterate(true, {
          while: (isReachable) => isReachable,
          body: () =>
            beat(null).pipe(Effect.zipRight(Effect.sleep(cadence.store)), Effect.zipRight(Listener.isReachable(socket)))
        })
      ).pipe(Effect.scoped)

    return {
      run: ({ accept, beat }) =>
        Effect.gen(function* () {
          const clock = yield* Effect.clock
          const batch = yield* EventBatch.make(accept, acceptedAtOnce)
          const handle = routes({ batch, now: () => clock.unsafeCurrentTimeMillis() })
          return yield* serve(handle, beat).pipe(
            Effect.catchAll(({ message }) => Effect.zipRight(Effect.logError(message), beat(message))),
            Effect.repeat(Schedule.spaced(cadence.store)),
            Effect.zipRight(Effect.never)
          )
        })
    }
  })
)
