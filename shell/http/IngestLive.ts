/** All ways in: on the socket of the state directory, with a token on a port of this machine, and through the spool. */
import type { RequestListener } from "node:http"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Way } from "../../core/metrics/Figures.ts"
import { Cadence } from "../config/Cadence.ts"
import { Configuration } from "../config/Configuration.ts"
import { Listening } from "../config/HttpTable.ts"
import { Places } from "../config/Places.ts"
import { Ingest, type Taker } from "../hooks/Ingest.ts"
import * as HookScript from "../hooks/HookScript.ts"
import * as SpoolWay from "../hooks/SpoolWay.ts"
import * as FleetHistory from "../metrics/FleetHistory.ts"
import * as Scrape from "../metrics/Scrape.ts"
import * as CountedIngest from "../metrics/CountedIngest.ts"
import * as Answer from "./Answer.ts"
import type { ApiListener, Board, Services } from "./ApiListener.ts"
import * as EventBatch from "./EventBatch.ts"
import * as HookRoute from "./HookRoute.ts"
import * as MetricsRoute from "./MetricsRoute.ts"
import * as Listener from "./Listener.ts"
import * as Ports from "./Ports.ts"

/** Events that are accepted at once: as many rows as the store has in one transaction. */
const acceptedAtOnce = 1000

type Door = HookRoute.Door & MetricsRoute.Door

/** What is hot is answered by plain `node:http`; the rest is the HttpApi's. */
const route =
  (door: Door, api: Api): RequestListener =>
  (request, response) => {
    if (HookRoute.isAsked(request)) return HookRoute.handle(door, request, response)
    if (MetricsRoute.isAsked(request)) return MetricsRoute.handle(door, request, response)
    return api.handle(request, response)
  }

type Api = Pick<ApiListener, "handle" | "hangUp">

/** The HttpApi, loaded when somebody asks for it: no supervisor waits for that, and few are asked. */
const whenAsked = (guards: Taker["guards"], board: Board): Effect.Effect<Api, never, Services | Scope.Scope> =>
  Effect.gen(function* () {
    const runtime = yield* Effect.runtime<Services | Scope.Scope>()
    const load = yield* Effect.cached(
      Effect.flatMap(
        Effect.promise(() => import("./ApiListener.ts")),
        ({ make }) => make(guards, board)
      )
    )
    let loaded: ApiListener | null = null
    const handle: Api["handle"] = (request, response) => {
      if (loaded !== null) return loaded.handle(request, response)
      Runtime.runCallback(runtime)(load, {
        onExit: (exit) => {
          if (Exit.isFailure(exit))
            return Answer.refused(response, 503, "drover is about to end", { code: "unavailable" })
          loaded = exit.value
          loaded.handle(request, response)
        }
      })
    }
    return { handle, hangUp: Effect.suspend(() => loaded?.hangUp ?? Effect.void) }
  })

/** Of each way in what stands in its way now, or null. */
type Troubles = Map<Way, string | null>

export const layer: Layer.Layer<Ingest, never, Services> = Layer.effect(
  Ingest,
  Effect.gen(function* () {
    const { database, hook, socket, spool, token } = yield* Places
    const cadence = yield* Cadence
    const { http } = yield* Configuration
    const address = (yield* Listening) ?? http.listen
    const troubles: Troubles = new Map()
    const services = yield* Effect.context<Services>()

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
      run: ({ accept, beat, guards }) =>
        Effect.gen(function* () {
          const clock = yield* Effect.clock
          const batch = yield* EventBatch.make(accept, acceptedAtOnce)
          const metrics = yield* MetricsRoute.make(yield* Scrape.make({ database, spool }))
          const doorOf = (via: Way): Door => ({
            batch: CountedIngest.batch(batch, via, clock),
            metrics,
            now: () => clock.unsafeCurrentTimeMillis()
          })
          const { samples } = yield* FleetHistory.make(FleetHistory.mostSamples)
          const link: Ports.Ports["link"] = Effect.suspend(() => ports.link)
          const api = yield* Effect.provide(whenAsked(guards, { link, samples }), services)
          const ports = yield* Ports.make({
            listener: route(doorOf("port"), api),
            hangUp: api.hangUp,
            tokenFile: token,
            wanted: address
          })
          /** Streams end before their server does, which waits for who is being answered. */
          const onSocket = Effect.zipLeft(
            Listener.onPath(socket, route(doorOf("socket"), api)),
            Effect.addFinalizer(() => api.hangUp)
          )
          const ways = [
            keep("socket", beat, Effect.zipRight(onSocket, stays("socket", beat, Listener.isReachable(socket)))),
            keep(
              "spool",
              beat,
              SpoolWay.run({ hook, spool }, CountedIngest.accept(accept, "spool"), told("spool", beat, null))
            )
          ]
          if (address !== null) {
            ways.push(
              keep("port", beat, Effect.zipRight(ports.open(address), stays("port", beat, Effect.succeed(true))))
            )
          }
          yield* Effect.all(ways, { concurrency: "unbounded" })
          return yield* Effect.never
        })
    }
  })
)
