/** What a start costs: until a supervisor knows its fleet, until a person sees a status, and what the fleet weighs. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Policy from "../../core/policy/Policy.ts"
import * as Reconciler from "../../core/tick/Reconciler.ts"
import { unobserved } from "../../core/tick/World.ts"
import * as ProcStat from "../../shell/process/ProcStat.ts"
import * as Fleet from "../../shell/supervisor/Fleet.ts"
import { only, type Place, type Sample } from "../Scenario.ts"
import { databaseOf, environmentOf, fillWaiting } from "../workload/Home.ts"
import { program, residentMegabytes, start } from "../workload/Program.ts"
import { withStore } from "../workload/Stores.ts"
import { epoch } from "../workload/Tasks.ts"
import type { Cost } from "./Cost.ts"

const load = ({ fixture }: Place): Promise<Sample> => {
  const begun = performance.now()
  return withStore(databaseOf(fixture), (store) =>
    Effect.gen(function* () {
      const opened = performance.now()
      const fleet = yield* Fleet.make(store)
      const loaded = performance.now()
      const reconciler = Reconciler.make({ policy: Policy.defaults, isDraining: true, pressure: null, accounts: [] })
      const tasks = fleet.takeChanged().map((task) => unobserved(task, []))
      const { decided } = reconciler.advance({ tasks }, epoch)
      const ended = performance.now()
      if (decided !== tasks.length) return yield* Effect.dieMessage(`${decided} of ${tasks.length} were decided about`)
      return {
        value: ended - begun,
        details: { "ms to read": loaded - opened, "ms of the first tick": ended - loaded, "open tasks": tasks.length },
        counters: {}
      } satisfies Sample
    })
  )
}

const status = ({ fixture, nodeArgs }: Place): Promise<Sample> =>
  Promise.resolve(only(start([...nodeArgs, program, "status"], environmentOf(fixture))))

/** A process is at rest when it computed for less than a tenth of the time, for so many looks in a row. */
const lookMs = 500
const restingLooks = 6
const longestMs = 240_000

const cpuMs = (pid: number): number => {
  const stat = Option.getOrNull(ProcStat.parse(readFileSync(`/proc/${pid}/stat`, "latin1")))
  if (stat === null) throw new Error(`process ${pid} can not be looked at`)
  return stat.cpuMs
}

const rest = async (up: ChildProcess, pid: number): Promise<void> => {
  const deadline = performance.now() + longestMs
  let before = cpuMs(pid)
  for (let looks = 0; looks < restingLooks;) {
    if (performance.now() > deadline) throw new Error("drover up did not come to rest")
    await delay(lookMs)
    const ended = up.signalCode ?? up.exitCode
    if (ended !== null) throw new Error(`drover up ended with ${ended} before it came to rest`)
    const now = cpuMs(pid)
    looks = now - before < lookMs / 10 ? looks + 1 : 0
    before = now
  }
}

const residentOf = async (home: string): Promise<number> => {
  const up = spawn(process.execPath, [program, "up"], { env: environmentOf(home), stdio: "ignore" })
  const gone = once(up, "exit")
  const pid = up.pid
  if (pid === undefined) throw new Error("drover up could not be started")
  try {
    await rest(up, pid)
    return residentMegabytes(pid)
  } finally {
    up.kill("SIGTERM")
    await gone
  }
}

const memory =
  (tasks: number) =>
  async ({ directory, fixture }: Place): Promise<Sample> => {
    const empty = join(directory, "empty")
    await fillWaiting(empty, 0)
    const [without, value] = [await residentOf(empty), await residentOf(fixture)]
    return { value, details: { "KB for each task": ((value - without) * 1024) / tasks }, counters: {} }
  }

export const startCosts: ReadonlyArray<Cost> = [
  {
    id: "load",
    title: "start: open the store, read what is open, decide about all of it",
    unit: "ms",
    kind: "disk",
    chart: "start",
    label: "load what is open",
    mostPerDecade: 13,
    home: "fleet",
    run: () => load
  },
  {
    id: "status",
    title: "drover status, all tasks current",
    unit: "ms",
    kind: "spawn",
    chart: "start",
    label: "drover status",
    mostPerDecade: 13,
    home: "fleet",
    run: () => status
  },
  {
    id: "memory",
    title: "resident memory of a supervisor at rest, all tasks waiting",
    unit: "MB",
    kind: "spawn",
    chart: "memory",
    label: "resident memory",
    mostPerDecade: 10,
    home: "waiting",
    lacks: () => (process.platform === "linux" ? null : "it needs Linux"),
    run: memory
  }
]
