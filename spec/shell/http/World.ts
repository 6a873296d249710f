/** All ways in over a real store, as a supervisor has them, and clients of the socket. */
import { request } from "node:http"
import { mkdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import { posture } from "../../../core/guard/Row.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import { type Address, Listening } from "../../../shell/config/HttpTable.ts"
import * as Places from "../../../shell/config/Places.ts"
import { declarations } from "../../../shell/guards/Declarations.ts"
import { Ingest, type Taker } from "../../../shell/hooks/Ingest.ts"
import { BoardFolder } from "../../../shell/http/BoardFiles.ts"
import * as IngestLive from "../../../shell/http/IngestLive.ts"
import * as SqlStore from "../../../shell/store/SqlStore.ts"
import { Store, type StoreService } from "../../../shell/store/Store.ts"
import { folder } from "../process/World.ts"

/** Agents that are plain programs. */
const configuration = '[agents.sh]\nkind = "command"\ncommand = "sh"\n'

/** As if each had just begun. */
export const guards: Taker["guards"] = (config, now) =>
  declarations.map((declaration) => posture(declaration, config, {}, { _tag: "Unobserved", why: "a spec" }, now))

export interface Site {
  readonly places: Places.PlacesService
  readonly store: StoreService
  /** Ends the ways in, and begins them anew over the same store. */
  readonly restart: Effect.Effect<void>
  readonly stop: Effect.Effect<void>
}

const until = <E, R>(condition: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(Effect.zipLeft(condition, Effect.sleep("2 millis")), { until: (isTrue) => isTrue })

/** Serves over a store of its own, in a folder of its own, until the scope ends. */
export const serving = (listen: Address | null = null, more = "", board: string | null = null) =>
  Effect.gen(function* () {
    const path = yield* folder
    const places = Either.getOrThrow(Places.make({ DROVER_HOME: `${path}/home`, DROVER_CONFIG: `${path}/config.toml` }))
    mkdirSync(places.stateDirectory, { recursive: true })
    writeFileSync(places.configFile, configuration + more)
    const base = SqlStore.layer({ file: places.database }).pipe(
      Layer.provideMerge(Configuration.layer),
      Layer.provideMerge(Layer.mergeAll(NodeContext.layer, Layer.succeed(Places.Places, places))),
      Layer.provideMerge(Logger.remove(Logger.defaultLogger))
    )
    const context = yield* Layer.build(base)
    const live = Layer.provide(IngestLive.layer, Layer.succeed(Listening, listen))
    let scope: Scope.CloseableScope | null = null
    const start = Effect.gen(function* () {
      const own = yield* Scope.make()
      scope = own
      const ingest = yield* Layer.buildWithScope(live, own)
      const ready = { isSo: false }
      yield* Effect.flatMap(Ingest, ({ run }) =>
        run({
          accept: () => Effect.void,
          guards,
          beat: (trouble) =>
            Effect.sync(() => {
              ready.isSo ||= trouble === null
            })
        })
      ).pipe(Effect.provide(ingest), Effect.scoped, Effect.forkIn(own))
      yield* until(Effect.sync(() => ready.isSo))
      yield* until(Effect.map(Effect.either(Effect.tryPromise(() => asked(places.socket, "/healthz"))), Either.isRight))
    }).pipe(Effect.provideService(BoardFolder, board), Effect.provide(context), Effect.orDie)
    const stop = Effect.suspend(() => {
      const before = scope
      scope = null
      return before === null ? Effect.void : Scope.close(before, Exit.void)
    })
    yield* Effect.addFinalizer(() => stop)
    yield* start
    const store = yield* Effect.provide(Store, context)
    const site: Site = { places, store, stop, restart: Effect.zipRight(stop, start) }
    return site
  }).pipe(Effect.orDie)

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly text: string
}

export interface Sent {
  readonly method?: string
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** One request over a connection of its own. */
export const asked = (
  at: string | number,
  path: string,
  { body, headers = {}, method = body === undefined ? "GET" : "POST" }: Sent = {}
): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const place = typeof at === "string" ? { socketPath: at } : { host: "127.0.0.1", port: at }
    const type = body === undefined ? {} : { "content-type": "application/json" }
    const sent = request({ ...place, path, method, agent: false, headers: { ...type, ...headers } }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.once("error", reject)
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString()
        })
      )
    })
    sent.once("error", reject)
    sent.end(body)
  })

/** The same, and what it says. */
export const json = (site: Site, path: string, sent: Sent = {}) =>
  Effect.promise(async () => {
    const { status, text } = await asked(site.places.socket, path, sent)
    const body: unknown = JSON.parse(text)
    return { status, body }
  })

/** Has something done. */
export const post = (site: Site, path: string, body: unknown = {}) => json(site, path, { body: JSON.stringify(body) })

/** A port that nobody has at this moment. */
export const freePort = Effect.promise(
  () =>
    new Promise<number>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const address = server.address()
        server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
      })
    })
)
