/** What runs and does not belong any more: of another visit, another role, held or ended; each ends as its table says. */
import { describe, expect, it } from "vitest"
import type { Execution } from "../../../core/execution/Execution.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import { decide } from "../../../core/tick/Tick.ts"
import type { Observation } from "../../../core/tick/World.ts"
import { alive, deathFacts, executionsOf, stages } from "./Pairs.ts"
import { actionOf, attempt, now, policy, taskOf, viewOf } from "./Worlds.ts"

const context = { now, policy }

/** What the tick does with an execution that does not belong, in one word. */
const wordOf = (execution: Execution): string => {
  switch (execution._tag) {
    case "Assigned":
      return "WithdrawMessage"
    case "Launching":
    case "Running":
    case "Verifying":
      return "Stop StageChanged"
    case "Limited":
      return execution.carrier === null ? "Reset" : "Stop StageChanged"
    case "Landing":
      return execution.candidate === null ? "Stop StageChanged" : "Land"
    case "Backoff":
      return "Reset"
    case "Stopping":
      return "Stop again"
    case "Idle":
      return "nothing"
  }
}

const done = (stage: Stage, execution: Execution, observation: Observation | null): string => {
  const action = actionOf(decide(viewOf(taskOf({ stage, execution }), { observation }), context))
  if (action?._tag === "Stop") return action.why === null ? "Stop again" : `Stop ${action.why}`
  if (action?._tag !== "Record") return action?._tag ?? "nothing"
  return action.events.map((each) => ("event" in each ? each.event._tag : each._tag)).join()
}

const coding: Stage = { _tag: "Coding", feedback: null }
const merge: Stage = { _tag: "Merge", branch: "b", commitsAhead: 1, verified: true }
const busy = (own: Parameters<typeof attempt>[0]) => executionsOf(attempt(own)).filter(({ _tag }) => _tag !== "Idle")

describe("belonging", () => {
  it("TCK-8 an execution of an earlier visit ends, although its stage and role are the same again", () => {
    for (const execution of busy({ visit: 1 })) {
      expect([execution, done(coding, execution, null)]).toEqual([execution, wordOf(execution)])
    }
  })

  it("TCK-8 an execution of another role ends", () => {
    for (const execution of busy({ role: "qa" })) {
      expect([execution, done(coding, execution, null)]).toEqual([execution, wordOf(execution)])
    }
  })

  it("TCK-8 whatever runs ends once its task is held, ended or waits to start: alive or not yet looked at", () => {
    const without = stages.filter(({ _tag }) => !["Coding", "Qa", "Merge", "MergeFailure"].includes(_tag))
    for (const stage of without) {
      for (const execution of busy({})) {
        expect([stage, execution, done(stage, execution, null)]).toEqual([stage, execution, wordOf(execution)])
      }
      const running = busy({}).filter(({ _tag }) => _tag === "Running")
      for (const execution of running) expect(done(stage, execution, alive)).toBe("Stop StageChanged")
    }
  })

  it("TCK-8 a landing belongs to Merge of its visit alone", () => {
    for (const execution of busy({}).filter(({ _tag }) => _tag === "Landing")) {
      expect(done(merge, execution, null)).toBe("Land")
      expect(done(coding, execution, null)).toBe(wordOf(execution))
    }
    for (const execution of busy({ visit: 1 }).filter(({ _tag }) => _tag === "Landing")) {
      expect(done(merge, execution, null)).toBe(wordOf(execution))
    }
  })

  it("TCK-8 what belongs is left to its own rule", () => {
    const kept = busy({}).filter(({ _tag }) => _tag === "Running" || _tag === "Launching")
    for (const execution of kept) expect(done(coding, execution, null)).not.toBe("Stop StageChanged")
  })

  it("EXE-1 a message that was claimed is recorded before anything ends, for then it can not be withdrawn", () => {
    for (const stage of stages) {
      for (const execution of busy({ visit: 1 }).filter(({ _tag }) => _tag === "Assigned")) {
        expect(done(stage, execution, { _tag: "Claimed", session: "s1" })).toBe("Claimed")
      }
    }
  })

  it("EXE-3 the attempt that ends is counted when what is left is judged; a commit-only one, a limit and an abort are not", () => {
    const leftAfter = (used: number, own: Parameters<typeof attempt>[0], ending: "Forced" | "Aborted"): boolean => {
      const execution: Execution = {
        _tag: "Stopping",
        subject: { _tag: "Agent", attempt: attempt(own) },
        carrier: null,
        ending: { _tag: ending, detail: "" },
        since: now
      }
      const task = taskOf({ execution, facts: { attemptsUsed: used } })
      const action = actionOf(decide(viewOf(task, { observation: { _tag: "Emptied", facts: deathFacts } }), context))
      const [event] = action?._tag === "Record" ? action.events : []
      if (event?._tag !== "ExecutionMoved" || event.event._tag !== "VerifiedDead") throw new Error("it is not recorded")
      return event.event.facts.failure.attemptsLeft
    }
    expect([0, 1, 2, 3].map((used) => leftAfter(used, {}, "Forced"))).toEqual([true, true, false, false])
    expect([1, 2, 3].map((used) => leftAfter(used, { mode: "Warm" }, "Forced"))).toEqual([true, false, false])
    expect([1, 2, 3].map((used) => leftAfter(used, { mode: "CommitOnly" }, "Forced"))).toEqual([true, true, false])
    expect([1, 2, 3].map((used) => leftAfter(used, {}, "Aborted"))).toEqual([true, true, false])
  })
})
