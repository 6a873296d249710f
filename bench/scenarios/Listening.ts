/**
 * C5: from the start of `drover up` until the first hook event is acknowledged, with thousands of tasks to be read, as a
 * multiple of starting Node on nothing. Who sends events need not wait for the tasks.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, rm } from "node:fs/promises"
import { request } from "node:http"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { environment } from "../harness/SampleProcess.ts"
import { median } from "../harness/Statistics.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import { environmentOf, fillWaiting, taskCount } from "../workload/Home.ts"
import { program, start } from "../workload/Program.ts"

const pollMs = 2
const limitMs = 60_000
/** Starts of one sample: their median is the sample. */
const starts = 3

/** Whether an event is acknowledged there now. */
const isAcknowledged = (socket: string): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = request({ socketPath: socket, method: "POST", path: "/hooks/Stop" }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    asked.once("error", () => resolve(false))
    asked.end("{}")
  })

const startOnce = async (home: string, nodeArgs: ReadonlyArray<string>): Promise<number> => {
  const socket = join(home, "drover.sock")
  await rm(socket, { force: true })
  const begun = performance.now()
  const up = spawn(process.execPath, [...nodeArgs, program, "up"], { env: environmentOf(home), stdio: "ignore" })
  const gone = once(up, "exit")
  try {
    while (!(await isAcknowledged(socket))) {
      if (up.exitCode !== null || performance.now() - begun > limitMs) throw new Error("drover up does not listen")
      await delay(pollMs)
    }
    return performance.now() - begun
  } finally {
    up.kill("SIGTERM")
    await gone
  }
}

const listening = async ({ fixture, nodeArgs }: Place): Promise<Sample> => {
  const took: Array<number> = []
  for (let index = 0; index < starts; index++) took.push(await startOnce(join(fixture, "home"), nodeArgs))
  return only(median(took))
}

const nothing = {
  name: "node -e 0",
  run: () => Promise.resolve(only(start(["-e", "0"], environment())))
}

const scenarioOf = (id: string, tasks: number, limit: number, isLong: boolean): Scenario => ({
  id,
  title: `drover up with ${tasks.toLocaleString("en")} tasks that wait: the first event acknowledged`,
  kind: "spawn",
  unit: "ms",
  better: "lower",
  subjectIs: "program",
  isLong,
  subject: { name: "drover up", run: listening },
  references: [nothing],
  prepare: async (directory) => {
    await mkdir(join(directory, "home"))
    await fillWaiting(join(directory, "home"), tasks)
  },
  goals: [{ id, reference: nothing.name, relation: "atMost", limit }]
})

export const listeningWithFew = scenarioOf("C5", taskCount, 7, false)
export const listeningWithMany = scenarioOf("C5-100k", 10 * taskCount, 12, true)
