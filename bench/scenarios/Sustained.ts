/**
 * I8: the built supervisor with 100,000 tasks, of which two at a time are worked on, under 10,000 events a second for a
 * minute; then SIGKILL, and what was acknowledged is looked for.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Place, Sample, Scenario } from "../Scenario.ts"
import { databaseOf, environmentOf } from "../workload/Home.ts"
import * as OpenLoop from "../workload/OpenLoop.ts"
import { program, residentMegabytes } from "../workload/Program.ts"
import * as WatchedLoop from "../workload/WatchedLoop.ts"
import { withStore } from "../workload/Stores.ts"
import { submissionOf } from "../workload/Tasks.ts"

const tasks = 100_000
const folders = 100
const batchSize = 100
const perSecond = 10_000
/** The agents of the tasks end by themselves, also when nobody supervises them any more. */
const agentSeconds = 1

const configuration = "[policy]\nmax_concurrent = 2\n"

const prepare = async (fixture: string): Promise<void> => {
  for (let folder = 0; folder < folders; folder++) {
    mkdirSync(join(fixture, "work", `${folder}`), { recursive: true })
  }
  await withStore(databaseOf(fixture), (store) =>
    Effect.gen(function* () {
      for (let first = 0; first < tasks; first += batchSize) {
        yield* store.submit(
          submissionOf(first, batchSize, (task, index) => {
            const cwd = join(fixture, "work", `${index % folders}`)
            const agent = { ...task.spec.agent, command: "/bin/sleep", args: [`${agentSeconds}`] }
            return { ...task, spec: { ...task.spec, cwd, agent, verify: [] } }
          })
        )
      }
    })
  )
}

const Counted = Schema.Struct({ count: Schema.Number })

/** Moves that tasks have made. */
const movesIn = (database: Database): number =>
  Schema.decodeUnknownSync(Counted)(database.prepare("SELECT count(*) AS count FROM transitions").get()).count

/** Until it takes events in and agents are at work: by then it has read all tasks, and each has made its first move. */
const working = async (home: string, socket: string, isGone: () => boolean): Promise<void> => {
  const database = new Database(databaseOf(home), { readonly: true })
  while (!existsSync(socket) || movesIn(database) <= tasks) {
    if (isGone()) throw new Error("drover up ended")
    await delay(100)
  }
  database.close()
}

const Use = Schema.Struct({ tool_use_id: Schema.String })
/** How often each event is stored, by its number, and how many moves of tasks are. */
const stored = (home: string, count: number): { readonly times: Uint8Array; readonly moves: number } => {
  const database = new Database(databaseOf(home))
  const times = new Uint8Array(count)
  const page = database.prepare("SELECT tool_use_id FROM hook_events WHERE id > ? AND id <= ?")
  const { count: last } = Schema.decodeUnknownSync(Counted)(
    database.prepare("SELECT coalesce(max(id), 0) AS count FROM hook_events").get()
  )
  const uses = Schema.decodeUnknownSync(Schema.Array(Use))
  for (let from = 0; from < last; from += batchSize * 100) {
    for (const { tool_use_id } of uses(page.all(from, from + batchSize * 100))) {
      const number = OpenLoop.numberOf(tool_use_id)
      times[number] = (times[number] ?? 0) + 1
    }
  }
  const moves = movesIn(database)
  database.close()
  return { times, moves }
}

const megabyte = 1024 * 1024

/** Looks at the memory and the log of a supervisor again and again; the most that it saw. */
const watch = (pid: number, home: string) => {
  const most = { resident: 0, log: 0 }
  const look = (): void => {
    most.resident = Math.max(most.resident, residentMegabytes(pid))
    most.log = Math.max(most.log, statSync(`${databaseOf(home)}-wal`).size / megabyte)
  }
  look()
  const timer = setInterval(look, 250)
  return { most, end: () => clearInterval(timer) }
}

const details = {
  p99: "p99 ms of an answer",
  acknowledged: "% acknowledged",
  lost: "acknowledged events lost",
  doubled: "events doubled",
  resident: "MB resident at most",
  log: "MB of WAL at most",
  moves: "moves of tasks"
} as const

const subject = async ({ directory, fixture, isQuick, nodeArgs }: Place): Promise<Sample> => {
  copyFileSync(databaseOf(fixture), databaseOf(directory))
  writeFileSync(join(directory, "config.toml"), configuration)
  const socket = join(directory, "drover.sock")
  const up = spawn(process.execPath, [...nodeArgs, ...WatchedLoop.nodeArgs, program, "up"], {
    env: { ...environmentOf(directory), ...WatchedLoop.environmentOf(directory) },
    stdio: "ignore"
  })
  const gone = once(up, "exit")
  const seconds = isQuick ? 10 : 60
  try {
    await working(directory, socket, () => up.exitCode !== null)
    const watched = watch(up.pid ?? 0, directory)
    WatchedLoop.begin(up)
    const { acknowledged, p50Ms, p99Ms } = await OpenLoop.offer({
      socket,
      connections: 64,
      perSecond,
      seconds,
      bytes: 1000
    })
    watched.end()
    const loop = await WatchedLoop.end(up, directory)
    up.kill(nodeArgs.length > 0 ? "SIGTERM" : "SIGKILL")
    await gone
    const { moves, times } = stored(directory, acknowledged.length)
    return {
      value: p50Ms,
      details: {
        [details.p99]: p99Ms,
        [details.acknowledged]: (100 * acknowledged.reduce((sum, each) => sum + each, 0)) / acknowledged.length,
        [details.lost]: acknowledged.filter((each, number) => each > (times[number] ?? 0)).length,
        [details.doubled]: times.filter((each) => each > 1).length,
        [details.resident]: watched.most.resident,
        [details.log]: watched.most.log,
        [details.moves]: moves,
        ...loop
      },
      counters: {}
    }
  } finally {
    up.kill("SIGKILL")
    await gone
    // Its last agents write into the folder that is about to go.
    await delay(2000 * agentSeconds)
  }
}

const atMost = (id: string, detail: string, limit: number): Scenario["goals"][number] => ({
  id,
  reference: null,
  detail,
  relation: "atMost",
  limit
})

export const sustained: Scenario = {
  id: "I8",
  title: `${perSecond.toLocaleString("en")} events a second for a minute, ${tasks.toLocaleString("en")} tasks, then SIGKILL`,
  kind: "disk",
  unit: "ms",
  better: "lower",
  subjectIs: "program",
  isLong: true,
  rounds: 3,
  subject: { name: "drover up", run: subject },
  references: [],
  goals: [
    { id: "I8 p50", reference: null, relation: "atMost", limit: 5 },
    atMost("I8 p99", details.p99, 150),
    { id: "I8 acknowledged", reference: null, detail: details.acknowledged, relation: "atLeast", limit: 100 },
    atMost("I8 lost", details.lost, 0),
    atMost("I8 doubled", details.doubled, 0),
    atMost("I8 memory", details.resident, 200),
    atMost("I8 log", details.log, 64)
  ],
  prepare
}
