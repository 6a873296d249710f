/**
 * R2: a supervisor was killed with ten thousand tasks running, and their processes went with it. From the start of the
 * next `drover up` until every one of them has been looked at and has a ledger row that says it was lost.
 */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs"
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
const limitMs = 120_000
/** Ledger rows that the victim wrote of each task. */
const rowsBefore = 3

const Count = Schema.Struct({ count: Schema.Number })
const decodeCount = Schema.decodeUnknownSync(Count)

const prepare = (directory: string): Promise<void> => {
  const home = join(directory, "home")
  mkdirSync(home)
  const { signal, stderr } = spawnSync(
    process.execPath,
    [fileOf("Victim"), join(directory, "repositories"), `${taskCount}`],
    {
      env: environmentOf(home),
      encoding: "utf8"
    }
  )
  if (signal !== "SIGKILL") throw new Error(`the victim was not killed: ${stderr}`)
  return Promise.resolve()
}

/**
 * The state directory as the victim left it, for this sample alone. The folders of the attempts are shared: whoever
 * proves these attempts dead finds their start tokens taken, and writes nothing.
 */
const inherit = ({ directory, fixture }: Place): string => {
  const [from, home] = [join(fixture, "home"), join(directory, "home")]
  mkdirSync(home)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isFile()) copyFileSync(join(from, entry.name), join(home, entry.name))
    else symlinkSync(join(from, entry.name), join(home, entry.name))
  }
  return home
}

/** The moment at which every task has a ledger row more than before. */
const redecided = async (home: string, isGone: () => boolean): Promise<number> => {
  const deadline = performance.now() + limitMs
  // The first to open the file replays its log: that is the supervisor's work, and makes this file.
  const index = `${databaseOf(home)}-shm`
  while (!existsSync(index)) {
    if (isGone() || performance.now() > deadline) throw new Error("drover up did not open its store")
    await delay(pollMs)
  }
  const database = new Database(databaseOf(home), { readonly: true })
  const rows = database.prepare("SELECT count(*) AS count FROM transitions")
  const decided = database.prepare(
    "SELECT count(DISTINCT task_id) AS count FROM transitions WHERE revision = ? AND cause = 'tick'"
  )
  for (;;) {
    const at = performance.now()
    const mayBeDone = decodeCount(rows.get()).count >= (rowsBefore + 1) * taskCount
    const count = mayBeDone ? decodeCount(decided.get(rowsBefore + 1)).count : 0
    if (count === taskCount) {
      database.close()
      return at
    }
    if (isGone() || at > deadline) throw new Error(`drover up decided ${count} of ${taskCount} tasks again`)
    await delay(pollMs)
  }
}

const subject = async (place: Place): Promise<Sample> => {
  const home = inherit(place)
  const begun = performance.now()
  const up = spawn(process.execPath, [...place.nodeArgs, program, "up"], {
    env: environmentOf(home),
    stdio: "ignore"
  })
  const gone = once(up, "exit")
  try {
    return only((await redecided(home, () => up.exitCode !== null)) - begun)
  } finally {
    // One that is profiled writes its profile at its own end.
    up.kill(place.nodeArgs.length > 0 ? "SIGTERM" : "SIGKILL")
    await gone
  }
}

const raw = (place: Place): Promise<Sample> => {
  const home = inherit(place)
  const begun = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [fileOf("RawRecovery"), databaseOf(home)], {
    env: environment(),
    encoding: "utf8"
  })
  const took = performance.now() - begun
  if (status !== 0) throw new Error(`the raw recovery failed: ${stderr}`)
  return Promise.resolve(only(took))
}

export const recovery: Scenario = {
  id: "R2",
  title: "SIGKILL with 10,000 running tasks: all decided again",
  kind: "disk",
  unit: "ms",
  better: "lower",
  subjectIs: "program",
  subject: { name: "drover up", run: subject },
  references: [{ name: "raw SQLite", run: raw }],
  goals: [{ id: "R2", reference: null, relation: "atMost", limit: 500 }],
  prepare
}
