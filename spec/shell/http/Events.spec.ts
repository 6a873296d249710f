/** The stream of events over a real socket: whatever breaks it, a client that comes back sees each event once, in order. */
import { type ClientRequest, request, type IncomingMessage } from "node:http"
import { createConnection } from "node:net"
import { it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { expect } from "vitest"
import { EventV1 } from "../../../core/event/EventV1.ts"
import { mostStreams } from "../../../shell/http/EventsLive.ts"
import { newTask, submission } from "../store/World.ts"
import { json, post, serving, type Site } from "./World.ts"

interface Opened {
  readonly sent: ClientRequest
  readonly response: IncomingMessage
}

const open = (site: Site, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Opened> =>
  new Promise((resolve, reject) => {
    const sent = request({ socketPath: site.places.socket, path, headers, agent: false }, (response) =>
      resolve({ sent, response })
    )
    sent.once("error", reject)
    sent.end()
  })

/** Whether it is a stream from which something comes, and no refusal. */
const hasBegun = ({ response }: Opened): Promise<boolean> =>
  new Promise((resolve) => {
    response.once("data", () => resolve(response.statusCode === 200))
    response.once("end", () => resolve(false))
  })

/** What a client has read of a stream: its whole frames, and how it ended. */
interface Read {
  readonly ids: ReadonlyArray<number>
  readonly data: ReadonlyArray<unknown>
  readonly isEnded: boolean
}

/** Reads until so many bytes have come, the stream ends, or `enough` holds; then it goes away. */
const readUntil = ({ response, sent }: Opened, enough: (read: Read, bytes: number) => boolean): Promise<Read> =>
  new Promise((resolve) => {
    let text = ""
    let bytes = 0
    let isEnded = false
    const read = (): Read => {
      const frames = text
        .split("\n\n")
        .slice(0, -1)
        .filter((frame) => frame.startsWith("id: "))
      return {
        ids: frames.map((frame) => Number(/^id: (\d+)$/m.exec(frame)?.[1])),
        data: frames.map((frame): unknown => JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? "")),
        isEnded
      }
    }
    const end = (): void => {
      sent.destroy()
      resolve(read())
    }
    const look = (): void => {
      if (enough(read(), bytes)) end()
    }
    response.setEncoding("utf8")
    response.on("data", (chunk: string) => {
      text += chunk
      bytes += chunk.length
      look()
    })
    response.once("end", () => {
      isEnded = true
      end()
    })
    response.once("error", end)
    response.once("close", end)
    look()
  })

const write = (site: Site, count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => `t${index}`),
    (name) => site.store.submit(submission([newTask(name)], null)),
    { discard: true }
  )

const lastSeq = (site: Site) => Effect.map(site.store.open, ({ seq }) => seq)

const upTo = (seq: number): ReadonlyArray<number> => Array.from({ length: seq }, (_, index) => index + 1)

it.scopedLive("API-3 every event is told once and in order, fits its schema, and those to come follow", () =>
  Effect.gen(function* () {
    const site = yield* serving()
    yield* write(site, 150)
    const before = yield* lastSeq(site)
    const stream = yield* Effect.promise(() => open(site, "/api/events"))
    expect(stream.response.headers).toMatchObject({ "content-type": "text/event-stream", "cache-control": "no-store" })
    const reading = yield* Effect.fork(Effect.promise(() => readUntil(stream, ({ ids }) => ids.at(-1) === before + 2)))
    yield* write(site, 2)
    const { data, ids } = yield* Fiber.join(reading)
    expect(ids).toEqual(upTo(before + 2))
    const events = data.map((each) => Schema.decodeUnknownSync(EventV1)(each))
    expect(events.map(({ seq }) => seq)).toEqual(ids)
    const some = yield* Effect.promise(() => open(site, "/api/events?since=5", { "last-event-id": String(before) }))
    const rest = yield* Effect.promise(() => readUntil(some, (read) => read.ids.length === 2))
    expect(rest.ids).toEqual([before + 1, before + 2])
    const last = yield* Effect.promise(() => open(site, `/api/events?since=${before + 1}`))
    expect((yield* Effect.promise(() => readUntil(last, (read) => read.ids.length === 1))).ids).toEqual([before + 2])
  })
)

it.scopedLive(
  "API-3 whenever a client goes away, or the supervisor does, it sees each event once when it is back",
  () =>
    Effect.gen(function* () {
      const site = yield* serving()
      const fresh = yield* lastSeq(site)
      yield* write(site, 1)
      const perWrite = (yield* lastSeq(site)) - fresh
      // A client goes away after so many bytes; events are written before and meanwhile, and at times a supervisor ends.
      const step = fc.record({
        bytes: fc.integer({ min: 1, max: 4000 }),
        before: fc.nat(6),
        meanwhile: fc.nat(6),
        dies: fc.nat(4)
      })
      const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const start = await Effect.runPromise(lastSeq(site))
        const seen: Array<number> = []
        const visit = async (target: number, most: number): Promise<void> => {
          const at = seen.at(-1) ?? start
          if (at === target) return
          const stream = await open(site, "/api/events", { "last-event-id": String(at) }).catch(() => null)
          // It found nobody, and comes back.
          if (stream === null) return
          const { ids } = await readUntil(stream, (read, bytes) => bytes >= most || read.ids.at(-1) === target)
          seen.push(...ids)
        }
        for (const { before, bytes, dies, meanwhile } of steps) {
          await Effect.runPromise(write(site, before))
          const target = (await Effect.runPromise(lastSeq(site))) + meanwhile * perWrite
          const visiting = visit(target, bytes)
          await Effect.runPromise(write(site, meanwhile))
          if (dies === 0) await Effect.runPromise(site.restart)
          await visiting
        }
        const last = await Effect.runPromise(lastSeq(site))
        await visit(last, Number.POSITIVE_INFINITY)
        expect(seen).toEqual(upTo(last).slice(start))
      })
      yield* Effect.promise(() => fc.assert(property, { numRuns: 15 }))
    })
)

it.scopedLive("API-3 streams end when the supervisor does, at the end of an event, and it waits for none", () =>
  Effect.gen(function* () {
    const site = yield* serving()
    yield* write(site, 3)
    const last = yield* lastSeq(site)
    const streams = yield* Effect.forEach([1, 2, 3], () => Effect.promise(() => open(site, "/api/events")))
    const caughtUp = yield* Deferred.make<void>()
    const reading = yield* Effect.fork(
      Effect.forEach(
        streams,
        (stream) =>
          Effect.promise(() =>
            readUntil(stream, ({ ids }) => {
              if (ids.at(-1) === last) Effect.runSync(Deferred.succeed(caughtUp, undefined))
              return false
            })
          ),
        { concurrency: "unbounded" }
      )
    )
    yield* Deferred.await(caughtUp)
    yield* site.stop
    for (const { ids, isEnded } of yield* Fiber.join(reading)) expect([ids, isEnded]).toEqual([upTo(last), true])
  })
)

it.scopedLive("API-2 one stream too many is refused, and there is room again when another client has gone", () =>
  Effect.gen(function* () {
    const site = yield* serving()
    const streams = yield* Effect.forEach(Array.from({ length: mostStreams }), () =>
      Effect.promise(() => open(site, "/api/events"))
    )
    expect(yield* json(site, "/api/events")).toMatchObject({ status: 503, body: { code: "unavailable" } })
    expect((yield* json(site, "/healthz")).status).toBe(200)
    streams[0]?.sent.destroy()
    const again = Effect.promise(() => open(site, "/api/events"))
    const status = yield* Effect.repeat(
      Effect.map(again, ({ response, sent }) => {
        sent.destroy()
        return response.statusCode
      }),
      { until: (found) => found === 200 }
    )
    expect(status).toBe(200)
    for (const { sent } of streams) sent.destroy()
  })
)

it.scopedLive(
  "API-2 of streams that are asked for at once no more are open than may be, and all of that again later",
  () =>
    Effect.gen(function* () {
      const site = yield* serving()
      const openAll = Effect.gen(function* () {
        const asked = Array.from({ length: mostStreams + 16 }, () => Effect.promise(() => open(site, "/api/events")))
        const all = yield* Effect.all(asked, { concurrency: "unbounded" })
        const begun = yield* Effect.promise(() => Promise.all(all.map(hasBegun)))
        for (const { sent } of all) sent.destroy()
        return begun.filter((isOpen) => isOpen).length
      })
      expect(yield* openAll).toBe(mostStreams)
      // A connection that went away is noticed a little later.
      yield* Effect.repeat(openAll, { until: (count) => count === mostStreams })
    })
)

it.scopedLive("API-2 a client that reads nothing holds up nobody, and the end of the supervisor neither", () =>
  Effect.gen(function* () {
    const site = yield* serving()
    yield* site.store.submit(submission([newTask("large")], null))
    // More than the buffers between the two hold.
    for (let turn = 0; turn < 10; turn++) {
      yield* post(site, "/api/tasks/1/reject", { reason: "r".repeat(200_000) })
      yield* post(site, "/api/tasks/1/reopen")
    }
    const client = createConnection(site.places.socket)
    yield* Effect.promise(() => new Promise<void>((resolve) => client.once("connect", () => resolve())))
    client.pause()
    client.on("error", () => {})
    client.write("GET /api/events HTTP/1.1\r\nhost: x\r\n\r\n")
    expect((yield* post(site, "/api/tasks/1/freeze")).status).toBe(200)
    const closed = new Promise<void>((resolve) => client.once("close", () => resolve()))
    yield* site.stop
    client.resume()
    yield* Effect.promise(() => closed)
  })
)
