/** All costs whose growth is measured, and how one of them at one size is named for the process that samples it. */
import { copyFileSync, existsSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import type { Scenario } from "../Scenario.ts"
import { prepareRows } from "../scenarios/Reconcile.ts"
import { databaseOf, fill, fillWaiting } from "../workload/Home.ts"
import { at, eventOf } from "../workload/HookEvents.ts"
import { withStore } from "../workload/Stores.ts"
import { groupsOf } from "../workload/Tasks.ts"
import { type Cost, type Home, scenarioAt } from "./Cost.ts"
import { startCosts } from "./StartCosts.ts"
import { storeCosts } from "./StoreCosts.ts"
import { tickCosts } from "./TickCosts.ts"

export const costs: ReadonlyArray<Cost> = [...tickCosts, ...storeCosts, ...startCosts]

const eventBytes = 1000
const eventsAtOnce = 1000

/** As many hook events as tasks: a million is what `[retention] hook_events` keeps where nothing is said. */
const fillEvents = (home: string, count: number): Promise<void> =>
  withStore(databaseOf(home), (store) =>
    Effect.gen(function* () {
      const numbers = Array.from({ length: count }, (_, number) => number)
      for (const group of groupsOf(numbers, eventsAtOnce)) {
        yield* store.keepHookEvents(
          group.map((number) => ({
            event: HookEvent.make("PostToolUse", eventOf(number, eventBytes)),
            at,
            source: null
          }))
        )
      }
    })
  )

/** Two stores that are alike are made once, and copied: nothing is open in the one beside it. */
const fleet =
  (tasks: number, beside: Home) =>
  async (directory: string): Promise<void> => {
    const other = databaseOf(join(dirname(directory), beside))
    if (existsSync(other)) return copyFileSync(other, databaseOf(directory))
    await fill(directory, 0, tasks)
    await fillEvents(directory, tasks)
  }

const makers: { readonly [H in Home]: (tasks: number) => (directory: string) => Promise<void> } = {
  fleet: (tasks) => fleet(tasks, "written"),
  written: (tasks) => fleet(tasks, "fleet"),
  waiting: (tasks) => (directory) => fillWaiting(directory, tasks),
  rows: prepareRows
}

export const scenarioOf = (cost: Cost, tasks: number): Scenario =>
  scenarioAt(cost, tasks, cost.home === null ? null : makers[cost.home](tasks))

/** The cost and the size that a name is of: `tick-100@10000`. */
export const named = (id: string): Scenario | null => {
  const [name, tasks = ""] = id.split("@")
  const cost = costs.find((each) => each.id === name)
  return cost === undefined || !/^[1-9]\d*$/.test(tasks) ? null : scenarioOf(cost, Number(tasks))
}
