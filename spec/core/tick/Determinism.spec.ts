/** One answer for one world: whatever the order of its parts, however often it is asked, and none twice. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Action, key } from "../../../core/tick/Action.ts"
import { plan, tick } from "../../../core/tick/Tick.ts"
import type { World } from "../../../core/tick/World.ts"
import { after } from "./Effects.ts"
import { worldArbitrary } from "./Fleets.ts"
import { frozen } from "./Worlds.ts"

/** A plan as plain data, its waits in the order of the tasks. */
const plain = (world: World) => {
  const { actions, waiting } = plan(world)
  return { actions, waiting: [...waiting].toSorted(([a], [b]) => a - b) }
}

const shuffled = <A>(from: ReadonlyArray<A>, swaps: ReadonlyArray<number>): ReadonlyArray<A> =>
  from
    .map((value, at) => ({ value, at: swaps[at % swaps.length] ?? 0 }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value)

const applied = (world: World, actions: ReadonlyArray<Action>): World => ({
  ...world,
  tasks: world.tasks.map((view) =>
    actions.filter(({ task }) => task === view.task.id).reduce((seen, action) => after(seen, action, world), view)
  )
})

describe("determinism", () => {
  it("TCK-1 the order of tasks, accounts, dependencies and open items changes nothing", () => {
    fc.assert(
      fc.property(worldArbitrary, fc.array(fc.nat(), { minLength: 1, maxLength: 9 }), (world, swaps) => {
        const other: World = {
          ...world,
          accounts: shuffled(world.accounts, swaps),
          tasks: shuffled(
            world.tasks.map((view) => ({
              ...view,
              dependencies: shuffled(view.dependencies, swaps),
              attention: shuffled(view.attention, swaps)
            })),
            swaps
          )
        }
        expect(plain(other)).toEqual(plain(world))
      })
    )
  })

  it("TCK-1 a tick changes nothing that it was given, and answers the same again", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const first = plain(frozen(world))
        expect(plain(world)).toEqual(first)
        expect(tick(world)).toEqual(plan(world).actions)
      })
    )
  })

  it("TCK-2 what took effect is not asked for again", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const { actions } = plan(world)
        const done = new Set(actions.map(key))
        expect(done.size).toBe(actions.length)
        const again = plan(applied(world, actions)).actions.map(key)
        expect(again.filter((each) => done.has(each))).toEqual([])
      })
    )
  })

  it("TCK-2 with nothing new to see a world converges within a few ticks, and then gives no action", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        let now = world
        for (let ticks = 0; ticks < 12; ticks++) {
          const { actions } = plan(now)
          if (actions.length === 0) return
          now = applied(now, actions)
        }
        expect(plan(now).actions).toEqual([])
      })
    )
  })
})
