/**
 * L5: one change at a time, each durable before the next is begun. The reference writes the same rows in the same
 * transactions to the same tables, by plain prepared statements.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as RawSqlite from "../references/RawSqlite.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import * as Life from "../workload/Life.ts"
import { countStatements, recorded, type StoreService, withStore } from "../workload/Stores.ts"
import { epoch, submissionOf } from "../workload/Tasks.ts"

const warmUpTasks = 40
const tasksOf = ({ isQuick }: Place): number => (isQuick ? 200 : 400)
const process = Life.goneProcess("host", "boot", 0)

interface Written {
  readonly writes: number
  readonly tookMs: number
}

/** Lives of `tasks` new tasks, one write after the other. */
export const lives = (store: StoreService, first: number, tasks: number, supervisor: number) =>
  Effect.gen(function* () {
    // Samples that share a store submit the same anew.
    const submitted = yield* store.submit({ ...submissionOf(first, tasks), again: true })
    const stored = yield* store.tasks({ ids: submitted.tasks.map(({ id }) => id) })
    const begun = performance.now()
    let writes = 0
    for (const task of stored) {
      let living = Life.born(task)
      for (const step of Life.steps) {
        const { after, change } = Life.take(living, step, supervisor, process)
        yield* store.write(change)
        living = after
        writes++
      }
    }
    return { writes, tookMs: performance.now() - begun } satisfies Written
  })

export const supervisorOf = (store: StoreService) => store.takeEpoch({ host: "host", pid: 1, at: epoch })

const count = (directory: string): Promise<Sample["counters"]> =>
  withStore(join(directory, "counted.db"), (store) =>
    Effect.gen(function* () {
      const supervisor = yield* supervisorOf(store)
      yield* lives(store, 0, 1, supervisor)
      const counted = countStatements()
      const { writes } = yield* lives(store, 1, warmUpTasks, supervisor)
      const { commits, statements } = counted()
      const per1000 = (count: number): number => Math.round((count * 1000) / writes)
      return {
        "SQL statements per 1,000 writes": per1000(statements),
        "commits per 1,000 writes": per1000(commits)
      }
    })
  )

const subject = async (place: Place): Promise<Sample> => {
  const { tookMs, writes } = await withStore(join(place.directory, "store.db"), (store) =>
    Effect.gen(function* () {
      const supervisor = yield* supervisorOf(store)
      yield* lives(store, 0, warmUpTasks, supervisor)
      return yield* lives(store, warmUpTasks, tasksOf(place), supervisor)
    })
  )
  return {
    value: (writes * 1000) / tookMs,
    details: { "us per write": (tookMs * 1000) / writes },
    counters: await count(place.directory)
  }
}

const raw = async (place: Place): Promise<Sample> => {
  const tasks = tasksOf(place)
  const transactions = await recorded(join(place.directory, "recorded.db"), (store) =>
    Effect.gen(function* () {
      const supervisor = yield* supervisorOf(store)
      yield* lives(store, 0, warmUpTasks, supervisor)
      yield* lives(store, warmUpTasks, tasks, supervisor)
    })
  )
  const file = join(place.directory, "replayed.db")
  await withStore(file, supervisorOf)
  const database = RawSqlite.open(file)
  const durable = RawSqlite.transactions(database)
  const write = RawSqlite.writer(database)
  // The epoch is written already; the two submissions are no writes of a life.
  const [, ...rest] = transactions
  const timed = (from: number, to: number): Written => {
    const begun = performance.now()
    for (const rows of rest.slice(from, to)) durable(() => write(rows))
    return { writes: to - from, tookMs: performance.now() - begun }
  }
  const measured = 2 + warmUpTasks * Life.steps.length
  timed(0, measured)
  const { tookMs, writes } = timed(measured, rest.length)
  database.close()
  if (writes !== tasks * Life.steps.length) throw new Error(`${writes} transactions were recorded`)
  return only((writes * 1000) / tookMs)
}

export const oneWrite: Scenario = {
  id: "L5",
  count,
  title: "Store.write, one durable change at a time",
  kind: "disk",
  unit: "writes/s",
  better: "higher",
  subjectIs: "process",
  subject: { name: "Store", run: subject },
  references: [{ name: "same rows, raw", run: raw }],
  goals: [{ id: "L5", reference: "same rows, raw", relation: "atLeast", limit: 0.85 }]
}
