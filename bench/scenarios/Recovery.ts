/**
 * R2: a supervisor was killed with ten thousand tasks running, and their processes went with it. From the start of the
 * next `drover up` until every one of them has been looked at and has a ledger row that says it was lost.
 */
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import Database from "better-sqlite3"
import * as Schema from "effect/Schema"
import { environment } from "../harness/SampleProcess.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import { databaseOf, environmentOf, taskCount } from "../workload/Home.ts"
import { program } from "../workload/Program.ts"

const victim = fileURLToPath(new URL("../references/Victim.js", import.meta.url))
const rawRecovery = fileURLToPath(new URL("../references/RawRecovery.js", import.meta.url))

const pollMs = 5
const limitMs = 120_000
/** Ledger rows that the victim wrote of each task. */
const rowsBefore = 3

const Count = Schema.Struct({ count: Schema.Number })
const decodeCount = Schema.decodeUnknownSync(Count)

const prepare = (directory: string): Promise<void> => {
  const home = join(directory, "home")
  mkdirSync(home)
  const { signal, stderr } = spawnSync(process.execPath, [victim, join(directory, "repositories"), `${taskCount}`], {
    env: environmentOf(home),
    encoding: "utf8"
  })
  if (signal !== "SIGKILL") throw new Error(`the victim was not killed: ${stderr}`)
  return Promise.resolve()
}

/** The state directory as the victim left it, of this sample alone. */
const inherit = ({ directory, fixture }: Place): string => {
  const home = join(directory, "home")
  cpSync(join(fixture, "home"), home, { recursive: true })
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
  const up = spawn(process.execPath, [program, "up"], { env: environmentOf(home), stdio: ["ignore", "ignore", "pipe"] })
  const gone = once(up, "exit")
  try {
    return only((await redecided(home, () => up.exitCode !== null)) - begun)
  } finally {
    up.kill("SIGKILL")
    await gone
  }
}

const raw = (place: Place): Promise<Sample> => {
  const home = inherit(place)
  const begun = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [rawRecovery, databaseOf(home)], {
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
  subject: { name: "drover up", run: subject },
  references: [{ name: "raw SQLite", run: raw }],
  goals: [{ id: "R2", reference: null, relation: "atMost", limit: 500 }],
  prepare
}
