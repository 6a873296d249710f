/** BullMQ on Redis with an append-only file; fifty jobs at once. */
import { load } from "./Packages.ts"
import { countdown, type Opened, type Peer, type Site } from "./Peer.ts"
import * as Redis from "./Redis.ts"

interface Connected {
  readonly connection: { readonly host: string; readonly port: number; readonly maxRetriesPerRequest: null }
}

interface Queue {
  readonly add: (name: string, data: unknown) => Promise<unknown>
  readonly addBulk: (jobs: ReadonlyArray<{ readonly name: string; readonly data: unknown }>) => Promise<unknown>
  readonly close: () => Promise<void>
}

interface Worker {
  readonly on: (event: "completed", listener: () => void) => unknown
  readonly run: () => Promise<void>
  readonly close: (force?: boolean) => Promise<void>
}

export interface BullMq {
  readonly Queue: new (name: string, options: Connected) => Queue
  readonly Worker: new (
    name: string,
    run: () => Promise<void>,
    options: Connected & { readonly concurrency: number; readonly autorun: boolean }
  ) => Worker
}

export const name = "job"
export const connectionTo = (port: number): Connected => ({
  connection: { host: "127.0.0.1", port, maxRetriesPerRequest: null }
})

export const bullMq = (peers: string): Promise<BullMq> => load<BullMq>(peers, "bullmq", "bullmq")

const concurrency = 50

const open = async (site: Site, syncs: Redis.Syncs): Promise<Opened> => {
  const { Queue, Worker } = await bullMq(site.peers)
  const redis = await Redis.open(site, syncs)
  const connected = connectionTo(redis.port)
  const queue = new Queue(name, connected)
  return {
    add: async (body) => void (await queue.add(name, { body })),
    addAll: async (bodies) => void (await queue.addBulk(bodies.map((body) => ({ name, data: { body } })))),
    work: async (count) => {
      const { done, one } = countdown(count)
      const worker = new Worker(name, () => Promise.resolve(), { ...connected, concurrency, autorun: false })
      worker.on("completed", one)
      const running = worker.run()
      await done
      await worker.close()
      await running
    },
    close: async () => {
      await queue.close()
      await redis.stop()
    }
  }
}

const onRedis = (syncs: Redis.Syncs): Peer => ({
  name: `BullMQ, ${syncs}`,
  needs: ["bullmq", "redis"],
  open: (site) => open(site, syncs)
})

export const always = onRedis("always")
export const everysec = onRedis("everysec")
