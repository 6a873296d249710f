/** The ways in over HTTP: a real socket, a real client, a store that may fail. */
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { createConnection, createServer } from "node:net"
import { join } from "node:path"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import fc from "fast-check"
import { expect } from "vitest"
import { hookNames, isHookName } from "../../../core/hook/HookName.ts"
import { type Address, Listening } from "../../../shell/config/HttpTable.ts"
import * as Places from "../../../shell/config/Places.ts"
import { Ingest } from "../../../shell/hooks/Ingest.ts"
import { batchLimit, eventLimit, mostWaiting } from "../../../shell/http/HookRoute.ts"
import * as IngestLive from "../../../shell/http/IngestLive.ts"
import * as MemoryStore from "../../../shell/store/MemoryStore.ts"
import { type ReceivedHookEvent, StoreUnavailable } from "../../../shell/store/Store.ts"
import { folder } from "../process/World.ts"
import { configured } from "../supervisor/World.ts"
import * as Client from "./Client.ts"
import { guards } from "./World.ts"

const full = new StoreUnavailable({ operation: "keep hook events", reason: "Full", path: "drover.db", cause: null })

/** Its events, what stands in its way, and how it is asked. */
const open = (listen: Address | null = null) =>
  Effect.gen(function* () {
    const path = yield* folder
    const places = Either.getOrThrow(Places.make({ DROVER_HOME: path }))
    const kept = yield* Ref.make<ReadonlyArray<ReceivedHookEvent>>([])
    const groups = yield* Ref.make<ReadonlyArray<number>>([])
    const gate = yield* Ref.make<Effect.Effect<void, StoreUnavailable>>(Effect.void)
    const told = yield* Ref.make<ReadonlyArray<string | null>>([])
    const serve = Effect.gen(function* () {
      const ingest = yield* Ingest
      return yield* ingest.run({
        accept: (events) =>
          Ref.get(gate).pipe(
            Effect.flatten,
            Effect.zipRight(Ref.update(kept, (all) => [...all, ...events])),
            Effect.zipRight(Ref.update(groups, (all) => [...all, events.length]))
          ),
        beat: (trouble) => Ref.update(told, (all) => [...all, trouble]),
        guards
      })
    }).pipe(
      Effect.scoped,
      Effect.provide(
        IngestLive.layer.pipe(
          Layer.provide(Layer.succeed(Places.Places, places)),
          Layer.provide(Layer.mergeAll(configured(), Layer.succeed(Listening, listen))),
          Layer.provide(Layer.merge(MemoryStore.layerMemory, NodeContext.layer))
        )
      )
    )
    return { groups, gate, kept, places, serve, told }
  })

const until = <E, R>(condition: Effect.Effect<boolean, E, R>) =>
  Effect.repeat(condition, { until: (isTrue) => isTrue, schedule: Schedule.spaced("5 millis") })

/** Waits until somebody does. */
const answers = (at: string | number) =>
  until(Effect.map(Effect.either(Effect.tryPromise(() => Client.ask(at, "/", ""))), Either.isRight))

const serving = (listen: Address | null = null) =>
  Effect.gen(function* () {
    const world = yield* open(listen)
    const fiber = yield* Effect.forkScoped(world.serve)
    yield* until(Effect.map(Ref.get(world.told), (told) => told.includes(null)))
    yield* answers(world.places.socket)
    return { ...world, fiber }
  })

const ask = (...asked: Parameters<typeof Client.ask>) => Effect.promise(() => Client.ask(...asked))

const bodies = (events: ReadonlyArray<ReceivedHookEvent>) => events.map(({ event }) => event.payload)

it.scopedLive(
  "ING-3 an event is acknowledged once it is kept and no sooner, and one that can not be kept is refused",
  () =>
    Effect.gen(function* () {
      const { gate, kept, places } = yield* serving()
      const opened = yield* Deferred.make<void>()
      const reached = yield* Deferred.make<void>()
      yield* Ref.set(gate, Effect.zipRight(Deferred.succeed(reached, undefined), Deferred.await(opened)))
      const answer = yield* Effect.fork(ask(places.socket, "/hooks/Stop", `{"session_id":"s"}`))
      yield* Deferred.await(reached)
      expect(yield* Fiber.poll(answer)).toMatchObject({ _tag: "None" })
      yield* Deferred.succeed(opened, undefined)
      expect(yield* Fiber.join(answer)).toEqual({ status: 200, body: {} })
      expect((yield* Ref.get(kept)).map(({ event }) => event.hook)).toEqual(["Stop"])
      yield* Ref.set(gate, full)
      const refused = yield* ask(places.socket, "/hooks/Stop", "{}")
      expect(refused).toEqual({ status: 503, body: { error: full.message } })
      yield* Ref.set(gate, Effect.void)
      expect((yield* ask(places.socket, "/hooks/Stop", "{}")).status).toBe(200)
      expect(yield* Ref.get(kept)).toHaveLength(2)
    })
)

it.scopedLive(
  "ING-1 of many that send at once each event is kept once, in the order of each sender, and in groups",
  () =>
    Effect.gen(function* () {
      const { groups, kept, places } = yield* serving()
      const senders = Array.from({ length: 32 }, (_, sender) => sender)
      const send = (sender: number) =>
        Effect.forEach([0, 1, 2, 3, 4, 5, 6, 7], (turn) =>
          ask(places.socket, "/hooks/PostToolUse", JSON.stringify({ sender, turn }))
        )
      const answers = (yield* Effect.forEach(senders, send, { concurrency: "unbounded" })).flat()
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      const all = bodies(yield* Ref.get(kept)).map((text) => JSON.parse(text))
      for (const sender of senders) {
        const turns = all.flatMap((each) => (each.sender === sender ? [each.turn] : []))
        expect(turns).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
      }
      expect((yield* Ref.get(groups)).length).toBeLessThan(256)
    })
)

it.scopedLive("ING-1 a batch keeps all its lines but those that are too large, and names these", () =>
  Effect.gen(function* () {
    const { kept, places } = yield* serving()
    const headers = { "content-type": "application/x-ndjson" }
    const large = `"${"x".repeat(eventLimit)}"`
    const answer = yield* ask(places.socket, "/hooks/Notification", `{"a":1}\n\n${large}\r\n{"b":2}`, { headers })
    const error = `it is larger than ${eventLimit} bytes`
    expect(answer).toEqual({ status: 200, body: { stored: 2, refused: [{ line: 3, error }] } })
    expect(bodies(yield* Ref.get(kept))).toEqual([`{"a":1}`, `{"b":2}`])
    expect(yield* ask(places.socket, "/hooks/Stop", "", { headers })).toEqual({
      status: 200,
      body: { stored: 0, refused: [] }
    })
    expect((yield* ask(places.socket, "/hooks/Stop", Buffer.alloc(batchLimit + 1, "\n"), { headers })).status).toBe(413)
    expect(yield* Ref.get(kept)).toHaveLength(2)
  })
)

it.scopedLive(
  "ING-1 what is no hook, no POST, empty, too large or of no usable name is refused, and nothing of it is kept",
  () =>
    Effect.gen(function* () {
      const { kept, places } = yield* serving()
      const to = (path: string, body: string | Buffer, asked: Client.Asked = {}) =>
        ask(places.socket, path, body, asked)
      const names = fc.sample(fc.string().map(encodeURIComponent), 20).filter((name) => !isHookName(name))
      for (const name of [...names, "stop", "../Stop", "Stop/", ""]) {
        expect(yield* to(`/hooks/${name}`, "{}")).toEqual({
          status: 404,
          body: { error: "there is no hook of that name", hooks: [...hookNames] }
        })
      }
      expect((yield* to("/", "{}")).status).toBe(404)
      expect((yield* to("/hooks/Stop", "", { method: "GET" })).status).toBe(405)
      expect((yield* to("/hooks/Stop", " \n")).status).toBe(400)
      expect((yield* to("/hooks/Stop", Buffer.alloc(eventLimit + 1, "x"))).status).toBe(413)
      const chunked = { headers: { "transfer-encoding": "chunked" } }
      expect((yield* to("/hooks/Stop", Buffer.alloc(eventLimit + 1, "x"), chunked)).status).toBe(413)
      expect((yield* to("/hooks/Stop", "{}", { headers: { "x-drover-event": "y".repeat(201) } })).status).toBe(400)
      expect(yield* Ref.get(kept)).toEqual([])
      expect((yield* to("/hooks/Stop", "{}", { headers: { "x-drover-event": "1-2" } })).status).toBe(200)
      expect((yield* Ref.get(kept)).map(({ source }) => source)).toEqual(["1-2"])
    })
)

it.scopedLive("ING-1 a client that goes away in the middle of its event has sent none, and disturbs nobody", () =>
  Effect.gen(function* () {
    const { kept, places } = yield* serving()
    yield* Effect.promise(
      () =>
        new Promise<void>((resolve, reject) => {
          const socket = createConnection(places.socket)
          socket.once("error", reject)
          socket.once("close", () => resolve())
          socket.write("POST /hooks/Stop HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{", () => socket.destroy())
        })
    )
    expect((yield* ask(places.socket, "/hooks/Stop", `"next"`)).status).toBe(200)
    expect(bodies(yield* Ref.get(kept))).toEqual([`"next"`])
  })
)

it.scopedLive(
  "SEC-1 the socket is its owner's alone from the first moment, whatever the umask is, and goes with the server",
  () =>
    Effect.gen(function* () {
      const before = process.umask(0)
      yield* Effect.addFinalizer(() => Effect.sync(() => process.umask(before)))
      const { fiber, places } = yield* serving()
      expect(statSync(places.socket).mode & 0o777).toBe(0o600)
      yield* Fiber.interrupt(fiber)
      expect(existsSync(places.socket)).toBe(false)
    })
)

it.scopedLive(
  "ING-3 what a dead supervisor has left in its path is replaced; what is no socket is left alone and told, until it is gone",
  () =>
    Effect.gen(function* () {
      const { places, serve, told } = yield* open()
      mkdirSync(places.socket)
      writeFileSync(join(places.socket, "file"), "somebody's")
      yield* Effect.forkScoped(serve)
      yield* until(Effect.map(Ref.get(told), (all) => all.some((trouble) => trouble?.includes("no socket") === true)))
      expect(existsSync(join(places.socket, "file"))).toBe(true)
      expect(yield* Ref.get(told)).not.toContain(null)
      yield* Effect.promise(async () => (await import("node:fs/promises")).rm(places.socket, { recursive: true }))
      yield* until(Effect.map(Ref.get(told), (all) => all.includes(null)))
      expect((yield* ask(places.socket, "/hooks/Stop", "{}")).status).toBe(200)
      // Somebody takes the path away: it is there again, and its clients are served.
      yield* Effect.promise(async () => (await import("node:fs/promises")).rm(places.socket))
      yield* until(Effect.sync(() => existsSync(places.socket)))
      chmodSync(places.stateDirectory, 0o700)
      expect((yield* ask(places.socket, "/hooks/Stop", "{}")).status).toBe(200)
    })
)

/** A port that nobody has at this moment. */
const freePort = Effect.promise(
  () =>
    new Promise<number>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const address = server.address()
        server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
      })
    })
)

it.scopedLive(
  "API-2 over TCP nobody is let in without the token, or by a name that is not this machine's, and nothing is kept",
  () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const { kept, places } = yield* serving({ host: "127.0.0.1", port })
      yield* answers(port)
      expect(statSync(places.token).mode & 0o777).toBe(0o600)
      const token = readFileSync(places.token, "utf8").trim()
      const host = `127.0.0.1:${port}`
      const to = (headers: Readonly<Record<string, string>>) => ask(port, "/hooks/Stop", "{}", { headers })
      const wrong = [
        "",
        token,
        `Basic ${token}`,
        `Bearer ${token.slice(0, -1)}`,
        `Bearer ${token}x`,
        `Bearer ${token.toLowerCase()}`,
        "Bearer"
      ]
      for (const authorization of wrong) {
        const { status } = yield* to({ host, ...(authorization === "" ? {} : { authorization }) })
        expect([authorization, status]).toEqual([authorization, 401])
      }
      const authorization = `Bearer ${token}`
      for (const name of [
        "evil.example",
        `evil.example:${port}`,
        "127.0.0.1",
        `127.0.0.1:${port + 1}`,
        `127.0.0.1.x:${port}`
      ]) {
        expect([name, (yield* to({ host: name, authorization })).status]).toEqual([name, 403])
      }
      expect(yield* Ref.get(kept)).toEqual([])
      expect((yield* to({ host, authorization })).status).toBe(200)
      expect((yield* to({ host: `LocalHost:${port}`, authorization })).status).toBe(200)
      expect(yield* Ref.get(kept)).toHaveLength(2)
    })
)

it.scopedLive(
  "API-2 a token that others can read, or that is none, lets nobody in, and the socket is served all the same",
  () =>
    Effect.gen(function* () {
      const port = yield* freePort
      for (const [text, mode, why] of [
        ["x\n", 0o600, "not one of drover's"],
        [`${"a".repeat(43)}\n`, 0o644, "others can read it"]
      ] as const) {
        const world = yield* open({ host: "127.0.0.1", port })
        writeFileSync(world.places.token, text, { mode })
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* Effect.forkScoped(world.serve)
            yield* until(
              Effect.map(Ref.get(world.told), (told) => told.some((trouble) => trouble?.includes(why) === true))
            )
            yield* answers(world.places.socket)
            expect((yield* ask(world.places.socket, "/hooks/Stop", "{}")).status).toBe(200)
            expect(yield* Effect.either(Effect.tryPromise(() => Client.ask(port, "/", "")))).toMatchObject({
              _tag: "Left"
            })
          })
        )
      }
    })
)

it.scopedLive(
  "ING-3 while more waits to be written than may, events are refused, and taken again once it is written",
  () =>
    Effect.gen(function* () {
      const { gate, kept, places } = yield* serving()
      const opened = yield* Deferred.make<void>()
      const reached = yield* Deferred.make<void>()
      yield* Ref.set(gate, Effect.zipRight(Deferred.succeed(reached, undefined), Deferred.await(opened)))
      const headers = { "content-type": "application/x-ndjson" }
      const many = yield* Effect.fork(ask(places.socket, "/hooks/Stop", "1\n".repeat(mostWaiting), { headers }))
      yield* Deferred.await(reached)
      expect((yield* ask(places.socket, "/hooks/Stop", "{}")).status).toBe(503)
      yield* Deferred.succeed(opened, undefined)
      expect((yield* Fiber.join(many)).status).toBe(200)
      expect((yield* ask(places.socket, "/hooks/Stop", "{}")).status).toBe(200)
      expect(yield* Ref.get(kept)).toHaveLength(mostWaiting + 1)
    })
)
