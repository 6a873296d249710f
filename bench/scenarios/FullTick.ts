/**
 * One whole tick, from nothing but the views, over 10,000 tasks: what `Reconciler` must equal, and what it starts with.
 */
import { plan } from "../../core/tick/Tick.ts"
import type { World } from "../../core/tick/World.ts"
import { percentile } from "../harness/Statistics.ts"
import { fullScan } from "../references/FullScan.ts"
import type { Sample, Scenario } from "../Scenario.ts"
import { worldOf } from "../workload/Fleet.ts"

const tasks = 10_000
const warmUp = 40
const ticks = 100

/** PERFORMANCE allows a tick 1 us for each decision at the median and 5 us at p99; a full tick decides every task. */
const microsecondsEach = { median: 1, p99: 5 }

const timed = (world: World, tick: (world: World) => number, counters: Sample["counters"]): Sample => {
  const took: Array<number> = []
  let actions = 0
  for (let index = -warmUp; index < ticks; index++) {
    const begun = performance.now()
    actions = tick(world)
    if (index >= 0) took.push(performance.now() - begun)
  }
  return {
    value: percentile(took, 0.5),
    details: { "p99 ms": percentile(took, 0.99) },
    counters: { ...counters, actions }
  }
}

export const fullTick: Scenario = {
  id: "T1-whole",
  title: "full tick over 10,000 tasks, p50",
  kind: "cpu",
  unit: "ms",
  better: "lower",
  subjectIs: "process",
  subject: {
    name: "Tick.plan",
    run: () => {
      const world = worldOf(tasks)
      const { waiting } = plan(world)
      return Promise.resolve(timed(world, (now) => plan(now).actions.length, { waiting: waiting.size }))
    }
  },
  references: [
    {
      name: "full scan",
      run: () => Promise.resolve(timed(worldOf(tasks), (world) => fullScan(world).length, {}))
    }
  ],
  goals: [
    { id: "T1-whole p50", reference: null, relation: "atMost", limit: (tasks * microsecondsEach.median) / 1000 },
    {
      id: "T1-whole p99",
      reference: null,
      detail: "p99 ms",
      relation: "atMost",
      limit: (tasks * microsecondsEach.p99) / 1000
    }
  ]
}
