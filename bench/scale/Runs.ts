/**
 * Measures each cost at each size, smallest sizes first: one process for each sample, and the costs of a size take turns,
 * so that what drifts meanwhile meets all of them. What would take too long is left out, and it is said.
 */
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { median } from "../harness/Statistics.ts"
import * as SampleProcess from "../harness/SampleProcess.ts"
import type { Sample } from "../Scenario.ts"
import type { Cost, Home } from "./Cost.ts"
import { scenarioOf } from "./Costs.ts"
import type { Point } from "./Growth.ts"

export interface Plan {
  readonly costs: ReadonlyArray<Cost>
  /** Numbers of tasks, ascending. */
  readonly sizes: ReadonlyArray<number>
  readonly rounds: number
  /** Milliseconds that all of it may take. */
  readonly limitMs: number
  readonly isQuick: boolean
  /** A folder on the disk under test. */
  readonly root: string
  readonly onStep: (line: string) => void
}

interface Measured extends Point {
  readonly samples: ReadonlyArray<number>
  /** Medians, by a name with its unit. */
  readonly details: Readonly<Record<string, number>>
}

interface LeftOut {
  readonly tasks: number
  readonly why: string
}

export interface Curve {
  readonly cost: Cost
  readonly points: ReadonlyArray<Measured>
  readonly leftOut: ReadonlyArray<LeftOut>
  /** A sample of it broke, or took too long. */
  readonly hasFailed: boolean
}

interface Growing extends Curve {
  readonly points: Array<Measured>
  readonly leftOut: Array<LeftOut>
  hasFailed: boolean
  /** How long a sample of the size before took, milliseconds. */
  sampleMs: number
}

const pointOf = (tasks: number, samples: ReadonlyArray<Sample>): Measured => {
  const names = Object.keys(samples[0]?.details ?? {})
  return {
    tasks,
    value: median(samples.map(({ value }) => value)),
    samples: samples.map(({ value }) => value),
    details: Object.fromEntries(
      names.map((name) => [name, median(samples.map(({ details }) => details[name] ?? Number.NaN))])
    )
  }
}

const why = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? ""

const fail = (curve: Growing, tasks: number, cause: unknown): void => {
  curve.leftOut.push({ tasks, why: why(cause) })
  curve.hasFailed = true
}

const minutes = (ms: number): string => `${(ms / 60_000).toFixed(1)} minutes`

export const run = async ({
  costs,
  isQuick,
  limitMs,
  onStep,
  root,
  rounds,
  sizes
}: Plan): Promise<ReadonlyArray<Curve>> => {
  const begun = performance.now()
  const leftMs = (): number => limitMs - (performance.now() - begun)
  const curves: ReadonlyArray<Growing> = costs.map((cost) => ({
    cost,
    points: [],
    leftOut: [],
    hasFailed: false,
    sampleMs: 0
  }))
  const homeMs = new Map<Home, number>()
  let last = 0

  const order = (cost: Cost, tasks: number, fixture: string) => ({
    scenario: scenarioOf(cost, tasks).id,
    variant: cost.id,
    fixture,
    isQuick,
    nodeArgs: [],
    peers: null
  })

  /** What is not expected to be done in time, by how long the size before took, is left out before it begins. */
  const chosen = (tasks: number): ReadonlyArray<Growing> => {
    const grown = last === 0 ? 1 : tasks / last
    let free = leftMs()
    const homes = new Set<Home>()
    return curves.filter((curve) => {
      const { home, lacks } = curve.cost
      const lack = lacks?.() ?? null
      const making = home === null || homes.has(home) ? 0 : (homeMs.get(home) ?? 0) * grown
      const expected = making + curve.sampleMs * grown * rounds
      if (lack === null && curve.leftOut.length === 0 && expected <= free) {
        free -= expected
        if (home !== null) homes.add(home)
        return true
      }
      const left = minutes(Math.max(0, free))
      curve.leftOut.push({ tasks, why: lack ?? `it would take some ${minutes(expected)}, and ${left} are left` })
      return false
    })
  }

  for (const tasks of sizes) {
    const here = chosen(tasks)
    const folder = join(root, `${tasks}`)
    await mkdir(folder)
    const homes = new Map<Home, string>()
    for (const { cost } of here) {
      if (cost.home === null || homes.has(cost.home)) continue
      onStep(`${tasks} tasks: making the store (${cost.home})`)
      const home = join(folder, cost.home)
      await mkdir(home)
      const from = performance.now()
      try {
        await SampleProcess.prepare(order(cost, tasks, home), root)
      } catch (cause) {
        // What needs it is left out; the others go on.
        for (const curve of here) if (curve.cost.home === cost.home) fail(curve, tasks, cause)
      }
      homeMs.set(cost.home, performance.now() - from)
      homes.set(cost.home, home)
    }
    const samples = new Map<Growing, Array<Sample>>(here.map((curve) => [curve, []]))
    for (let round = 0; round < rounds; round++) {
      for (const curve of round % 2 === 0 ? here : here.toReversed()) {
        if (curve.leftOut.length > 0) continue
        onStep(`${tasks} tasks: ${curve.cost.id}, round ${round + 1}`)
        const { home } = curve.cost
        const from = performance.now()
        try {
          const fixture = home === null ? "" : (homes.get(home) ?? "")
          samples.get(curve)?.push(await SampleProcess.sample(order(curve.cost, tasks, fixture), root))
        } catch (cause) {
          // One that takes too long is killed; the others go on.
          fail(curve, tasks, cause)
        }
        curve.sampleMs = performance.now() - from
      }
    }
    for (const curve of here) {
      if (curve.leftOut.length === 0) curve.points.push(pointOf(tasks, samples.get(curve) ?? []))
    }
    await rm(folder, { recursive: true, force: true })
    last = tasks
  }
  onStep("")
  return curves
}
