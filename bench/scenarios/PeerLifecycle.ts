/**
 * L2 to L4: from submission through claim to done, beside other queues and engines. Each step of ours is one write of the
 * store with all its rows: a claim has the ledger rows of Start, Launch and Started and the attempt, a completion those of
 * the end, the proof of death and the verdict. Batches of a hundred; every commit is synced.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as BetterQueue from "../peers/BetterQueue.ts"
import * as BullMq from "../peers/BullMq.ts"
import { dbos } from "../peers/Dbos.ts"
import { graphileWorker } from "../peers/GraphileWorker.ts"
import { lifecycle } from "../peers/Jobs.ts"
import type { Peer } from "../peers/Peer.ts"
import { pgBoss } from "../peers/PgBoss.ts"
import * as Plainjob from "../peers/Plainjob.ts"
import type { Place, Sample, Scenario } from "../Scenario.ts"
import * as Life from "../workload/Life.ts"
import { type StoreService, withStore } from "../workload/Stores.ts"
import { epoch, groupsOf, submissionOf } from "../workload/Tasks.ts"

const batch = 100
const warmUpTasks = 400
const tasksOf = ({ isQuick }: Place): number => (isQuick ? 1500 : 4000)
const process = Life.goneProcess("host", "boot", 0)

type Part = readonly [Life.Step, ...ReadonlyArray<Life.Step>]
type Writes = ReadonlyArray<Part>

/** What a queue has as well. */
const grouped: Writes = [
  ["Start", "Launch", "Started"],
  ["Ended", "VerifiedDead", "RunBegin", "Verdict"]
]
/** What a supervisor does, which acts between them. */
const single: Writes = Life.steps.map((step) => [step])

/** Milliseconds for the lives of so many tasks, all tasks one write before any the next. */
const lives = (store: StoreService, tasks: number, writes: Writes) =>
  Effect.gen(function* () {
    const supervisor = yield* store.takeEpoch({ host: "host", pid: 1, at: epoch })
    const begun = performance.now()
    for (let first = 0; first < tasks; first += batch) {
      yield* store.submit(submissionOf(first, Math.min(batch, tasks - first)))
    }
    let groups = groupsOf((yield* store.tasks({})).map(Life.born), batch)
    for (const steps of writes) {
      const after: Array<ReadonlyArray<Life.Living>> = []
      for (const group of groups) {
        const taken = group.map((living) => Life.takeAll(living, steps, supervisor, process))
        const refused = (yield* store.writeAll(taken.map(({ change }) => change))).find(Either.isLeft)
        if (refused !== undefined) return yield* refused.left
        after.push(taken.map(({ after }) => after))
      }
      groups = after
    }
    const took = performance.now() - begun
    const done = yield* store.tasks({ pipelines: ["done"] })
    return done.length === tasks ? took : yield* Effect.dieMessage(`${done.length} of ${tasks} tasks are done`)
  })

const subject = async (place: Place): Promise<Sample> => {
  const tasks = tasksOf(place)
  const perSecond = async (file: string, count: number, writes: Writes): Promise<number> =>
    (count * 1000) / (await withStore(join(place.directory, file), (store) => lives(store, count, writes)))
  await perSecond("warm.db", warmUpTasks, grouped)
  const value = await perSecond("grouped.db", tasks, grouped)
  const everyMove = await perSecond("single.db", tasks, single)
  return { value, details: { "jobs/s, a write for every move": everyMove }, counters: {} }
}

const effectWorkflow: Peer = {
  name: "@effect/workflow, SQLite",
  needs: [],
  open: async (site) => (await import("../peers/EffectWorkflow.ts")).open(site)
}

/** Enough jobs of each for a second or two: the slowest get fewer. */
const reference = (peer: Peer, count: number): Scenario["references"][number] => ({
  name: peer.name,
  needs: peer.needs,
  run: lifecycle(peer, count)
})

const goal = (id: string, peer: Peer, limit: number): Scenario["goals"][number] => ({
  id,
  reference: peer.name,
  relation: "atLeast",
  limit
})

const shared = {
  kind: "disk",
  unit: "jobs/s",
  better: "higher",
  subjectIs: "process",
  subject: { name: "Store: submit, claim, done", run: subject }
} as const

export const queuesInSqlite: Scenario = {
  ...shared,
  id: "L2",
  title: "submit, claim, done: queues in SQLite",
  references: [
    reference(Plainjob.normal, 8000),
    reference(Plainjob.full, 4000),
    reference(BetterQueue.betterQueue, 4000)
  ],
  goals: [goal("L2 NORMAL", Plainjob.normal, 1.4), goal("L2 FULL", Plainjob.full, 4.5)]
}

export const queueServers: Scenario = {
  ...shared,
  id: "L3",
  title: "submit, claim, done: queues on Redis and PostgreSQL",
  references: [
    reference(BullMq.everysec, 8000),
    reference(BullMq.always, 8000),
    reference(pgBoss, 8000),
    reference(graphileWorker, 8000)
  ],
  goals: [
    goal("L3 BullMQ everysec", BullMq.everysec, 1.8),
    goal("L3 BullMQ always", BullMq.always, 2),
    goal("L3 pg-boss", pgBoss, 2),
    goal("L3 graphile-worker", graphileWorker, 1.1)
  ]
}

export const engines: Scenario = {
  ...shared,
  id: "L4",
  title: "submit, claim, done: durable engines, workflows of one step",
  references: [reference(dbos, 1200), reference(effectWorkflow, 600)],
  goals: [goal("L4 DBOS", dbos, 20), goal("L4 @effect/workflow", effectWorkflow, 70)]
}
