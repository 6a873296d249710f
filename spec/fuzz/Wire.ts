/** Bytes on a socket, and what comes back on it. */
import { createConnection } from "node:net"

export interface Answer {
  readonly status: number
  readonly body: string
}

const head = /HTTP\/1\.[01] (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/y

const empty = "0\r\n\r\n"

/** What a server has said, answer by answer; it throws where that is no HTTP. */
export const answers = (said: Buffer): ReadonlyArray<Answer> => {
  const text = said.toString("latin1")
  const all: Array<Answer> = []
  for (let at = 0; at < text.length;) {
    head.lastIndex = at
    const found = head.exec(text)
    if (found === null) throw new Error(`no answer of HTTP: ${JSON.stringify(text.slice(at, at + 100))}`)
    const [, status, headers = ""] = found
    const length = Number(/content-length: (\d+)/i.exec(headers)?.[1] ?? 0)
    const begin = head.lastIndex
    all.push({ status: Number(status), body: text.slice(begin, begin + length) })
    // What Node answers by itself may come in chunks, and is empty.
    at = begin + (text.startsWith(empty, begin) ? empty.length : length)
  }
  return all
}

/**
 * Sends the parts, one write for each, and waits until the other side has ended. It ends itself once `isHeard` is over,
 * for a server owes nothing to a client that has left.
 */
export const say = (path: string, parts: ReadonlyArray<Buffer>, isHeard: () => Promise<unknown>): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const heard: Array<Buffer> = []
    const socket = createConnection(path)
    socket.on("data", (some) => heard.push(some))
    // Whoever is refused in the middle is cut off.
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "EPIPE" || error.code === "ECONNRESET" ? undefined : reject(error)
    )
    socket.once("close", () => resolve(Buffer.concat(heard)))
    socket.once("connect", () => {
      for (const part of parts) socket.write(part)
      socket.write("", () => void isHeard().then(() => socket.end(), reject))
    })
  })

/** Connections that send that and nothing more, and stay. */
export const linger = (
  path: string,
  count: number,
  sent: string
): Promise<ReadonlyArray<{ readonly closed: Promise<void> }>> =>
  Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<{ readonly closed: Promise<void> }>((resolve, reject) => {
          const socket = createConnection(path)
          const closed = new Promise<void>((done) => socket.once("close", () => done()))
          socket.on("error", reject)
          socket.once("connect", () => socket.write(sent, () => resolve({ closed })))
          socket.resume()
        })
    )
  )
