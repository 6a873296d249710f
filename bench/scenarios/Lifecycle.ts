/**
 * L1: tasks from submission to done through the store, in batches of one hundred; a move is a row of the ledger. The
 * subject's time has all of drover's own work in it: core's rules, the actuator's rows, encoding, events, attempts and
 * verifications. Left out is reading the new tasks back, once.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Codec from "../../shell/store/Codec.ts"
import * as EncodedChange from "../../shell/store/EncodedChange.ts"
import * as RawLedger from "../references/RawLedger.ts"
import * as RawSqlite from "../references/RawSqlite.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import * as Life from "../workload/Life.ts"
import { countStatements, recorded, type StoreService, withStore } from "../workload/Stores.ts"
import { epoch, groupsOf, submissionOf } from "../workload/Tasks.ts"

const batch = 100
const warmUpTasks = 400
const tasksOf = ({ isQuick }: Place): number => (isQuick ? 1500 : 4000)
const process = Life.goneProcess("host", "boot", 0)

const perSecond = (tasks: number, tookMs: number): number => (tasks * Life.movesOfLife * 1000) / tookMs

/** Lives in batches, all tasks one step before any the next; answers milliseconds. */
export const lives = (store: StoreService, tasks: number) =>
  Effect.gen(function* () {
    const supervisor = yield* store.takeEpoch({ host: "host", pid: 1, at: epoch })
    let took = 0
    let begun = performance.now()
    for (let first = 0; first < tasks; first += batch) {
      yield* store.submit(submissionOf(first, Math.min(batch, tasks - first)))
    }
    took += performance.now() - begun
    let groups = groupsOf((yield* store.tasks({})).map(Life.born), batch)
    begun = performance.now()
    for (const step of Life.steps) {
      const after: Array<ReadonlyArray<Life.Living>> = []
      for (const group of groups) {
        const taken = group.map((living) => Life.take(living, step, supervisor, process))
        const written = yield* store.writeAll(taken.map(({ change }) => change))
        const refused = written.find(Either.isLeft)
        if (refused !== undefined) return yield* refused.left
        after.push(taken.map(({ after }) => after))
      }
      groups = after
    }
    took += performance.now() - begun
    const done = yield* store.tasks({ pipelines: ["done"] })
    if (done.length !== tasks) return yield* Effect.dieMessage(`${done.length} of ${tasks} tasks are done`)
    return took
  })

const count = async (directory: string): Promise<Sample["counters"]> => {
  const counted = countStatements()
  await withStore(join(directory, "counted.db"), (store) => lives(store, warmUpTasks))
  const { commits, statements } = counted()
  const countedMoves = warmUpTasks * Life.movesOfLife
  return {
    "SQL statements per 1,000 moves": Math.round((statements * 1000) / countedMoves),
    "commits per 1,000 moves": Math.round((commits * 1000) / countedMoves)
  }
}

const subject = async (place: Place): Promise<Sample> => {
  const tasks = tasksOf(place)
  await withStore(join(place.directory, "warm.db"), (store) => lives(store, warmUpTasks))
  const tookMs = await withStore(join(place.directory, "store.db"), (store) => lives(store, tasks))
  return {
    value: perSecond(tasks, tookMs),
    details: { "us per move": (tookMs * 1000) / (tasks * Life.movesOfLife) },
    counters: await count(place.directory)
  }
}

/** The texts of one life as drover writes them. */
export const textsOfLife = async (file: string): Promise<RawLedger.Texts> => {
  const [task] = await withStore(file, (store) => Effect.zipRight(store.submit(submissionOf(0, 1)), store.tasks({})))
  if (task === undefined) throw new Error("the task was not stored")
  const entries: Array<EncodedChange.EncodedEntry["row"]> = []
  Life.steps.reduce((living, step) => {
    const { after, change } = Life.take(living, step, null, process)
    entries.push(...EncodedChange.encode(change).entries.map(({ row }) => row))
    return after
  }, Life.born(task))
  return { spec: Codec.write.spec(task.spec), facts: Codec.write.facts(task.facts), entries }
}

const rawLedger = async (place: Place): Promise<Sample> => {
  const life = await textsOfLife(join(place.directory, "texts.db"))
  RawLedger.run(join(place.directory, "warm.db"), warmUpTasks, life)
  const tasks = tasksOf(place)
  return only(perSecond(tasks, RawLedger.run(join(place.directory, "ledger.db"), tasks, life)))
}

/** Exactly the rows and transactions of the subject, written by plain prepared statements. */
const sameRows = async (place: Place): Promise<Sample> => {
  const tasks = tasksOf(place)
  const transactions = await recorded(join(place.directory, "recorded.db"), (store) => lives(store, tasks))
  const file = join(place.directory, "replayed.db")
  await withStore(file, () => Effect.void)
  const database = RawSqlite.open(file)
  const durable = RawSqlite.transactions(database)
  const write = RawSqlite.writer(database)
  const begun = performance.now()
  for (const rows of transactions) durable(() => write(rows))
  const took = performance.now() - begun
  database.close()
  return only(perSecond(tasks, took))
}

export const lifecycle: Scenario = {
  id: "L1",
  inQuick: true,
  count,
  title: "task lifecycle through Store.writeAll, batches of 100",
  kind: "disk",
  unit: "moves/s",
  better: "higher",
  subjectIs: "process",
  subject: { name: "Store", run: subject },
  references: [
    { name: "raw ledger", run: rawLedger },
    { name: "same rows, raw", run: sameRows }
  ],
  goals: [{ id: "L1", reference: "raw ledger", relation: "atLeast", limit: 0.55 }]
}
