/** What is known of tasks that wait, and how it moves what was counted. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isLive } from "../../../core/execution/Execution.ts"
import { held, nothing, type Reason, shifted } from "../../../core/metrics/Held.ts"
import { type TaskState, taskState, words } from "../../../core/stage/TaskState.ts"
import type { Task } from "../../../core/task/Task.ts"
import type { Wait } from "../../../core/tick/Wait.ts"
import * as Words from "../arbitraries/Words.ts"

const waits: ReadonlyArray<Wait> = [
  { _tag: "ManualStart" },
  { _tag: "Draining" },
  { _tag: "Unobserved" },
  { _tag: "Backoff", until: 9 },
  { _tag: "Slots", held: 1, limit: 1 },
  { _tag: "AccountPaused", account: "a", why: "credentials" }
]

const waiting = fc.array(fc.tuple(Words.task, fc.constantFrom(...waits)), { maxLength: 12 })

const counted = (states: Iterable<TaskState>): Map<TaskState, number> => {
  const counts = new Map<TaskState, number>()
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}

const bare = ({ execution, stage }: Task): TaskState => taskState(stage, execution)

const notZero = (counts: ReadonlyMap<TaskState, number>) => new Map([...counts].filter(([, count]) => count !== 0))

describe("tasks that are held back", () => {
  it("API-4 every task that waits is counted by its reason", () => {
    fc.assert(
      fc.property(waiting, (all) => {
        const { reasons } = held(all, [])
        const counts = new Map<Reason, number>()
        for (const [, { _tag }] of all) counts.set(_tag, (counts.get(_tag) ?? 0) + 1)
        expect(reasons).toEqual(counts)
      })
    )
  })

  it("API-4 tasks are counted in the states that status shows them in", () => {
    fc.assert(
      fc.property(waiting, fc.array(Words.task, { maxLength: 4 }), (all, stuck) => {
        const { shifts } = held(all, stuck)
        // As `drover status` has it: who is at work does not wait.
        const shown = all.map(([task, { _tag }]) =>
          isLive(task.execution)
            ? bare(task)
            : taskState(task.stage, task.execution, {
                isHeldBack: _tag !== "Unobserved" && _tag !== "Backoff",
                isUnprovable: false,
                isPaused: _tag === "AccountPaused"
              })
        )
        const unprovable = stuck.map(({ execution, stage }) =>
          taskState(stage, execution, { isHeldBack: false, isUnprovable: true })
        )
        const before = counted([...all.map(([task]) => bare(task)), ...stuck.map(bare)])
        expect(notZero(shifted(before, shifts))).toEqual(counted([...shown, ...unprovable]))
      })
    )
  })

  it("API-4 what was seen at another moment moves no more than there is, and the sum stays", () => {
    const state = fc.constantFrom(...words)
    const states = fc.array(fc.tuple(state, fc.nat(5))).map((pairs) => new Map(pairs))
    const shift = fc.record({ from: state, to: state, count: fc.nat(9) })
    const sum = (counts: ReadonlyMap<TaskState, number>) => [...counts.values()].reduce((n, each) => n + each, 0)
    fc.assert(
      fc.property(states, fc.array(shift, { maxLength: 5 }), (before, shifts) => {
        const after = shifted(before, shifts)
        expect(sum(after)).toBe(sum(before))
        expect([...after.values()].every((count) => count >= 0)).toBe(true)
      })
    )
    expect(held([], [])).toEqual(nothing)
  })
})
