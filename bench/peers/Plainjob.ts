/** plainjob: a queue on better-sqlite3, as drover is. Its default (NORMAL) syncs no commit: it outlives a kill, not a power cut. */
import { join } from "node:path"
import Database from "better-sqlite3"
import { load } from "./Packages.ts"
import { countdown, type Opened, type Peer, type Site } from "./Peer.ts"

interface Logger {
  readonly error: (message: string) => void
  readonly warn: () => void
  readonly info: () => void
  readonly debug: () => void
}

interface Queue {
  readonly add: (type: string, data: unknown) => unknown
  readonly addMany: (type: string, data: ReadonlyArray<unknown>) => unknown
  readonly close: () => void
}

interface Exports {
  readonly better: (database: Database) => unknown
  readonly defineQueue: (options: { readonly connection: unknown; readonly logger: Logger }) => Queue
  readonly defineWorker: (
    type: string,
    run: () => Promise<void>,
    options: { readonly queue: Queue; readonly logger: Logger; readonly onCompleted: () => void }
  ) => { readonly start: () => Promise<void>; readonly stop: () => Promise<void> }
}

type Synchronous = "NORMAL" | "FULL"

const nothing = (): void => undefined
const logger: Logger = { error: (message) => console.error(message), warn: nothing, info: nothing, debug: nothing }
const type = "job"

const open = async ({ directory, peers }: Site, synchronous: Synchronous): Promise<Opened> => {
  const { better, defineQueue, defineWorker } = await load<Exports>(peers, "plainjob", "plainjob")
  const database = new Database(join(directory, "plainjob.db"))
  const queue = defineQueue({ connection: better(database), logger })
  database.pragma(`synchronous = ${synchronous}`)
  return {
    add: (body) => Promise.resolve(void queue.add(type, { body })),
    addAll: (bodies) =>
      Promise.resolve(
        void queue.addMany(
          type,
          bodies.map((body) => ({ body }))
        )
      ),
    work: async (count) => {
      const { done, one } = countdown(count)
      const worker = defineWorker(type, () => Promise.resolve(), { queue, logger, onCompleted: one })
      const running = worker.start()
      await done
      await worker.stop()
      await running
    },
    close: () => Promise.resolve(queue.close())
  }
}

const plainjob = (synchronous: Synchronous): Peer => ({
  name: `plainjob, ${synchronous}`,
  needs: ["plainjob"],
  open: (site) => open(site, synchronous)
})

export const normal = plainjob("NORMAL")
export const full = plainjob("FULL")
