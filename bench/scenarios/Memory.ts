/**
 * M1: what a supervisor holds in memory (resident set) when nothing happens: with nothing stored, and with ten thousand
 * tasks that wait.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import type { Place, Sample, Scenario } from "../Scenario.ts"
import { environmentOf, fillWaiting, taskCount } from "../workload/Home.ts"
import { program, residentMegabytes } from "../workload/Program.ts"

/** A supervisor that has looked round and has nothing to do is at rest by then. */
const settlingMs = 5000

const prepare = (home: string, count: number): Promise<void> => {
  mkdirSync(home)
  return fillWaiting(home, count)
}

const residentOf = async (home: string, nodeArgs: ReadonlyArray<string>): Promise<number> => {
  const up = spawn(process.execPath, [...nodeArgs, program, "up"], { env: environmentOf(home), stdio: "ignore" })
  const gone = once(up, "exit")
  try {
    await delay(settlingMs)
    return residentMegabytes(up.pid ?? 0)
  } finally {
    up.kill("SIGTERM")
    await gone
  }
}

export const live = "MB for each 10,000 tasks that wait"

const subject = async ({ directory, nodeArgs }: Place): Promise<Sample> => {
  const [empty, full] = [join(directory, "empty"), join(directory, "full")]
  await prepare(empty, 0)
  await prepare(full, taskCount)
  const idle = await residentOf(empty, nodeArgs)
  return { value: idle, details: { [live]: (await residentOf(full, nodeArgs)) - idle }, counters: {} }
}

export const memory: Scenario = {
  id: "M1",
  title: "memory of an idle supervisor",
  kind: "spawn",
  unit: "MB",
  better: "lower",
  subjectIs: "program",
  rounds: 5,
  subject: { name: "drover up", run: subject },
  references: [],
  goals: [
    { id: "M1 idle", reference: null, relation: "atMost", limit: 85 },
    { id: "M1 live", reference: null, detail: live, relation: "atMost", limit: 10 }
  ]
}
