/**
 * What the classifier costs, measured in a thread and a process of its own, as one bundle: neither the transforms of a
 * test runner nor other work of this machine should count.
 */
import { execFile } from "node:child_process"
import { once } from "node:events"
import { resolve } from "node:path"
import { promisify } from "node:util"
import { Worker } from "node:worker_threads"
import { build } from "esbuild"

const entry = resolve(import.meta.dirname, "../../../core/claim/index.ts")

const bundle = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "claim",
    platform: "neutral"
  })
  return outputFiles[0]?.text ?? ""
}

/** V8 counts how often each block runs: that depends on the text alone. A counter belongs to a whole engine. */
const counting = `
const { parentPort, workerData } = require("node:worker_threads")
const { Session } = require("node:inspector")
const session = new Session()
session.connect()
const call = (method, params) => {
  let answer
  session.post(method, params, (error, result) => {
    if (error) throw error
    answer = result
  })
  return answer
}
call("Profiler.enable")
call("Profiler.startPreciseCoverage", { callCount: true, detailed: true })
const { classify, timePromises } = require("node:vm").runInThisContext(workerData + ";claim", { filename: "claim.js" })
const steps = () => {
  const found = call("Profiler.takePreciseCoverage").result.find(({ url }) => url === "claim.js")
  return (found?.functions ?? []).flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0)
}
parentPort.on("message", (text) => {
  steps()
  classify(text)
  timePromises(text, { now: 0, offsetMinutes: 0 })
  parentPort.postMessage(steps())
})
`

export interface Counter {
  /** Steps that the classifier and the time promises take for a text. */
  readonly steps: (text: string) => Promise<number>
  readonly stop: () => Promise<void>
}

export const counter = async (): Promise<Counter> => {
  const thread = new Worker(counting, { eval: true, workerData: await bundle() })
  return {
    steps: async (text) => {
      const answer = once(thread, "message")
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
      thread.postMessage(text)
      const [count]: ReadonlyArray<unknown> = await answer
      return Number(count)
    },
    stop: async () => {
      await thread.terminate()
    }
  }
}

/** Runs each text until a run is short enough, or often: whoever shares the machine only adds to a run. */
const timing = `
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const main = async (input) => {
  const { bundle, units, length, enough } = JSON.parse(input)
  const { classify } = require("node:vm").runInThisContext(bundle + ";claim")
  const text = (unit) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length)
  const found = []
  for (const each of units.map(text)) {
    let best = Infinity
    for (let run = 0; run < 60 && best >= enough; run++) {
      // Engines warm up in the first runs; if it takes longer, a quieter moment may come.
      if (run > 10) await wait(50)
      const before = process.cpuUsage()
      classify(each)
      const { user, system } = process.cpuUsage(before)
      best = Math.min(best, (user + system) / 1000)
    }
    found.push(best)
  }
  console.log(JSON.stringify(found))
}
let input = ""
process.stdin.setEncoding("utf8").on("data", (part) => (input += part)).on("end", () => main(input))
`

/**
 * Milliseconds of processor time that classifying takes for each unit, repeated to a length: of the first run that took
 * less than `enough`, or the shortest of many.
 */
export const times = async (
  units: ReadonlyArray<string>,
  length: number,
  enough: number
): Promise<ReadonlyArray<number>> => {
  const child = promisify(execFile)(process.execPath, ["-e", timing])
  child.child.stdin?.end(JSON.stringify({ bundle: await bundle(), units, length, enough }))
  const found: unknown = JSON.parse((await child).stdout)
  return Array.isArray(found) ? found.map(Number) : []
}
