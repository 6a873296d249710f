/** pg-boss on PostgreSQL, a hundred jobs at a time. */
import { load } from "./Packages.ts"
import type { Opened, Peer, Site } from "./Peer.ts"
import * as PostgreSql from "./PostgreSql.ts"

interface Boss {
  readonly start: () => Promise<unknown>
  readonly stop: (options: { readonly graceful: boolean; readonly wait: boolean }) => Promise<void>
  readonly createQueue: (name: string) => Promise<void>
  readonly send: (name: string, data: object) => Promise<string | null>
  readonly insert: (jobs: ReadonlyArray<{ readonly name: string; readonly data: object }>) => Promise<void>
  readonly fetch: (
    name: string,
    options: { readonly batchSize: number }
  ) => Promise<ReadonlyArray<{ readonly id: string }>>
  readonly complete: (name: string, ids: ReadonlyArray<string>) => Promise<void>
  readonly on: (event: "error", listener: (error: Error) => void) => unknown
}

interface Options {
  readonly connectionString: string
  readonly supervise: boolean
  readonly schedule: boolean
}

const name = "job"
const batchSize = 100

const open = async (site: Site): Promise<Opened> => {
  const PgBoss = await load<new (options: Options) => Boss>(site.peers, "pg-boss", "pg-boss")
  const server = await PostgreSql.open(site)
  const boss = new PgBoss({ connectionString: PostgreSql.urlOf(server), supervise: false, schedule: false })
  boss.on("error", (error) => console.error(error.message))
  await boss.start()
  await boss.createQueue(name)
  return {
    add: async (body) => void (await boss.send(name, { body })),
    addAll: (bodies) => boss.insert(bodies.map((body) => ({ name, data: { body } }))),
    work: async (count) => {
      let completed = 0
      while (completed < count) {
        const jobs = await boss.fetch(name, { batchSize })
        await boss.complete(
          name,
          jobs.map(({ id }) => id)
        )
        completed += jobs.length
      }
    },
    close: async () => {
      await boss.stop({ graceful: false, wait: false })
      await server.stop()
    }
  }
}

export const pgBoss: Peer = { name: "pg-boss, batches of 100", needs: ["pg-boss", "postgresql"], open }
