/** DBOS on PostgreSQL: workflows of one step, which run as soon as they are started. */
import { load } from "./Packages.ts"
import type { Opened, Peer, Site } from "./Peer.ts"
import * as PostgreSql from "./PostgreSql.ts"

interface Handle {
  readonly getResult: () => Promise<unknown>
}

type Workflow = (body: string) => Promise<number>

interface Dbos {
  readonly setConfig: (config: {
    readonly name: string
    readonly systemDatabaseUrl: string
    readonly runAdminServer: boolean
    readonly logLevel: string
    readonly applicationVersion: string
  }) => void
  readonly launch: () => Promise<void>
  readonly shutdown: () => Promise<void>
  readonly registerWorkflow: (workflow: Workflow, config: { readonly name: string }) => Workflow
  readonly runStep: (step: () => Promise<number>, config: { readonly name: string }) => Promise<number>
  readonly startWorkflow: (workflow: Workflow) => (body: string) => Promise<Handle>
}

interface Exports {
  readonly DBOS: Dbos
}

export interface Engine {
  readonly start: (body: string) => Promise<Handle>
  readonly shutdown: () => Promise<void>
}

/** Launches it on that database, with what it recovers; `step` is what each workflow does. */
export const launch = async (
  peers: string,
  systemDatabaseUrl: string,
  step: (body: string) => Promise<number>
): Promise<Engine> => {
  const { DBOS } = await load<Exports>(peers, "dbos", "@dbos-inc/dbos-sdk")
  DBOS.setConfig({
    name: "bench",
    systemDatabaseUrl,
    runAdminServer: false,
    logLevel: "error",
    // Whoever recovers has to be the same version.
    applicationVersion: "1"
  })
  const workflow = DBOS.registerWorkflow((body) => DBOS.runStep(() => step(body), { name: "step" }), { name: "job" })
  await DBOS.launch()
  return { start: (body) => DBOS.startWorkflow(workflow)(body), shutdown: () => DBOS.shutdown() }
}

const open = async (site: Site): Promise<Opened> => {
  const server = await PostgreSql.open(site)
  const engine = await launch(site.peers, PostgreSql.urlOf(server), (body) => Promise.resolve(body.length))
  let started: Array<Handle> = []
  const add = async (body: string): Promise<void> => {
    started.push(await engine.start(body))
  }
  return {
    add,
    addAll: async (bodies) => void (await Promise.all(bodies.map(add))),
    work: async () => {
      const handles = started
      started = []
      for (const handle of handles) await handle.getResult()
    },
    close: async () => {
      await engine.shutdown()
      await server.stop()
    }
  }
}

export const dbos: Peer = { name: "DBOS, one step", needs: ["dbos", "postgresql"], open }
