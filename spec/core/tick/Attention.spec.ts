/** What a person is told, when it begins and when it ends; and the rules of a start and of a stop. */
import { describe, expect, it } from "vitest"
import type { Carrier, Execution } from "../../../core/execution/Execution.ts"
import { isUnprovable, needsPerson, survivorsKey } from "../../../core/tick/Attention.ts"
import { decide, plan } from "../../../core/tick/Tick.ts"
import type { Observation, TaskView } from "../../../core/tick/World.ts"
import { process, stages, unknown } from "./Pairs.ts"
import { actionOf, attempt, minute, now, policy, second, taskOf, viewOf, worldOf } from "./Worlds.ts"

const context = { now, policy }
const survivors: Observation = { _tag: "Survivors", pids: [7, 8] }

const stoppingSince = (since: number, carrier: Carrier = { _tag: "Process", process }): Execution => ({
  _tag: "Stopping",
  subject: { _tag: "Agent", attempt: attempt() },
  carrier,
  ending: { _tag: "Lost" },
  since
})

/** The items that a tick opens (+) and closes (-). */
const told = (view: TaskView): ReadonlyArray<string> =>
  plan(worldOf([view])).actions.flatMap((action) =>
    action._tag === "RaiseAttention" ? [`+${action.key}`] : action._tag === "ClearAttention" ? [`-${action.key}`] : []
  )

describe("attention", () => {
  it("TCK-8 every task that only a person can move is told of once, and no longer than it is so", () => {
    for (const stage of stages) {
      const task = taskOf({ stage })
      const key = "task:1:held"
      expect(told(viewOf(task))).toEqual(needsPerson(task) === null ? [] : [`+${key}`])
      expect(told(viewOf(task, { attention: [key] }))).toEqual(needsPerson(task) === null ? [`-${key}`] : [])
    }
  })

  it("TCK-8 whoever waits for a person is shown: NEEDS_HUMAN by its stage, but for what the next tick moves by itself", () => {
    const words = stages.filter((stage) => needsPerson(taskOf({ stage })) !== null).map(({ _tag }) => _tag)
    expect(new Set(words)).toEqual(new Set(["Blocked", "ReviewHold", "MergeFailureFinal", "MergeFailure"]))
  })

  it("TCK-4 what can not be seen is told of, and the item of another task is left alone", () => {
    const running = taskOf({
      execution: { _tag: "Running", attempt: attempt(), carrier: { _tag: "Process", process }, since: now }
    })
    const attention = ["task:11:held", "guard:hook"]
    expect(told(viewOf(running, { observation: unknown, attention }))).toEqual(["+task:1:unknown"])
  })

  it("EXE-2 survivors of a stop for two minutes are shown, and stay shown while the next try runs or a restart looks again", () => {
    const early = viewOf(taskOf({ execution: stoppingSince(now - 2 * minute + 1) }), { observation: survivors })
    const late = viewOf(taskOf({ execution: stoppingSince(now - 2 * minute) }), { observation: survivors })
    expect(told(early)).toEqual([])
    expect(told(late)).toEqual([`+${survivorsKey(late.task.id)}`])
    const attention = ["task:1:survivors"]
    for (const observation of [survivors, { _tag: "BeingStopped" } as const, null]) {
      const view = viewOf(late.task, { observation, attention })
      expect([told(view), isUnprovable(view, context)]).toEqual([[], true])
    }
    for (const observation of [{ _tag: "BeingStopped" } as const, null]) {
      expect(isUnprovable(viewOf(late.task, { observation }), context)).toBe(false)
    }
    expect(told(viewOf(taskOf(), { attention }))).toEqual(["-task:1:survivors"])
  })

  it("MBX-6 a session that has not ended its turn two minutes after a stop is shown by its name, and is not killed", () => {
    const carrier = { _tag: "Session", session: "s9", messageId: "1.1" } as const
    const view = (since: number) =>
      viewOf(taskOf({ execution: stoppingSince(since, carrier) }), {
        observation: { _tag: "BeingStopped" }
      })
    expect(plan(worldOf([view(now - 2 * minute + 1)])).actions).toEqual([])
    expect(plan(worldOf([view(now - 2 * minute)])).actions).toMatchObject([
      {
        _tag: "RaiseAttention",
        key: "task:1:survivors",
        text: expect.stringContaining("the session s9 has not ended its turn")
      }
    ])
  })

  it("EXE-2 a stop that nobody could look at for ten minutes is shown as well", () => {
    const task = taskOf({ execution: stoppingSince(now - 60 * minute) })
    const blind = (since: number) => viewOf(task, { observation: unknown, unknownSince: now - since })
    expect(isUnprovable(blind(10 * minute - 1), context)).toBe(false)
    expect(isUnprovable(blind(10 * minute), context)).toBe(true)
    expect(told(blind(10 * minute))).toEqual(["+task:1:unknown", "+task:1:survivors"])
  })

  it("EXE-2 a stop is tried again until it is proved: after a restart, with survivors, with anything but the proof", () => {
    const task = taskOf({ execution: stoppingSince(now) })
    const seen: ReadonlyArray<Observation | null> = [null, survivors, { _tag: "Absent", token: "taken" }]
    for (const observation of seen) {
      expect(actionOf(decide(viewOf(task, { observation }), context))).toMatchObject({ _tag: "Stop", why: null })
    }
    expect(decide(viewOf(task, { observation: { _tag: "BeingStopped" } }), context)._tag).toBe("Rest")
  })

  it("EXE-12 a launch that was never seen is given up only with its start token in hand", () => {
    const launching = (since: number): Execution => ({ _tag: "Launching", attempt: attempt(), since, preparing: false })
    const absent = (token: "free" | "taken" | "revoked", since: number) =>
      decide(viewOf(taskOf({ execution: launching(since) }), { observation: { _tag: "Absent", token } }), context)
    const grace = policy.launchGraceMs
    expect(absent("free", now - grace + 1)._tag).toBe("Rest")
    expect(absent("taken", now - grace + 1)._tag).toBe("Rest")
    for (const token of ["free", "revoked"] as const) {
      expect(actionOf(absent(token, now - grace))).toMatchObject({
        _tag: "Record",
        revokes: 3,
        events: [{ event: { _tag: "LaunchFailed" } }]
      })
    }
    expect(actionOf(absent("taken", now - grace))).toMatchObject({
      revokes: null,
      events: [{ event: { _tag: "Ended", how: { _tag: "Lost" } } }]
    })
    const preparing = viewOf(taskOf({ execution: launching(now - 60 * minute) }), {
      observation: { _tag: "Preparing" }
    })
    expect(decide(preparing, context)._tag).toBe("Rest")
  })

  it("EXE-3 the fifth launch in a row that fails blocks, and those before use no attempt", () => {
    const execution: Execution = { _tag: "Launching", attempt: attempt(), since: now - minute, preparing: false }
    const seen = { observation: { _tag: "Absent", token: "free" } } as const
    for (const launchFailuresInARow of [0, 3, 4]) {
      const view = viewOf(taskOf({ execution, facts: { launchFailuresInARow } }), seen)
      expect(actionOf(decide(view, context))).toMatchObject({
        events: [{ event: { _tag: "LaunchFailed", exhausted: launchFailuresInARow === 4 } }]
      })
    }
  })

  it("EXE-14 a verifier is run again only where the earlier run can not start any more, and judged lost where it did", () => {
    const execution: Execution = {
      _tag: "Verifying",
      attempt: attempt(),
      index: 0,
      run: taskOf().facts.nextRun,
      passed: [],
      restarts: 0,
      notBefore: null
    }
    const see = (token: "free" | "taken" | "revoked") =>
      actionOf(decide(viewOf(taskOf({ execution }), { run: { _tag: "Absent", token } }), context))
    for (const token of ["free", "revoked"] as const)
      expect(see(token)).toMatchObject({ _tag: "RunVerifier", revokes: 7 })
    expect(see("taken")).toMatchObject({ _tag: "Record", events: [{ event: { _tag: "Verdict", verdict: "ERROR" } }] })
    expect(decide(viewOf(taskOf({ execution }), { run: { _tag: "Alive" } }), context)._tag).toBe("Rest")
    expect(decide(viewOf(taskOf({ execution }), { run: null }), context)._tag).toBe("Rest")
  })

  it("EXE-14 a verifier that is limited waits until then, and without a moment for the policy's", () => {
    const execution: Execution = {
      _tag: "Verifying",
      attempt: attempt(),
      index: 0,
      run: null,
      passed: [],
      restarts: 0,
      notBefore: now + second
    }
    const view = viewOf(taskOf({ execution }))
    expect(decide(view, context)).toEqual({ _tag: "Wait", wait: { _tag: "Limited", until: now + second } })
    expect(actionOf(decide(view, { now: now + second, policy }))).toMatchObject({ _tag: "RunVerifier", revokes: null })
  })
})
