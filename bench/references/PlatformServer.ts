/** What `HookRoute` does with one event, on the HTTP server of @effect/platform: an effect for each request. */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import { isHookName } from "../../core/hook/HookName.ts"
import type { Door } from "../../shell/http/HookRoute.ts"

const refused = (status: number, error: string) => HttpServerResponse.unsafeJson({ error }, { status })

const handle = (door: Door) =>
  Effect.gen(function* () {
    const { name = "" } = yield* HttpRouter.params
    const request = yield* HttpServerRequest.HttpServerRequest
    if (!isHookName(name)) return refused(404, "there is no hook of that name")
    const text = yield* request.text
    if (text.trim() === "") return refused(400, "the body is empty")
    const event = { event: HookEvent.make(name, text), at: door.now(), source: null }
    const trouble = yield* Effect.async<string | null>((resume) =>
      door.batch.add([event], (trouble) => resume(Effect.succeed(trouble)))
    )
    return trouble === null ? HttpServerResponse.unsafeJson({}) : refused(503, trouble)
  })

/** Listens on that path until the scope is closed. */
export const onPath = (path: string, door: Door) =>
  Effect.gen(function* () {
    const server = yield* NodeHttpServer.make(() => createServer(), { path })
    yield* HttpServer.serveEffect(HttpRouter.empty.pipe(HttpRouter.post("/hooks/:name", handle(door)))).pipe(
      Effect.provideService(HttpServer.HttpServer, server)
    )
  })
