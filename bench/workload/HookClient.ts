/**
 * Clients of `POST /hooks/NAME`, in a thread of their own: sockets that are kept open, each with one request under way, its
 * bytes ready made. A client that shared the server's thread, or took its time with headers, would be what is measured.
 */
import { createConnection } from "node:net"
import { parentPort, Worker, workerData } from "node:worker_threads"
import * as Schema from "effect/Schema"
import { eventOf } from "./HookEvents.ts"

const Load = Schema.Struct({
  socket: Schema.String,
  connections: Schema.Int,
  /** Numbers of the events. */
  from: Schema.Int,
  count: Schema.Int,
  bytes: Schema.Int
})
export type Load = typeof Load.Type

/** Milliseconds until all were acknowledged; fails where one was not. */
export const send = (load: Load): Promise<number> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: load })
    worker.once("message", (took) => resolve(Number(took)))
    worker.once("error", reject)
    worker.once("exit", (code) => (code === 0 ? undefined : reject(new Error(`the clients ended with ${code}`))))
  })

const acknowledged = "HTTP/1.1 200 "

const requestOf = (number: number, bytes: number): string => {
  const body = eventOf(number, bytes)
  return `POST /hooks/PostToolUse HTTP/1.1\r\nhost: drover\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

const run = ({ bytes, connections, count, from, socket: path }: Load): Promise<number> => {
  let next = 0
  const begun = performance.now()
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = createConnection(path)
      socket.setEncoding("latin1").once("error", reject)
      const ask = (): void => {
        if (next === count) {
          socket.end()
          return resolve()
        }
        socket.write(requestOf(from + next++, bytes))
      }
      // An answer is small: it comes in one piece.
      socket.on("data", (answer) => {
        if (String(answer).startsWith(acknowledged)) return ask()
        reject(new Error(`not acknowledged: ${String(answer)}`))
      })
      socket.once("connect", ask)
    })
  return Promise.all(Array.from({ length: connections }, work)).then(() => performance.now() - begun)
}

if (parentPort !== null) {
  const port = parentPort
  void run(Schema.decodeUnknownSync(Load)(workerData)).then((took) => port.postMessage(took))
}
