/** The real listener, and bytes that no client of HTTP would send. */
import { it } from "@effect/vitest"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import fc from "fast-check"
import { afterAll, expect } from "vitest"
import { payloadBytes } from "../../core/hook/HookEvent.ts"
import { bytesOf } from "../../core/hook/Cut.ts"
import * as MemoryStore from "../../shell/store/MemoryStore.ts"
import * as Places from "../../shell/config/Places.ts"
import { Ingest } from "../../shell/hooks/Ingest.ts"
import { eventLimit, mostWaiting } from "../../shell/http/HookRoute.ts"
import * as IngestLive from "../../shell/http/IngestLive.ts"
import type { ReceivedHookEvent } from "../../shell/store/Store.ts"
import * as Client from "../shell/http/Client.ts"
import { folder } from "../shell/process/World.ts"
import { configured } from "../shell/supervisor/World.ts"
import { hookBodies } from "./Documents.ts"
import { bytes, secret } from "./Hostile.ts"
import { tally, writeDown } from "./Tally.ts"
import { answers, linger, say } from "./Wire.ts"

afterAll(writeDown)

/** A listener that keeps what it is told; `end` closes it. */
const listening = Effect.gen(function* () {
  const places = Either.getOrThrow(Places.make({ DROVER_HOME: yield* folder }))
  const kept: Array<ReceivedHookEvent> = []
  const layer = IngestLive.layer.pipe(
    Layer.provide(Layer.succeed(Places.Places, places)),
    Layer.provide(Layer.mergeAll(configured(), MemoryStore.layerMemory, NodeContext.layer))
  )
  const run = Effect.flatMap(Ingest, ({ run }) =>
    run({
      accept: (events) =>
        Effect.sync(() => void kept.push(...events.filter(({ event }) => event.hook !== "Interrupt"))),
      beat: () => Effect.void,
      guards: () => []
    })
  )
  const fiber = yield* Effect.forkDaemon(Effect.scoped(Effect.provide(run, layer)))
  const { socket } = places
  yield* Effect.tryPromise(() => Client.ask(socket, "/", "")).pipe(Effect.retry(Schedule.spaced("5 millis")))
  const end = Fiber.interrupt(fiber)
  yield* Effect.addFinalizer(() => end)
  return { end, kept, socket }
})

/** It still takes an event as if nothing had been; what was sent before is answered by then. It is not counted. */
const expectWell = async (socket: string): Promise<void> => {
  expect(await Client.ask(socket, "/hooks/Interrupt", "{}")).toEqual({ status: 200, body: {} })
}

const tell = (socket: string, parts: ReadonlyArray<Buffer>): Promise<Buffer> =>
  say(socket, parts, () => expectWell(socket))

const request = (headers: ReadonlyArray<string>, body = "", line = "POST /hooks/Stop HTTP/1.1"): string =>
  [line, "Host: x", ...headers, "", body].join("\r\n")

const whole = (body: string, headers: ReadonlyArray<string> = []): string =>
  request([`Content-Length: ${Buffer.byteLength(body)}`, ...headers], body)

/** A second request, where a server that reads lengths in another way would see one. */
const inner = whole(`{"smuggled":1}`)

const oddities: ReadonlyArray<readonly [what: string, sent: string, statuses: ReadonlyArray<number>, kept: number]> = [
  ["a length and chunks", request(["Content-Length: 4", "Transfer-Encoding: chunked"], `0\r\n\r\n${inner}`), [400], 0],
  ["chunks and a length", request(["Transfer-Encoding: chunked", "Content-Length: 4"], `0\r\n\r\n${inner}`), [400], 0],
  ["two lengths", request(["Content-Length: 2", "Content-Length: 40"], `{}${inner}`), [400], 0],
  ["a list of lengths", request(["Content-Length: 2, 2"], "{}"), [400], 0],
  ["a length with a sign", request(["Content-Length: +2"], "{}"), [400], 0],
  ["a negative length", request(["Content-Length: -2"], "{}"), [400], 0],
  ["a length in hexadecimal", request(["Content-Length: 0x2"], "{}"), [400], 0],
  ["a length beyond 64 bits", request([`Content-Length: ${"9".repeat(30)}`], "{}"), [400], 0],
  ["a length with a blank before its colon", request(["Content-Length : 2"], "{}"), [400], 0],
  ["chunks that are not the last coding", request(["Transfer-Encoding: chunked, gzip"], "0\r\n\r\n"), [400], 0],
  ["a coding like chunks", request(["Transfer-Encoding: xchunked"], "0\r\n\r\n"), [400], 0],
  ["a size of a chunk beyond 64 bits", request(["Transfer-Encoding: chunked"], `${"F".repeat(17)}\r\n{}`), [400], 0],
  ["a chunk that is longer than its size", request(["Transfer-Encoding: chunked"], `1\r\n{}\r\n0\r\n\r\n`), [400], 0],
  [
    "an endless extension of a chunk",
    request(["Transfer-Encoding: chunked"], `2;${"x".repeat(40_000)}\r\n{}\r\n0\r\n\r\n`),
    [413],
    0
  ],
  ["chunks of one byte", request(["Transfer-Encoding: chunked"], "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"), [200], 1],
  [
    "chunks beyond the limit",
    request(["Transfer-Encoding: chunked"], `200000\r\n${"x".repeat(0x200000)}\r\n0\r\n\r\n`),
    [413],
    0
  ],
  ["a header beyond the limit", request([`X-A: ${"a".repeat(20_000)}`], ""), [431], 0],
  [
    "very many headers",
    request(
      Array.from({ length: 4000 }, (_, n) => `X-${n}: a`),
      ""
    ),
    [431],
    0
  ],
  ["lines that end without a return", whole("{}").replaceAll("\r\n", "\n"), [400], 0],
  ["a header with a NUL", whole("{}", ["X-A: a\0b"]), [400], 0],
  ["a header that goes on in the next line", whole("{}", ["X-A: a", " b: c"]), [400], 0],
  ["no Host", "POST /hooks/Stop HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", [400], 0],
  ["another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400], 0],
  ["no protocol at all", "hello\n", [400], 0],
  ["an address with its host", request(["Content-Length: 2"], "{}", "POST http://x/hooks/Stop HTTP/1.1"), [400], 0],
  ["a path that climbs", request(["Content-Length: 2"], "{}", "POST /hooks/../hooks/Stop HTTP/1.1"), [404], 0],
  ["a path of prototypes", request(["Content-Length: 2"], "{}", "POST /hooks/__proto__ HTTP/1.1"), [404], 0],
  ["a tunnel", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", [], 0],
  ["an upgrade", whole("{}", ["Connection: Upgrade", "Upgrade: websocket"]), [200], 1],
  ["an expectation that nobody knows", whole("{}", ["Expect: the-worst"]), [417], 0],
  ["an expectation", whole("{}", ["Expect: 100-continue"]), [100, 200], 1],
  ["less than it says", request(["Content-Length: 20"], "{}"), [400], 0],
  ["three at once", whole("{}") + whole("[]") + whole("1"), [200, 200, 200], 3],
  [
    "one that is refused between two",
    whole("{}") + whole("{}").replace("Stop", "Nope") + whole("1"),
    [200, 404, 200],
    2
  ],
  ["a name that comes twice", whole("{}", ["X-Drover-Event: a", "X-Drover-Event: b"]), [400], 0],
  [
    "a batch of more lines than may wait",
    whole("1\n".repeat(mostWaiting + 1), ["Content-Type: application/x-ndjson"]),
    [413],
    0
  ],
  [
    "a batch of lines that are broken",
    whole(`{"a":1}\n\0\n{"b":\n\r\n[[[[\n`, ["Content-Type: application/x-ndjson"]),
    [200],
    4
  ]
]

for (const [what, sent, statuses, many] of oddities) {
  it.scopedLive(
    `API-2 over HTTP, ${what}: ${many === 0 ? "refused, and nothing is kept" : "read as it is meant"}`,
    () =>
      Effect.gen(function* () {
        const { kept, socket } = yield* listening
        const said = yield* Effect.promise(() => tell(socket, [Buffer.from(sent, "latin1")]))
        expect(answers(said).map(({ status }) => status)).toEqual(statuses)
        expect(kept).toHaveLength(many)
        yield* Effect.promise(() => expectWell(socket))
      })
  )
}

/** The server ends first. */
const never = new Promise<never>(() => undefined)

/** Requests whose bytes are changed, and bodies that are. */
const sent = fc.oneof(
  bytes([
    whole(hookBodies[1] ?? ""),
    whole("{}") + whole("[]"),
    request(["Transfer-Encoding: chunked"], "2\r\n{}\r\n0\r\n\r\n")
  ]),
  fc
    .tuple(bytes(hookBodies), fc.constantFrom("application/json", "application/x-ndjson"))
    .map(([body, type]) =>
      Buffer.concat([Buffer.from(request([`Content-Length: ${body.length}`, `Content-Type: ${type}`])), body])
    )
)
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 })

const parted = (all: Buffer, at: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const places = [0, ...at.map((where) => Math.floor(where * all.length)).toSorted((a, b) => a - b), all.length]
  return places.slice(1).map((end, index) => all.subarray(places[index], end))
}

const count = tally("HTTP")
it.scopedLive(
  "ING-1 whatever bytes come over HTTP, what is acknowledged is kept once, bounded and without keys, and nothing else is",
  () =>
    Effect.gen(function* () {
      const { kept, socket } = yield* listening
      const property = fc.asyncProperty(sent, cuts, async (all, at) => {
        kept.length = 0
        const said = await tell(socket, parted(all, at))
        const got = answers(said)
        const acknowledged = got.reduce((sum, { body, status }) => {
          if (status !== 200) return sum
          const { stored = 1 }: { readonly stored?: number } = JSON.parse(body)
          return sum + stored
        }, 0)
        expect(kept.length).toBeGreaterThanOrEqual(acknowledged)
        // Bytes that are no HTTP behind a request may end the connection before its answer is there.
        if (got.every(({ status }) => status === 200 || status === 404)) expect(kept).toHaveLength(acknowledged)
        expect(said.toString("latin1")).not.toContain(secret)
        expect(said.length).toBeLessThanOrEqual(64 * 1024)
        for (const { event } of kept) {
          expect(event.payload).not.toContain(secret)
          expect(bytesOf(event.payload)).toBeLessThanOrEqual(payloadBytes)
        }
        count(all.length, acknowledged > 0 ? "value" : "refused")
      })
      yield* Effect.promise(() => fc.assert(property))
      yield* Effect.promise(() => expectWell(socket))
    })
)

it.scopedLive("ING-3 clients that never end a request keep nobody else out, and the end of the server is theirs", () =>
  Effect.gen(function* () {
    const { end, socket } = yield* listening
    const begun = ["POST /hooks/Stop HTTP/1.1\r\nHost: x\r\nX-A: ", request(["Content-Length: 9"], "{"), "P", ""]
    const held = yield* Effect.promise(() => Promise.all(begun.map((part) => linger(socket, 50, part))))
    yield* Effect.promise(() => expectWell(socket))
    yield* end
    yield* Effect.promise(() => Promise.all(held.flat().map(({ closed }) => closed)))
  })
)

it.scopedLive("ING-1 a batch of the most and the worst lines is taken", () =>
  Effect.gen(function* () {
    const { kept, socket } = yield* listening
    const batch = (text: string) => {
      const sent = whole(text, ["Content-Type: application/x-ndjson", "Connection: close"])
      return Effect.promise(async () => answers(await say(socket, [Buffer.from(sent)], () => never)))
    }
    const most = yield* batch("1\n".repeat(mostWaiting))
    expect(most).toEqual([{ status: 200, body: `{"stored":${mostWaiting},"refused":[]}\n` }])
    kept.length = 0
    const long = `{"a":"${`token=${secret}\\"`.repeat(8000)}"}`
    expect(long.length).toBeLessThan(eventLimit)
    const worst = yield* batch(`${long}\n`.repeat(16))
    expect(worst).toEqual([{ status: 200, body: `{"stored":16,"refused":[]}\n` }])
    expect(kept).toHaveLength(16)
    expect(kept.every(({ event }) => !event.payload.includes(secret))).toBe(true)
  })
)
