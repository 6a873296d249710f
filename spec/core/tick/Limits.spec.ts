/** The four limits of a task on an attempt at work, and what a limit of its provider does to them. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Execution, Of } from "../../../core/execution/Execution.ts"
import type { Spec } from "../../../core/task/Spec.ts"
import { decide } from "../../../core/tick/Tick.ts"
import { alive, process } from "./Pairs.ts"
import { actionOf, attempt, minute, now, policy, second, taskOf, viewOf } from "./Worlds.ts"

const context = { now, policy }

const runningSince = (since: number): Execution => ({
  _tag: "Running",
  attempt: attempt(),
  carrier: { _tag: "Process", process },
  since
})

const limitedOf = (resumeAt: number): Of<"Limited"> => ({
  _tag: "Limited",
  attempt: attempt(),
  carrier: { _tag: "Process", process },
  resumeAt,
  limitedAt: now - 90 * minute,
  since: now - 180 * minute
})

interface Seen {
  readonly minutes: number
  readonly quietSeconds: number
  readonly turns: number
  readonly costUsd: number | null
  readonly spentUsd: number
}

const limits: Pick<Spec, "timeoutMin" | "maxToolTurns" | "inactivitySecs" | "budgetUsd"> = {
  timeoutMin: 45,
  maxToolTurns: 80,
  inactivitySecs: 300,
  budgetUsd: 5
}

/** What an attempt at work is stopped for, or null. */
const stoppedFor = ({ costUsd, minutes, quietSeconds, spentUsd, turns }: Seen): string | null => {
  const task = taskOf({ spec: limits, execution: runningSince(now - minutes * minute), facts: { spentUsd } })
  const observation = { ...alive, costUsd, toolTurns: turns, lastProgressAt: now - quietSeconds * second }
  const action = actionOf(decide(viewOf(task, { observation }), context))
  return action?._tag === "Stop" ? action.why : null
}

const within: Seen = { minutes: 10, quietSeconds: 1, turns: 1, costUsd: 0.5, spentUsd: 0 }

describe("limits", () => {
  it("EXE-6 a limit is recorded with what is known of its cause: no time mends a refused login", () => {
    const recorded = (cause: "usage" | "authentication" | null) => {
      const seen = { ...alive, limitedUntil: now + minute, ...(cause === null ? {} : { limitCause: cause }) }
      const action = actionOf(decide(viewOf(taskOf({ execution: runningSince(now) }), { observation: seen }), context))
      return action?._tag === "Record" ? action.events : []
    }
    for (const cause of ["usage", "authentication"] as const) {
      expect(recorded(cause)).toMatchObject([{ event: { _tag: "RateLimited", resumeAt: now + minute, cause } }])
    }
    expect(recorded(null)).toMatchObject([{ event: { _tag: "RateLimited", resumeAt: now + minute } }])
    expect(JSON.stringify(recorded(null))).not.toContain("cause")
  })

  it("EXE-6 each of money, time, turns and quiet stops the attempt, at its limit and not before", () => {
    expect(stoppedFor(within)).toBeNull()
    expect(stoppedFor({ ...within, costUsd: 4.99 })).toBeNull()
    expect(stoppedFor({ ...within, costUsd: 5 })).toBe("OverBudget")
    expect(stoppedFor({ ...within, spentUsd: 4, costUsd: 1 })).toBe("OverBudget")
    expect(stoppedFor({ ...within, minutes: 44.9 })).toBeNull()
    expect(stoppedFor({ ...within, minutes: 45 })).toBe("OverTime")
    expect(stoppedFor({ ...within, turns: 80 })).toBeNull()
    expect(stoppedFor({ ...within, turns: 81 })).toBe("OverTurns")
    expect(stoppedFor({ ...within, quietSeconds: 299 })).toBeNull()
    expect(stoppedFor({ ...within, quietSeconds: 300 })).toBe("Inactive")
  })

  it("EXE-6 it is stopped if and only if some limit is reached, and for one that is", () => {
    const seen = fc.record({
      minutes: fc.integer({ min: 0, max: 60 }),
      quietSeconds: fc.integer({ min: 0, max: 600 }),
      turns: fc.integer({ min: 0, max: 120 }),
      costUsd: fc.option(fc.integer({ min: 0, max: 7 })),
      spentUsd: fc.integer({ min: 0, max: 7 })
    })
    fc.assert(
      fc.property(seen, (each) => {
        const reached = [
          ...((each.costUsd ?? 0) + each.spentUsd >= 5 ? ["OverBudget"] : []),
          ...(each.minutes >= 45 ? ["OverTime"] : []),
          ...(each.turns > 80 ? ["OverTurns"] : []),
          // Before it began to run nobody was quiet.
          ...(Math.min(each.quietSeconds, each.minutes * 60) >= 300 ? ["Inactive"] : [])
        ]
        const why = stoppedFor(each)
        expect(reached.length === 0 ? why === null : why !== null && reached.includes(why)).toBe(true)
      })
    )
  })

  it("EXE-6 what was spent before the present budget window is not counted, and a new budget counts", () => {
    const spent = { spentUsd: 9, budgetFromUsd: 9 }
    const task = taskOf({ spec: limits, execution: runningSince(now - minute), facts: spent })
    const see = (costUsd: number) => ({ observation: { ...alive, costUsd } })
    expect(actionOf(decide(viewOf(task, see(4.9)), context))).toBeNull()
    expect(actionOf(decide(viewOf(task, see(5)), context))).toMatchObject({ _tag: "Stop", why: "OverBudget" })
    const richer = { ...task, facts: { ...task.facts, budgetUsd: 50 } }
    expect(actionOf(decide(viewOf(richer, see(5)), context))).toBeNull()
  })

  it("EXE-6 nothing stops an attempt that its provider has limited, before the end of the limit", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 0, max: 200 }),
        fc.constantFrom(null, 100),
        (minutes, quiet, costUsd) => {
          const observation = {
            ...alive,
            costUsd,
            toolTurns: 1000,
            lastProgressAt: now - quiet * minute,
            limitedUntil: now + minutes * minute
          }
          const execution = limitedOf(observation.limitedUntil)
          const proposal = decide(viewOf(taskOf({ execution }), { observation }), context)
          expect(proposal).toEqual({ _tag: "Wait", wait: { _tag: "Limited", until: observation.limitedUntil } })
        }
      )
    )
  })

  it("EXE-6 a limit that was seen while it ran comes before every stop", () => {
    const task = taskOf({ spec: limits, execution: runningSince(now - 600 * minute) })
    const observation = { ...alive, costUsd: 100, toolTurns: 1000, lastProgressAt: 0, limitedUntil: now + minute }
    expect(actionOf(decide(viewOf(task, { observation }), context))).toMatchObject({
      _tag: "Record",
      events: [{ event: { _tag: "RateLimited", resumeAt: now + minute } }]
    })
  })

  it("EXE-6 the time of a limit is no time of quiet: the clock begins again at its end", () => {
    const task = taskOf({ spec: limits, execution: runningSince(now - 20 * minute) })
    const quiet = { ...alive, lastProgressAt: now - 15 * minute }
    expect(actionOf(decide(viewOf(task, { observation: quiet }), context))).toMatchObject({ why: "Inactive" })
    const after = { ...quiet, limitedUntil: now - minute }
    expect(actionOf(decide(viewOf(task, { observation: after }), context))).toBeNull()
    const long = { ...quiet, limitedUntil: now - 5 * minute }
    expect(actionOf(decide(viewOf(task, { observation: long }), context))).toMatchObject({ why: "Inactive" })
  })

  it("EXE-6 a limit is lifted when it is over or was taken back, and moves only to later", () => {
    const see = (limitedUntil: number | null, resumeAt = now + minute) =>
      decide(viewOf(taskOf({ execution: limitedOf(resumeAt) }), { observation: { ...alive, limitedUntil } }), context)
    expect(actionOf(see(null))).toMatchObject({ events: [{ event: { _tag: "LimitLifted" } }] })
    expect(actionOf(see(now))).toMatchObject({ events: [{ event: { _tag: "LimitLifted" } }] })
    expect(see(now + second)).toMatchObject({ _tag: "Wait", wait: { until: now + minute } })
    expect(actionOf(see(now + 2 * minute))).toMatchObject({
      events: [{ event: { _tag: "RateLimited", resumeAt: now + 2 * minute } }]
    })
  })

  it("EXE-6 what waits for the end of a limit or of a back-off goes on at that moment, and not before", () => {
    const gone: Execution = { ...limitedOf(now), carrier: null }
    const backoff: Execution = { _tag: "Backoff", attempt: attempt(), until: now, mode: "Retry", feedback: null }
    for (const execution of [gone, backoff]) {
      const view = viewOf(taskOf({ execution }))
      expect(decide(view, { now: now - 1, policy })).toMatchObject({ _tag: "Wait", wait: { until: now } })
      expect(actionOf(decide(view, context))).toMatchObject({ _tag: "Spawn" })
    }
  })

  it("EXE-6 an attempt in a long-lived session is stopped for time as well, whatever is seen of it", () => {
    const carrier = { _tag: "Session", session: "s1", messageId: "m1" } as const
    const task = taskOf({ execution: { _tag: "Running", attempt: attempt(), carrier, since: now - 45 * minute } })
    const seen = [null, { _tag: "Claimed", session: "s1" }, { _tag: "Absent", token: "revoked" }] as const
    for (const observation of seen) {
      expect(actionOf(decide(viewOf(task, { observation }), context))).toMatchObject({ _tag: "Stop", why: "OverTime" })
    }
  })
})
