/** What can not be seen is left alone; what was looked for and not found is another thing. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decide, plan } from "../../../core/tick/Tick.ts"
import { pick, worldArbitrary } from "./Fleets.ts"
import { executionsOf, process, unknown } from "./Pairs.ts"
import { attempt, minute, now, policy, taskOf, viewOf, worldOf } from "./Worlds.ts"

const context = { now, policy }
const running = { _tag: "Running", attempt: attempt(), carrier: { _tag: "Process", process }, since: now } as const

describe("the unknown", () => {
  it("TCK-4 a task that can not be seen gets no action but attention, whatever else is true of it", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const blind = world.tasks.filter(({ task }) => task.execution._tag !== "Backoff")
        const tasks = blind.map((view) => ({ ...view, observation: unknown }))
        const { actions, waiting } = plan({ ...world, tasks })
        expect(actions.filter(({ _tag }) => _tag !== "RaiseAttention" && _tag !== "ClearAttention")).toEqual([])
        expect([...waiting.keys()]).toHaveLength(tasks.length)
      })
    )
  })

  it("TCK-4 a verifier that can not be seen is neither run again nor stopped", () => {
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const verifying = world.tasks.filter(({ task }) => task.execution._tag === "Verifying")
        const run = { _tag: "Unknown", why: "ps failed" } as const
        const tasks = verifying.map((view) => ({ ...view, run, observation: null }))
        const { actions } = plan({ ...world, tasks })
        expect(actions.filter(({ _tag }) => _tag !== "RaiseAttention" && _tag !== "ClearAttention")).toEqual([])
      })
    )
  })

  it("TCK-4 the rest of the fleet goes on beside it", () => {
    const hidden = viewOf(taskOf({ id: 1, execution: running }), { observation: unknown })
    const other = viewOf(taskOf({ id: 2 }))
    expect(plan(worldOf([hidden, other])).actions.map(({ _tag, task }) => [_tag, Number(task)])).toEqual([
      ["Spawn", 2],
      ["RaiseAttention", 1]
    ])
  })

  it("TCK-4 absent is not unknown: a process that was looked for and is gone is lost", () => {
    const view = viewOf(taskOf({ execution: running }), { observation: { _tag: "Absent", token: "taken" } })
    expect(decide(view, context)).toMatchObject({
      _tag: "Act",
      action: { _tag: "Record", events: [{ event: { _tag: "Ended", how: { _tag: "Lost" } } }] }
    })
  })

  it("TCK-4 what is told of a session says nothing about a process", () => {
    const gone = viewOf(taskOf({ execution: running }), { observation: { _tag: "SessionGone" } })
    const ended = viewOf(taskOf({ execution: running }), { observation: { _tag: "TurnEnded", messageId: "m1" } })
    for (const view of [gone, ended]) expect(decide(view, context)._tag).not.toBe("Act")
  })

  it("TCK-4 that nobody has looked yet is no absence either: nothing is taken for dead", () => {
    fc.assert(
      fc.property(pick(executionsOf(attempt())), (execution) => {
        const proposal = decide(viewOf(taskOf({ execution })), { now: now + minute, policy })
        const events = proposal._tag === "Act" && proposal.action._tag === "Record" ? proposal.action.events : []
        const words = events.map(({ _tag, ...rest }) => ("event" in rest ? rest.event._tag : _tag))
        expect(words.filter((word) => ["Ended", "VerifiedDead", "LaunchFailed", "Verdict"].includes(word))).toEqual([])
      })
    )
  })
})
