/** Answers to a client that does not take them. */
import { createServer, type ServerResponse } from "node:http"
import { createConnection, type Socket } from "node:net"
import { join } from "node:path"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import * as ResponseWriter from "../../../shell/http/ResponseWriter.ts"
import { folder } from "../process/World.ts"

/** A request that is asked and not answered yet, of a client that reads nothing. */
const pending = Effect.gen(function* () {
  const path = join(yield* folder, "s")
  const { client, response, server } = yield* Effect.promise(
    () =>
      new Promise<{ client: Socket; response: ServerResponse; server: ReturnType<typeof createServer> }>((resolve) => {
        const server = createServer((_, response) => resolve({ client, response, server }))
        let client: Socket
        server.listen(path, () => {
          client = createConnection(path)
          client.pause()
          client.on("error", () => {})
          client.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        })
      })
  )
  yield* Effect.addFinalizer(() =>
    Effect.promise(() => {
      client.destroy()
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    })
  )
  return { client, response }
})

const chunk = new Uint8Array(64 * 1024)

/** Lets everything that can happen by itself happen. */
const settle = Effect.promise(async () => {
  for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve))
})

it.scoped(
  "API-2 of a stream without end nothing is made that its client does not take, and it is cut off in the end",
  () =>
    Effect.gen(function* () {
      const { response } = yield* pending
      let made = 0
      const endless = Stream.repeatEffect(
        Effect.sync(() => {
          made++
          return chunk
        })
      )
      const fiber = yield* Effect.fork(ResponseWriter.write(response, HttpServerResponse.stream(endless), false))
      yield* settle
      const before = made
      // What the two buffers between them hold, and no more.
      expect(before).toBeLessThan(64)
      expect(response.writableNeedDrain).toBe(true)
      yield* settle
      expect(made).toBe(before)
      yield* TestClock.adjust(ResponseWriter.patienceMs - 1)
      yield* settle
      expect(response.destroyed).toBe(false)
      yield* TestClock.adjust(1)
      yield* settle
      expect(response.destroyed).toBe(true)
      yield* Fiber.interrupt(fiber)
    })
)

it.scoped("API-2 a client that takes what is there is given the rest, byte for byte", () =>
  Effect.gen(function* () {
    const { client, response } = yield* pending
    let bytes = 0
    const ended = new Promise<void>((resolve) => client.once("end", () => resolve()))
    const chunks = Stream.take(Stream.repeatValue(chunk), 100)
    response.shouldKeepAlive = false
    const fiber = yield* Effect.fork(
      ResponseWriter.write(response, HttpServerResponse.stream(chunks, { headers: { connection: "close" } }), false)
    )
    yield* settle
    client.on("data", (data: Buffer) => (bytes += data.length))
    client.resume()
    yield* Fiber.join(fiber)
    yield* Effect.promise(() => ended)
    expect(bytes).toBeGreaterThan(100 * chunk.length)
  })
)
