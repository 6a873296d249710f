/**
 * R1, R2, R3 and R5: a supervisor was killed with thousands of tasks running, and their processes went with it. From the
 * start of the next `drover up` until every one of them has been looked at and has a ledger row that says it was lost.
 */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import Database from "better-sqlite3"
import * as Schema from "effect/Schema"
import { fileOf } from "../harness/Bundle.ts"
import { environment } from "../harness/SampleProcess.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import { databaseOf, environmentOf, taskCount } from "../workload/Home.ts"
import { program } from "../workload/Program.ts"

const pollMs = 5
/** Milliseconds: a minute, and one for each task, several times what it takes. */
const limitMsOf = (running: number): number => 60_000 + running
/** Ledger rows that the victim wrote of each running task. */
const rowsBefore = 3

const Count = Schema.Struct({ count: Schema.Number })
const decodeCount = Schema.decodeUnknownSync(Count)

/** The homes that a fixture has: only running tasks, or behind others that are over. */
type Home = "running" | "history"

const makeHome = (directory: string, name: Home, running: number, archived: number): void => {
  const home = join(directory, name)
  mkdirSync(home)
  const { signal, stderr } = spawnSync(
    process.execPath,
    [fileOf("Victim"), join(directory, "repositories"), `${running}`, `${archived}`],
    { env: environmentOf(home), encoding: "utf8" }
  )
  if (signal !== "SIGKILL") throw new Error(`the victim was not killed: ${stderr}`)
}

/**
 * The state directory as the victim left it, for this sample alone. The folders of the attempts are shared: whoever
 * proves these attempts dead finds their start tokens taken, and writes nothing.
 */
const inherit = ({ directory, fixture }: Place, name: Home): string => {
  const [from, home] = [join(fixture, name), join(directory, "home")]
  mkdirSync(home)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isFile()) copyFileSync(join(from, entry.name), join(home, entry.name))
    else symlinkSync(join(from, entry.name), join(home, entry.name))
  }
  return home
}

/** The moment at which every one of so many running tasks has a ledger row more than before. */
const redecided = async (home: string, running: number, isGone: () => boolean): Promise<number> => {
  const deadline = performance.now() + limitMsOf(running)
  // The first to open the file replays its log: that is the supervisor's work, and makes this file.
  const index = `${databaseOf(home)}-shm`
  while (!existsSync(index)) {
    if (isGone() || performance.now() > deadline) throw new Error("drover up did not open its store")
    await delay(pollMs)
  }
  const database = new Database(databaseOf(home), { readonly: true })
  // The last row by its key: it is looked up, and not counted, as long as there must be more.
  const rows = database.prepare("SELECT max(seq) AS count FROM events")
  const before = Number(readFileSync(join(home, "seq"), "utf8"))
  const decided = database.prepare(
    "SELECT count(DISTINCT task_id) AS count FROM transitions WHERE seq > ? AND revision = ? AND cause = 'tick'"
  )
  for (;;) {
    const at = performance.now()
    const mayBeDone = decodeCount(rows.get()).count >= before + running
    const count = mayBeDone ? decodeCount(decided.get(before, rowsBefore + 1)).count : 0
    if (count === running) {
      database.close()
      return at
    }
    if (isGone() || at > deadline) throw new Error(`drover up decided ${count} of ${running} tasks again`)
    await delay(pollMs)
  }
}

const up =
  (running: number, name: Home) =>
  async (place: Place): Promise<Sample> => {
    const home = inherit(place, name)
    const begun = performance.now()
    const child = spawn(process.execPath, [...place.nodeArgs, program, "up"], {
      env: environmentOf(home),
      stdio: "ignore"
    })
    const gone = once(child, "exit")
    try {
      return only((await redecided(home, running, () => child.exitCode !== null)) - begun)
    } finally {
      // One that is profiled writes its profile at its own end.
      child.kill(place.nodeArgs.length > 0 ? "SIGTERM" : "SIGKILL")
      await gone
    }
  }

const raw = (place: Place): Promise<Sample> => {
  const home = inherit(place, "running")
  const begun = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [fileOf("RawRecovery"), databaseOf(home)], {
    env: environment(),
    encoding: "utf8"
  })
  const took = performance.now() - begun
  if (status !== 0) throw new Error(`the raw recovery failed: ${stderr}`)
  return Promise.resolve(only(took))
}

const shared = { kind: "disk", unit: "ms", better: "lower", subjectIs: "program" } as const

/** After so many running tasks, against the least that any program on this store would do. */
const recoveryOf = (id: string, running: number, more: Pick<Scenario, "goals" | "isLong" | "rounds">): Scenario => ({
  ...shared,
  ...more,
  id,
  title: `SIGKILL with ${running.toLocaleString("en")} running tasks: all decided again`,
  subject: { name: "drover up", run: up(running, "running") },
  references: [{ name: "raw SQLite", run: raw }],
  prepare: (directory) => Promise.resolve(makeHome(directory, "running", running, 0))
})

const few = taskCount
const many = 10 * taskCount
const most = 100 * taskCount

export const recovery = recoveryOf("R2", few, {
  goals: [{ id: "R2", reference: null, relation: "atMost", limit: 500 }]
})

export const recoveryOfMany = recoveryOf("R1", many, {
  isLong: true,
  rounds: 3,
  goals: [
    { id: "R1", reference: "raw SQLite", relation: "atMost", limit: 3 },
    { id: "R1 wall", reference: null, relation: "atMost", limit: 2500 }
  ]
})

export const recoveryOfMost = recoveryOf("R3", most, {
  isLong: true,
  rounds: 1,
  goals: [{ id: "R3", reference: null, relation: "atMost", limit: 15_000 }]
})

const beside = "drover up, no history"

export const recoveryWithHistory: Scenario = {
  ...shared,
  id: "R5",
  title: `the same with 10,000 running tasks behind ${many.toLocaleString("en")} that are archived`,
  isLong: true,
  rounds: 5,
  subject: { name: "drover up", run: up(few, "history") },
  references: [{ name: beside, run: up(few, "running") }],
  goals: [{ id: "R5", reference: beside, relation: "atMost", limit: 1.3 }],
  prepare: (directory) => {
    makeHome(directory, "running", few, 0)
    makeHome(directory, "history", few, many)
    return Promise.resolve()
  }
}
