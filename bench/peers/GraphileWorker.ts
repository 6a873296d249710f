/** graphile-worker on PostgreSQL, at its fastest: it takes 500 jobs at a time and completes many at once. */
import { load } from "./Packages.ts"
import { countdown, type Opened, type Peer, type Site } from "./Peer.ts"
import * as PostgreSql from "./PostgreSql.ts"

interface Utilities {
  readonly migrate: () => Promise<void>
  readonly addJob: (name: string, payload: unknown) => Promise<unknown>
  readonly addJobs: (
    jobs: ReadonlyArray<{ readonly identifier: string; readonly payload: unknown }>
  ) => Promise<unknown>
  readonly release: () => Promise<void>
}

interface Logger {
  readonly scope: () => Logger
}

interface Connected {
  readonly connectionString: string
  readonly maxPoolSize: number
  readonly logger: Logger
}

interface Runner {
  readonly stop: () => Promise<void>
}

interface Exports {
  readonly Logger: new (factory: () => (level: string, message: string) => void) => Logger
  readonly makeWorkerUtils: (options: Connected) => Promise<Utilities>
  readonly run: (
    options: Connected & {
      readonly concurrency: number
      readonly noHandleSignals: boolean
      readonly preset: { readonly worker: object }
      readonly taskList: { readonly [name: string]: () => void }
    }
  ) => Promise<Runner>
}

const name = "job"

const open = async (site: Site): Promise<Opened> => {
  const { Logger, makeWorkerUtils, run } = await load<Exports>(site.peers, "graphile-worker", "graphile-worker")
  const server = await PostgreSql.open(site)
  const logger = new Logger(() => (level, message) => void (level === "error" && console.error(message)))
  const connected: Connected = { connectionString: PostgreSql.urlOf(server), maxPoolSize: 24, logger }
  const utilities = await makeWorkerUtils(connected)
  await utilities.migrate()
  return {
    add: async (body) => void (await utilities.addJob(name, { body })),
    addAll: async (bodies) =>
      void (await utilities.addJobs(bodies.map((body) => ({ identifier: name, payload: { body } })))),
    work: async (count) => {
      const { done, one } = countdown(count)
      const worker = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }
      const runner = await run({
        ...connected,
        concurrency: 24,
        noHandleSignals: true,
        preset: { worker },
        taskList: { [name]: one }
      })
      await done
      // It has ended when the last completions are stored.
      await runner.stop()
    },
    close: async () => {
      await utilities.release()
      await server.stop()
    }
  }
}

export const graphileWorker: Peer = {
  name: "graphile-worker, localQueue",
  needs: ["graphile-worker", "postgresql"],
  open
}
