/**
 * The HttpApi behind a server of `node:http`: bodies up to a limit, refusals of one shape, streams that a slow client can
 * not fill the memory with. It is loaded when somebody first asks for any of it (`IngestLive.ts`).
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Etag from "@effect/platform/Etag"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import { HttpApiDecodeError } from "@effect/platform/HttpApiError"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpPlatform from "@effect/platform/HttpPlatform"
import { RouteNotFound } from "@effect/platform/HttpServerError"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Path from "@effect/platform/Path"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { Configuration } from "../config/Configuration.ts"
import type { Places } from "../config/Places.ts"
import type { Taker } from "../hooks/Ingest.ts"
import type { FleetHistory } from "../metrics/FleetHistory.ts"
import type { Store } from "../store/Store.ts"
import * as BoardCards from "../view/BoardCards.ts"
import { Api } from "./api/Api.ts"
import * as ApiRequest from "./ApiRequest.ts"
import * as BoardLive from "./BoardLive.ts"
import * as Body from "./Body.ts"
import * as CommitmentsLive from "./CommitmentsLive.ts"
import * as DocsPage from "./DocsPage.ts"
import * as EventsLive from "./EventsLive.ts"
import * as FleetLive from "./FleetLive.ts"
import * as NotDecoded from "./NotDecoded.ts"
import * as OpenApiDocument from "./OpenApiDocument.ts"
import * as PartsLive from "./PartsLive.ts"
import type { Ports } from "./Ports.ts"
import * as ResponseWriter from "./ResponseWriter.ts"
import * as TasksLive from "./TasksLive.ts"

/** Bytes (contracts.md, "HTTP"). */
export const bodyLimit = 256 * 1024

export type Services = Store | Places | Configuration | FileSystem.FileSystem

/** By which a browser signs in to the board, and what it is told of the hours before. */
export interface Board extends Pick<Ports, "link">, Pick<FleetHistory, "samples"> {}

export interface ApiListener {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void
  /** Ends the streams that are open, as at the end of what there is. */
  readonly hangUp: Effect.Effect<void>
}

/** No such event is no such place. */
const isOfPath = (url: string, { issues }: HttpApiDecodeError): boolean =>
  (/^\/api\/tasks\/[^/]+\/[^/?]+/.test(url) && issues.some(({ path }) => path[0] === "event")) ||
  (url.startsWith("/commitments/") && issues.some(({ path }) => path[0] === "word"))

/** What is not one of the refusals that the definition knows. */
const refusals = HttpApiBuilder.middleware((app) =>
  Effect.catchAllCause(app, (cause) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ url }) => {
      const error = Cause.squash(cause)
      if (error instanceof RouteNotFound) return Effect.succeed(ApiRequest.nowhere(url))
      if (!(error instanceof HttpApiDecodeError)) return Effect.failCause(cause)
      const refusal = NotDecoded.refusal(error)
      return Effect.succeed(
        isOfPath(url, error) ? ApiRequest.json(404, { ...refusal, code: "not_found" }) : ApiRequest.json(400, refusal)
      )
    })
  )
)

const broken = (cause: Cause.Cause<unknown>) =>
  Cause.isInterruptedOnly(cause)
    ? Effect.interrupt
    : Effect.as(
        Effect.logError("a request could not be answered", cause),
        ApiRequest.json(500, { error: "a mistake in drover; its log says more", code: "failed" })
      )

/** The document and its page: they are beside the definition that they are made from. */
const documents = HttpApiBuilder.Router.use((router) =>
  Effect.gen(function* () {
    const document = yield* Effect.cached(Effect.sync(OpenApiDocument.make))
    const page = yield* Effect.cached(Effect.map(document, DocsPage.render))
    yield* router.get(
      "/openapi.json",
      Effect.map(document, (found) => HttpServerResponse.unsafeJson(found))
    )
    yield* router.get(
      "/docs",
      Effect.map(page, (text) =>
        HttpServerResponse.text(text, {
          contentType: "text/html; charset=utf-8",
          headers: { "content-security-policy": DocsPage.policy, "referrer-policy": "no-referrer" }
        })
      )
    )
  })
)

const live = (guards: Taker["guards"], streams: EventsLive.Streams, { link, samples }: Board) =>
  Layer.mergeAll(
    HttpApiBuilder.api(Api).pipe(
      Layer.provide([
        TasksLive.layer,
        PartsLive.layer,
        FleetLive.layer(guards),
        BoardLive.layer(link, samples),
        EventsLive.layer(streams),
        CommitmentsLive.layer
      ])
    ),
    documents,
    refusals,
    HttpApiBuilder.Router.Live,
    HttpApiBuilder.Middleware.layer
  ).pipe(
    Layer.provideMerge(Layer.mergeAll(HttpPlatform.layer, Path.layer, BoardCards.layer)),
    Layer.provideMerge(Etag.layerWeak)
  )

/** `guards`: how they stand now. It serves until its scope is closed. */
export const make = (
  guards: Taker["guards"],
  board: Board
): Effect.Effect<ApiListener, never, Services | Scope.Scope> =>
  Effect.gen(function* () {
    let ending = Deferred.unsafeMake<void>(FiberId.none)
    const streams = { ended: Effect.suspend(() => Deferred.await(ending)) }
    const hangUp = Effect.suspend(() => {
      const before = ending
      ending = Deferred.unsafeMake<void>(FiberId.none)
      return Deferred.succeed(before, undefined)
    })
    const services = yield* Effect.context<Services>()
    const context = Context.merge(services, yield* Layer.build(live(guards, streams, board)))
    const found = yield* Effect.provide(HttpApiBuilder.httpApp, context)
    const app: HttpApp.Default = Effect.provide(Effect.catchAllCause(found, broken), context)
    const runtime = yield* Effect.runtime()

    const answer = (asked: ApiRequest.Asked, request: IncomingMessage, response: ServerResponse): void => {
      const answered =
        asked._tag === "Refused"
          ? Effect.succeed(asked.answer)
          : Effect.provideService(app, HttpServerRequest.HttpServerRequest, asked.request)
      const fiber = Runtime.runFork(runtime)(
        Effect.flatMap(answered, (found) => ResponseWriter.write(response, found, request.method === "HEAD"))
      )
      // Who is gone reads no more; what is to be written is written all the same.
      if (request.method !== "POST") response.once("close", () => fiber.unsafeInterruptAsFork(FiberId.none))
    }

    return {
      hangUp,
      handle: (request, response) =>
        Body.read(request, bodyLimit, (body) => {
          if (body._tag === "Broken") return
          if (body._tag === "Whole") return answer(ApiRequest.understood(request, body.text), request, response)
          // The rest of it is not read: the connection goes with it.
          const error = `the body is larger than ${bodyLimit} bytes`
          const tooLarge = ApiRequest.json(413, { error, code: "too_large" })
          answer(ApiRequest.refused(HttpServerResponse.setHeader(tooLarge, "connection", "close")), request, response)
        })
    }
  })
