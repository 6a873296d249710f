/**
 * T1 to T5 and T7: ticks of the incremental `Reconciler` over fleets of several sizes, against the whole tick that it
 * equals, against itself on other sizes, and against a tick that reads every row.
 */
import * as Reconciler from "../../core/tick/Reconciler.ts"
import { plan } from "../../core/tick/Tick.ts"
import type { TaskView } from "../../core/tick/World.ts"
import { percentile } from "../harness/Statistics.ts"
import * as AllRows from "../references/AllRows.ts"
import type { Place, Sample, Scenario } from "../Scenario.ts"
import { settledWorld } from "../workload/Fleet.ts"
import { roundsOf } from "../workload/Rounds.ts"

const warmUp = 50
const idleTicks = 100

/** The ticks that count; one that looks at every task takes long enough to be measured by fewer. */
const ticksOf = ({ isQuick }: Place): number => (isQuick ? 200 : 500)
const wholeTicksOf = ({ isQuick }: Place): number => (isQuick ? 3 : 20)
const wholeWarmUp = 1

const sampleOf = (took: ReadonlyArray<number>, counters: Sample["counters"]): Sample => ({
  value: percentile(took, 0.5),
  details: { "p99 ms": percentile(took, 0.99) },
  counters
})

/** Decisions beyond what changed, and those of ticks at which nothing changed, are counted: both are to be none. */
const ticks = (tasks: number, changes: number, count: number): Sample => {
  const { calm, round, world } = roundsOf(tasks, changes)
  const { now: start, tasks: views, ...parameters } = world
  const reconciler = Reconciler.make(parameters)
  reconciler.advance({ tasks: views }, start)
  const took: Array<number> = []
  let now = start
  let beyond = 0
  for (let index = -warmUp; index < count; index++) {
    const next = round(index + warmUp)
    now = next.now
    const begun = performance.now()
    const { actions, decided } = reconciler.advance({ tasks: next.changed }, now)
    if (index >= 0) took.push(performance.now() - begun)
    beyond += decided - next.changed.length
    if (actions.length !== next.endings) throw new Error(`${actions.length} actions, not ${next.endings}`)
  }
  reconciler.advance({ tasks: calm(now) }, now)
  let idle = 0
  for (let index = 0; index < idleTicks; index++) idle += reconciler.advance({}, now).decided
  return sampleOf(took, { "decisions beyond the changed": beyond, "decisions when idle": idle })
}

export const incremental =
  (tasks: number, changes: number) =>
  (place: Place): Promise<Sample> =>
    Promise.resolve(ticks(tasks, changes, ticksOf(place)))

/** They are the same however many tasks there are. */
const count = (): Promise<Sample["counters"]> => Promise.resolve(ticks(10_000, 100, 10).counters)

export const whole =
  (tasks: number, changes: number) =>
  (place: Place): Promise<Sample> => {
    const { round, world } = roundsOf(tasks, changes)
    const views: Array<TaskView> = [...world.tasks]
    const took: Array<number> = []
    for (let index = -wholeWarmUp; index < wholeTicksOf(place); index++) {
      const { changed, endings, now } = round(index + wholeWarmUp)
      for (const view of changed) {
        const at = view.task.id - 1
        views[at] = { ...view, dependencies: views[at]?.dependencies ?? [] }
      }
      const begun = performance.now()
      const { actions } = plan({ ...world, now, tasks: views })
      if (index >= 0) took.push(performance.now() - begun)
      if (actions.length !== endings) throw new Error(`${actions.length} actions, not ${endings}`)
    }
    return Promise.resolve(sampleOf(took, {}))
  }

export const prepareRows =
  (tasks: number) =>
  (fixture: string): Promise<void> =>
    Promise.resolve(AllRows.fill(fixture, settledWorld(tasks)))

export const allRows = (place: Place): Promise<Sample> => {
  const tick = AllRows.open(place.fixture)
  const took: Array<number> = []
  for (let index = -wholeWarmUp; index < wholeTicksOf(place); index++) {
    const begun = performance.now()
    tick()
    if (index >= 0) took.push(performance.now() - begun)
  }
  return Promise.resolve(sampleOf(took, {}))
}

const thousands = (tasks: number): string => tasks.toLocaleString("en")
const titled = (tasks: number, changes: number): string => `${thousands(tasks)} tasks, ${thousands(changes)} changed`

const scenario = (
  id: string,
  [tasks, changes]: readonly [tasks: number, changes: number],
  rest: Pick<Scenario, "count" | "goals" | "inQuick" | "isLong" | "prepare" | "references">
): Scenario => ({
  id,
  title: `incremental tick: ${titled(tasks, changes)}`,
  kind: "cpu",
  unit: "ms",
  better: "lower",
  subjectIs: "process",
  subject: { name: `Reconciler, ${titled(tasks, changes)}`, run: incremental(tasks, changes) },
  ...rest
})

const itself = (tasks: number, changes: number): Scenario["references"][number] => ({
  name: titled(tasks, changes),
  run: incremental(tasks, changes)
})

export const oneInHundred = scenario("T1", [100_000, 1000], {
  inQuick: true,
  count,
  references: [{ name: "Tick.plan", run: whole(100_000, 1000) }, itself(100_000, 100)],
  goals: [
    { id: "T1 p50", reference: null, relation: "atMost", limit: 1 },
    { id: "T1 p99", reference: null, detail: "p99 ms", relation: "atMost", limit: 5 },
    { id: "T2 at 1 %", reference: "Tick.plan", relation: "atMost", limit: 1 / 5 },
    { id: "T4", reference: titled(100_000, 100), relation: "atMost", limit: 15 }
  ]
})

export const oneInThousand = scenario("T2", [100_000, 100], {
  inQuick: true,
  prepare: prepareRows(100_000),
  references: [
    { name: "Tick.plan", run: whole(100_000, 100) },
    { name: "all rows, every tick", run: allRows }
  ],
  goals: [
    { id: "T2 at 0.1 %", reference: "Tick.plan", relation: "atMost", limit: 1 / 50 },
    { id: "T7", reference: "all rows, every tick", relation: "atMost", limit: 1 / 100 }
  ]
})

export const flatness = scenario("T3", [1_000_000, 1000], {
  isLong: true,
  references: [itself(10_000, 1000)],
  goals: [{ id: "T3", reference: titled(10_000, 1000), relation: "atMost", limit: 8 }]
})
