/** better-queue with its store in SQLite, which syncs nothing and has its journal in memory: not even a kill is survived. */
import { join } from "node:path"
import { load } from "./Packages.ts"
import { countdown, inFlight, type Opened, type Peer, type Site } from "./Peer.ts"

interface Queue {
  readonly push: (task: unknown, done?: (error?: Error) => void) => Queue
  readonly on: (event: "drain" | "task_queued", listener: () => void) => Queue
  readonly pause: () => void
  readonly resume: () => void
  readonly destroy: (done: () => void) => void
}

interface Options {
  readonly store: object
  readonly concurrent: number
  readonly batchSize: number
  readonly afterProcessDelay: number
}

type BetterQueue = new (run: (task: unknown, done: (error: null) => void) => void, options: Options) => Queue
type Store = new (options: { readonly path: string }) => object

const open = async ({ directory, peers }: Site): Promise<Opened> => {
  const Queue = await load<BetterQueue>(peers, "better-queue", "better-queue")
  const SqliteStore = await load<Store>(peers, "better-queue", "better-queue-sqlite")
  const store = new SqliteStore({ path: join(directory, "better-queue.db") })
  let onDone = (): void => undefined
  let onDrain = (): void => undefined
  const queue = new Queue(
    (_, done) => {
      done(null)
      onDone()
    },
    { store, concurrent: 50, batchSize: 1, afterProcessDelay: 0 }
  )
  queue.pause()
  queue.on("drain", () => onDrain())
  // A task that is queued is stored; which one is told does not matter, only how many.
  const waiting: Array<() => void> = []
  queue.on("task_queued", () => waiting.shift()?.())
  const add = (body: string): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve)
      queue.push({ body })
    })
  return {
    add,
    addAll: (bodies) => inFlight(bodies.length, bodies.length, (index) => add(bodies[index] ?? "")),
    work: async (count) => {
      const { done, one } = countdown(count)
      onDone = one
      // A worker that is paused between its job and the store's answer never ends.
      const drained = new Promise<void>((resolve) => {
        onDrain = resolve
      })
      queue.resume()
      await Promise.all([done, drained])
      queue.pause()
    },
    close: () => new Promise((resolve) => queue.destroy(resolve))
  }
}

export const betterQueue: Peer = { name: "better-queue, SQLite without syncs", needs: ["better-queue"], open }
