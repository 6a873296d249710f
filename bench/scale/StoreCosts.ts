/** Writes into a store that has so many tasks already, and as many hook events. */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { percentile } from "../harness/Statistics.ts"
import { lives, supervisorOf } from "../scenarios/OneWrite.ts"
import { only, type Place, type Sample } from "../Scenario.ts"
import * as Doors from "../workload/Doors.ts"
import * as HookClient from "../workload/HookClient.ts"
import { databaseOf, writeAll } from "../workload/Home.ts"
import * as Life from "../workload/Life.ts"
import { type StoreService, withStore } from "../workload/Stores.ts"
import { submissionOf } from "../workload/Tasks.ts"
import type { Cost } from "./Cost.ts"

/** What is written is beside the tasks that are there, and far from their names. */
const beyond = 10_000_000
const warmUpTasks = 20
const livedTasks = 60
const group = 100
const groups = 20
const connections = 64

/** The store of that size; what samples add to it is the same at every size. */
const onStore = <E>({ fixture }: Place, body: (store: StoreService) => Effect.Effect<number, E>): Promise<Sample> =>
  Effect.runPromise(
    Effect.map(
      Effect.promise(() => withStore(databaseOf(fixture), body)),
      only
    )
  )

const oneWrite = (place: Place): Promise<Sample> =>
  onStore(place, (store) =>
    Effect.gen(function* () {
      const supervisor = yield* supervisorOf(store)
      yield* lives(store, beyond, warmUpTasks, supervisor)
      const { tookMs, writes } = yield* lives(store, beyond + warmUpTasks, livedTasks, supervisor)
      return (tookMs * 1000) / writes
    })
  )

const process_ = Life.goneProcess("host", "boot", 0)

const groupWrite = (place: Place): Promise<Sample> =>
  onStore(place, (store) =>
    Effect.gen(function* () {
      const took: Array<number> = []
      for (let index = 0; index < groups; index++) {
        const submission = { ...submissionOf(beyond + index * group, group), again: true }
        const { tasks } = yield* store.submit(submission)
        const stored = yield* store.tasks({ ids: tasks.map(({ id }) => id) })
        const changes = stored.map((task) => Life.take(Life.born(task), "Start", null, process_))
        const begun = performance.now()
        yield* writeAll(store, changes)
        took.push(performance.now() - begun)
      }
      return (percentile(took, 0.5) * 1000) / group
    })
  )

const ingest = async ({ directory, fixture, isQuick }: Place): Promise<Sample> => {
  const count = isQuick ? 5000 : 20_000
  const socket = join(directory, "s")
  // No event has the number of another: one that is sent twice is kept once, which costs less.
  const from = Date.now() * 1000
  const load = { socket, connections, bytes: 1000, lines: 1 }
  const { p99Ms, tookMs } = await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        yield* Doors.open("drover", databaseOf(fixture), socket)
        yield* Effect.promise(() => HookClient.send({ ...load, from, count: count / 10 }))
        return yield* Effect.promise(() => HookClient.send({ ...load, from: from + count / 10, count }))
      })
    )
  )
  return { value: (tookMs * 1000) / count, details: { "p99 ms of an answer": p99Ms }, counters: {} }
}

const shared = { unit: "us", kind: "disk", chart: "write", home: "written", mostPerDecade: 2 } as const

export const storeCosts: ReadonlyArray<Cost> = [
  {
    ...shared,
    id: "write",
    title: "one durable change (Store.write)",
    label: "one change alone",
    run: () => oneWrite
  },
  {
    ...shared,
    id: "write-100",
    title: "one of a hundred changes written together",
    label: "one of 100 changes",
    run: () => groupWrite
  },
  {
    ...shared,
    id: "ingest",
    title: "one hook event of 1 KB, from 64 clients (POST /hooks)",
    label: "one hook event",
    run: () => ingest
  }
]
