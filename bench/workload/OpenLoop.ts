/**
 * Clients that send events at the pace at which they come about, however long the answers take: an event waits from the
 * moment at which it should have been sent.
 */
import { createConnection, type Socket } from "node:net"
import { percentile } from "../harness/Statistics.ts"
import { isAcknowledged, requestOf } from "./HookClient.ts"
import { eventOf } from "./HookEvents.ts"

export interface Offer {
  readonly socket: string
  readonly connections: number
  readonly perSecond: number
  readonly seconds: number
  readonly bytes: number
}

export interface Answered {
  /** 1 for each event, by its number, that was acknowledged. */
  readonly acknowledged: Uint8Array
  readonly p50Ms: number
  readonly p99Ms: number
}

/** After the last event, what is not answered by then is not. */
const patienceMs = 10_000

const numberAt = /toolu_(\d{20})/

/** The name that an event with that number has for the use of its tool, and back. */
export const numberOf = (toolUseId: string): number => Number(numberAt.exec(toolUseId)?.[1] ?? Number.NaN)

/** Requests that differ in nothing but their numbers: making them must cost less than answering them. */
const requests = (bytes: number): ((number: number) => string) => {
  const [before = "", , after = ""] = requestOf(eventOf(0, bytes)).split(numberAt)
  return (number) => `${before}toolu_${String(number).padStart(20, "0")}${after}`
}

const connected = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createConnection(path)
    socket.setEncoding("latin1").once("error", reject)
    socket.once("connect", () => resolve(socket))
  })

export const offer = async ({ bytes, connections, perSecond, seconds, socket: path }: Offer): Promise<Answered> => {
  const sockets = await Promise.all(Array.from({ length: connections }, () => connected(path)))
  const free = [...sockets]
  const request = requests(bytes)
  const count = perSecond * seconds
  const acknowledged = new Uint8Array(count)
  const waits: Array<number> = []
  const under = new Map<Socket, number>()
  let next = 0
  const begun = performance.now()
  const dueAt = (number: number): number => begun + (number * 1000) / perSecond

  const sendDue = (): void => {
    const now = performance.now()
    while (next < count && dueAt(next) <= now) {
      const socket = free.pop()
      if (socket === undefined) return
      under.set(socket, next)
      socket.write(request(next++))
    }
  }
  for (const socket of sockets) {
    socket.on("data", (answer) => {
      const number = under.get(socket)
      if (number === undefined) return
      under.delete(socket)
      if (isAcknowledged(String(answer))) acknowledged[number] = 1
      waits.push(performance.now() - dueAt(number))
      free.push(socket)
      sendDue()
    })
  }
  await new Promise<void>((resolve, reject) => {
    for (const socket of sockets) socket.once("error", reject)
    const timer = setInterval(() => {
      sendDue()
      const isOver = next === count && under.size === 0
      if (!isOver && performance.now() < dueAt(count) + patienceMs) return
      clearInterval(timer)
      resolve()
    }, 1)
  })
  for (const socket of sockets) socket.destroy()
  return { acknowledged, p50Ms: percentile(waits, 0.5), p99Ms: percentile(waits, 0.99) }
}
