/** All ways in: on the socket of the state directory, with a token on a port of this machine, and through the spool. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Way } from "../../core/metrics/Figures.ts"
import { Cadence } from "../config/Cadence.ts"
import { Configuration } from "../config/Configuration.ts"
import { type Address, Listening } from "../config/HttpTable.ts"
import { Places } from "../config/Places.ts"
import { Ingest, type Taker } from "../hooks/Ingest.ts"
import * as HookScript from "../hooks/HookScript.ts"
import * as SpoolWay from "../hooks/SpoolWay.ts"
import * as Scrape from "../metrics/Scrape.ts"
import * as CountedIngest from "../metrics/CountedIngest.ts"
import * as Access from "./Access.ts"
import * as Answer from "./Answer.ts"
import * as EventBatch from "./EventBatch.ts"
import * as HookRoute from "./HookRoute.ts"
import * as MetricsRoute from "./MetricsRoute.ts"
import * as Listener from "./Listener.ts"
import * as Token from "./Token.ts"

/** Events that are accepted at once: as many rows as the store has in one transaction. */
const acceptedAtOnce = 1000

type Door = HookRoute.Door & MetricsRoute.Door

const route = (door: Door, request: IncomingMessage, response: ServerResponse): void => {
  if (HookRoute.isAsked(request)) return HookRoute.handle(door, request, response)
  if (MetricsRoute.isAsked(request)) return MetricsRoute.handle(door, request, response)
  Answer.refused(response, 404, "there is nothing here")
}

/** Nothing of a body is read of whoever is not let in. */
const guarded =
  (door: Door, address: Address, token: string): RequestListener =>
  (request, response) => {
    const refusal = Access.refusal(request, address, token)
    if (refusal === null) return route(door, request, response)
    Answer.refused(response, refusal.status, refusal.error, {}, { connection: "close" })
  }

/** Of each way in what stands in its way now, or null. */
type Troubles = Map<Way, string | null>

export const layer: Layer.Layer<Ingest, never, Places | Configuration> = Layer.effect(
  Ingest,
  Effect.gen(function* () {
    const { database, hook, socket, spool, token } = yield* Places
    const cadence = yield* Cadence
    const { http } = yield* Configuration
    const address = (yield* Listening) ?? http.listen
    const troubles: Troubles = new Map()

    const told = (way: Way, beat: Taker["beat"], trouble: string | null) =>
      Effect.suspend(() => {
        const isNews = trouble !== null && troubles.get(way) !== trouble
        troubles.set(way, trouble)
        const first = [...troubles.values()].find((each) => each !== null) ?? null
        return Effect.zipRight(isNews ? Effect.logError(trouble) : Effect.void, beat(first))
      })

    /** Keeps a way open: what can not be opened, or is not there any more, is opened again. */
    const keep = <E extends { readonly message: string }>(
      way: Way,
      beat: Taker["beat"],
      open: Effect.Effect<unknown, E, Scope.Scope>
    ) =>
      open.pipe(
        Effect.scoped,
        Effect.catchAll(({ message }) => told(way, beat, message)),
        // One that is broken takes no other with it.
        Effect.catchAllDefect((defect) => told(way, beat, String(defect))),
        Effect.repeat(Schedule.spaced(cadence.store))
      )

    /** Ends when it is not reachable any more. */
    const stays = (way: Way, beat: Taker["beat"], isOpen: Effect.Effect<boolean>) =>
      Effect.iterate(true, {
        while: (isStill) => isStill,
        body: () => told(way, beat, null).pipe(Effect.zipRight(Effect.sleep(cadence.attempts)), Effect.zipRight(isOpen))
      })

    return {
      prepare: Effect.catchAll(HookScript.install({ hook, spool }), ({ message }) => Effect.logError(message)),
      run: ({ accept, beat }) =>
        Effect.gen(function* () {
          const clock = yield* Effect.clock
          const batch = yield* EventBatch.make(accept, acceptedAtOnce)
          const metrics = yield* MetricsRoute.make(yield* Scrape.make({ database, spool }))
          const doorOf = (via: Way): Door => ({
            batch: CountedIngest.batch(batch, via, clock),
            metrics,
            now: () => clock.unsafeCurrentTimeMillis()
          })
          const atSocket = doorOf("socket")
          const onSocket = Listener.onPath(socket, (request, response) => route(atSocket, request, response))
          const ways = [
            keep("socket", beat, Effect.zipRight(onSocket, stays("socket", beat, Listener.isReachable(socket)))),
            keep(
              "spool",
              beat,
              SpoolWay.run({ hook, spool }, CountedIngest.accept(accept, "spool"), told("spool", beat, null))
            )
          ]
          if (address !== null) {
            const onPort = Effect.flatMap(Token.ensure(token), (secret) =>
              Listener.onPort(address, guarded(doorOf("port"), address, secret))
            )
            ways.push(keep("port", beat, Effect.zipRight(onPort, stays("port", beat, Effect.succeed(true)))))
          }
          yield* Effect.all(ways, { concurrency: "unbounded" })
          return yield* Effect.never
        })
    }
  })
)
