/** How long a decision stands: no rule knows a moment that it does not tell. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { key } from "../../../core/tick/Action.ts"
import { decide, type Decision, decision } from "../../../core/tick/Tick.ts"
import type { TaskView } from "../../../core/tick/World.ts"
import { viewArbitrary } from "./Fleets.ts"
import { minute, muchLater, now, policy } from "./Worlds.ts"

/** What is decided, but for the moments that an action has in it. */
const told = ({ own, proposal }: Decision): unknown =>
  proposal._tag === "Act" ? [key(proposal.action), own] : [proposal, own]

const at = (view: TaskView, moment: number): Decision => decision(view, { now: moment, policy })

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))

describe("how long a decision stands", () => {
  it("TCK-7 the decision about a task is the same at every moment from its beginning to before its end", () => {
    fc.assert(
      fc.property(
        viewArbitrary(1),
        fc.integer({ min: -200 * minute, max: 200 * minute }),
        fc.nat(),
        (view, off, far) => {
          const first = at(view, now + off)
          const from = Math.max(first.from, 0)
          const until = Math.min(first.until, muchLater)
          for (const moment of [
            from,
            until - 1,
            within(now + off - far, from, until - 1),
            within(now + off + far, from, until - 1)
          ]) {
            expect(told(at(view, moment))).toEqual(told(first))
          }
        }
      )
    )
  })

  it("TCK-7 asking how long it stands decides nothing else", () => {
    fc.assert(
      fc.property(viewArbitrary(1), (view) => {
        expect(at(view, now).proposal).toEqual(decide(view, { now, policy }))
      })
    )
  })
})
