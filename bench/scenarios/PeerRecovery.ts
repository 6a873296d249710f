/**
 * R2 beside others: each is killed with ten thousand jobs under way. Ours is measured until every task is decided again;
 * theirs, by a new process with the settings that they come with, until every job was run again, which does nothing.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileOf } from "../harness/Bundle.ts"
import { environment } from "../harness/SampleProcess.ts"
import * as PostgreSql from "../peers/PostgreSql.ts"
import * as Redis from "../peers/Redis.ts"
import type { Running } from "../peers/Server.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import { taskCount } from "../workload/Home.ts"
import { recovery } from "./Recovery.ts"

type Held = "bullmq" | "dbos"

/** Starts the program and waits until it says that it is done; whoever holds is killed then. */
const run = async (words: ReadonlyArray<string>): Promise<void> => {
  const child = spawn(process.execPath, [fileOf("PeerVictim"), ...words], {
    env: environment(),
    stdio: ["ignore", "pipe", "inherit"]
  })
  const gone = once(child, "exit")
  const isDone = await Promise.race([once(child.stdout, "data").then(() => true), gone.then(() => false)])
  child.kill("SIGKILL")
  await gone
  if (!isDone) throw new Error(`${words[0]} ended with ${child.signalCode ?? child.exitCode}`)
}

const recovered =
  (peer: Held) =>
  async ({ directory, peers }: Place): Promise<Sample> => {
    if (peers === null) throw new Error("the peers were not made ready")
    const site = { directory, peers }
    const server: Running = await (peer === "dbos" ? PostgreSql.open(site) : Redis.open(site, "everysec"))
    const at = peer === "dbos" ? PostgreSql.urlOf(server) : `${server.port}`
    try {
      await run([peer, "hold", peers, at, `${taskCount}`])
      const begun = performance.now()
      await run([peer, "recover", peers, at, `${taskCount}`])
      return only(performance.now() - begun)
    } finally {
      await server.stop()
    }
  }

const dbos = "DBOS, launched again"
const bullMq = "BullMQ, another worker"

const { prepare } = recovery
const shared = {
  kind: recovery.kind,
  unit: recovery.unit,
  better: recovery.better,
  subjectIs: recovery.subjectIs,
  subject: recovery.subject,
  ...(prepare !== undefined && { prepare }),
  isLong: true
} as const

const jobs = taskCount.toLocaleString("en")

export const recoveryOfWorkflows: Scenario = {
  ...shared,
  id: "R2-DBOS",
  title: `killed with ${jobs} jobs under way, and DBOS with as many workflows`,
  rounds: 3,
  references: [{ name: dbos, needs: ["dbos", "postgresql"], run: recovered("dbos") }],
  goals: [{ id: "R2 DBOS", reference: dbos, relation: "atMost", limit: 1 / 10 }]
}

/** Each takes more than a minute: a job counts as lost after 30 s, and is looked for every 30 s. */
export const recoveryOfJobs: Scenario = {
  ...shared,
  id: "R2-BullMQ",
  title: `killed with ${jobs} jobs under way, and BullMQ with as many`,
  rounds: 1,
  references: [{ name: bullMq, needs: ["bullmq", "redis"], run: recovered("bullmq") }],
  goals: [{ id: "R2 BullMQ", reference: bullMq, relation: "atMost", limit: 1 / 100 }]
}
