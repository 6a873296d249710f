/** Ticks: the incremental one, the whole one, and one that reads every row each time. */
import { allRows, incremental, whole } from "../scenarios/Reconcile.ts"
import type { Cost } from "./Cost.ts"

const few = 100
const oneInHundred = (tasks: number): number => tasks / 100

const shared = { unit: "ms", kind: "cpu", chart: "tick", home: null } as const

export const tickCosts: ReadonlyArray<Cost> = [
  {
    ...shared,
    id: "tick-100",
    title: "incremental tick, 100 tasks changed",
    label: "drover, 100 changed",
    // T3 allows eight times over two decades: what changed lies ever further apart in memory.
    mostPerDecade: Math.sqrt(8),
    run: (tasks) => incremental(tasks, few)
  },
  {
    ...shared,
    id: "tick-1%",
    title: "incremental tick, 1 % of the tasks changed",
    label: "drover, 1 % changed",
    mostPerDecade: 10 * Math.sqrt(8),
    run: (tasks) => incremental(tasks, oneInHundred(tasks))
  },
  {
    ...shared,
    id: "tick-whole",
    title: "whole tick (Tick.plan), 1 % of the tasks changed",
    label: "whole tick",
    mostPerDecade: null,
    run: (tasks) => whole(tasks, oneInHundred(tasks))
  },
  {
    ...shared,
    id: "tick-all-rows",
    title: "tick that reads all rows each time, as claudectl's does",
    label: "all rows, every tick",
    mostPerDecade: null,
    home: "rows",
    run: () => allRows
  }
]
