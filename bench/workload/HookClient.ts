/**
 * Clients of `POST /hooks/NAME`, in a thread of their own: sockets that are kept open, each with one request under way, its
 * bytes ready made. A client that shared the server's thread, or took its time with headers, would be what is measured.
 */
import { createConnection } from "node:net"
import { parentPort, Worker, workerData } from "node:worker_threads"
import * as Schema from "effect/Schema"
import { percentile } from "../harness/Statistics.ts"
import { eventOf } from "./HookEvents.ts"

const Load = Schema.Struct({
  socket: Schema.String,
  connections: Schema.Int,
  /** Numbers of the events. */
  from: Schema.Int,
  count: Schema.Int,
  bytes: Schema.Int,
  /** Events of one request; more than one are sent as lines. */
  lines: Schema.Int
})
export type Load = typeof Load.Type

/** Until all were acknowledged, and how long a request waited for its answer; milliseconds. */
const Taken = Schema.Struct({ tookMs: Schema.Number, p50Ms: Schema.Number, p99Ms: Schema.Number })
export type Taken = typeof Taken.Type

/** Fails where one was not acknowledged. */
export const send = (load: Load): Promise<Taken> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: load })
    worker.once("message", (taken) => resolve(Schema.decodeUnknownSync(Taken)(taken)))
    worker.once("error", reject)
    worker.once("exit", (code) => (code === 0 ? undefined : reject(new Error(`the clients ended with ${code}`))))
  })

const acknowledged = "HTTP/1.1 200 "

/** A request with that body, as bytes of one socket. */
export const requestOf = (body: string, type = "application/json"): string =>
  `POST /hooks/PostToolUse HTTP/1.1\r\nhost: drover\r\ncontent-type: ${type}\r\n` +
  `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** Whether that is an answer, in one piece as small ones come, that the events are kept. */
export const isAcknowledged = (answer: string): boolean => answer.startsWith(acknowledged)

const run = async ({ bytes, connections, count, from, lines, socket: path }: Load): Promise<Taken> => {
  const requests = Math.ceil(count / lines)
  const bodyOf = (index: number): string =>
    Array.from({ length: Math.min(lines, count - index * lines) }, (_, line) =>
      eventOf(from + index * lines + line, bytes)
    ).join("\n")
  // Texts of a hundred events take as long to make as to take in: these are made before.
  const ready = lines === 1 ? [] : Array.from({ length: requests }, (_, index) => bodyOf(index))
  const request = (index: number): string =>
    lines === 1 ? requestOf(bodyOf(index)) : requestOf(ready[index] ?? "", "application/x-ndjson")
  const waits: Array<number> = []
  let next = 0
  const begun = performance.now()
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = createConnection(path)
      socket.setEncoding("latin1").once("error", reject)
      let asked = 0
      const ask = (): void => {
        if (next === requests) {
          socket.end()
          return resolve()
        }
        const text = request(next++)
        asked = performance.now()
        socket.write(text)
      }
      socket.on("data", (answer) => {
        if (!isAcknowledged(String(answer))) return reject(new Error(`not acknowledged: ${String(answer)}`))
        waits.push(performance.now() - asked)
        return ask()
      })
      socket.once("connect", ask)
    })
  await Promise.all(Array.from({ length: connections }, work))
  const tookMs = performance.now() - begun
  return { tookMs, p50Ms: percentile(waits, 0.5), p99Ms: percentile(waits, 0.99) }
}

if (parentPort !== null) {
  const port = parentPort
  void run(Schema.decodeUnknownSync(Load)(workerData)).then((taken) => port.postMessage(taken))
}
