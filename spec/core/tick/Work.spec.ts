/** Which work counts, what a pass is worth, and how the next attempt begins. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Execution } from "../../../core/execution/Execution.ts"
import type { MergeFailureKind } from "../../../core/stage/MergeFailureKind.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import * as Record from "../../../core/task/Record.ts"
import type { Task } from "../../../core/task/Task.ts"
import { decide } from "../../../core/tick/Tick.ts"
import type { TaskView, TreeState } from "../../../core/tick/World.ts"
import { deathFacts } from "./Pairs.ts"
import { actionOf, attempt, cleanTree, dirtyTree, intentOf, minute, now, policy, taskOf, viewOf } from "./Worlds.ts"

const context = { now, policy }
const here = { feedbackNumber: 1, tree: cleanTree.tree }
const elsewhere = { feedbackNumber: 1, tree: "tree-0" }
const earlier = { feedbackNumber: 0, tree: cleanTree.tree }

const branch = { branch: "b", commitsAhead: 1, verified: true, strikes: 1 }
const failed = (kind: MergeFailureKind): Stage => ({ _tag: "MergeFailure", ...branch, kind })
const conflict = failed({ _tag: "Conflict", files: ["a"] })
const coding: Stage = { _tag: "Coding", feedback: null }
const qa: Stage = { _tag: "Qa" }

const backoff = (mode: "Retry" | "Resume" | "CommitOnly", until = now - minute): Execution => ({
  _tag: "Backoff",
  attempt: attempt(),
  until,
  mode,
  feedback: null
})

/** What is proposed, in words: the action, or the last event of a record. */
const proposed = (task: Task, seen: Partial<TaskView> = {}): string => {
  const proposal = decide(viewOf(task, { tree: cleanTree, ...seen }), context)
  if (proposal._tag === "Wait") return `wait ${proposal.wait._tag}`
  const action = actionOf(proposal)
  if (action === null) return "rest"
  if (action._tag === "EscalateHuman") return `block ${action.reason._tag}`
  if (action._tag !== "Record") return action._tag
  const last = action.events.at(-1)
  return last === undefined || last._tag === "Respecified" ? "nothing" : last.event._tag
}

/** The task after what is proposed, and nothing but that. */
const next = (view: TaskView): Task => {
  const action = actionOf(decide(view, context))
  if (action === null) throw new Error("nothing is proposed")
  const result = Record.record(view.task, intentOf(view.task, action, now), "tick", policy)
  if (Either.isLeft(result)) throw new Error(`${action._tag} does not fit`)
  return result.right.task
}

describe("work", () => {
  it("EXE-8 committed work of this feedback is verified before anything else is tried, with or without attempts left", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(coding, conflict),
        fc.nat(6),
        fc.constantFrom<Execution>({ _tag: "Idle" }, backoff("Retry"), backoff("Resume"), backoff("CommitOnly")),
        fc.constantFrom(null, earlier),
        (stage, attemptsUsed, execution, failedBefore) => {
          const role = stage._tag === "Coding" ? "coder" : "merger"
          const own = execution._tag === "Backoff" ? { ...execution, attempt: attempt({ role }) } : execution
          const task = taskOf({ stage, execution: own, facts: { worked: 1, attemptsUsed, failed: failedBefore } })
          expect(proposed(task)).toBe("VerifyBegin")
          expect(next(viewOf(task, { tree: cleanTree })).execution._tag).toBe("Verifying")
        }
      )
    )
  })

  it("EXE-8 a verification that was broken off is taken up again, and uses no attempt", () => {
    const task = taskOf({ facts: { worked: 1, attemptsUsed: 3, failed: elsewhere } })
    const after = next(viewOf(task, { tree: cleanTree }))
    expect(after.facts.attemptsUsed).toBe(3)
    expect(after.execution).toMatchObject({ _tag: "Verifying", attempt: { mode: "VerifyOnly", number: 7 } })
  })

  it("EXE-8 only where nothing is left to verify and no attempt is left a person is asked", () => {
    expect(proposed(taskOf({ facts: { attemptsUsed: 3 } }))).toBe("block RetriesExhausted")
    expect(proposed(taskOf({ facts: { attemptsUsed: 3, worked: 1, failed: here } }))).toBe("block RetriesExhausted")
    expect(proposed(taskOf({ facts: { attemptsUsed: 2, worked: 1, failed: here } }))).toBe("Spawn")
  })

  it("EXE-15 kept verdicts count for this very tree, this feedback, and work that was done since", () => {
    const passed = (facts: Partial<Task["facts"]>, tree: TreeState = cleanTree) =>
      proposed(taskOf({ facts: { worked: 1, passed: here, ...facts } }), { tree })
    expect(passed({})).toBe("GatesPassed")
    expect(passed({ passed: elsewhere })).toBe("VerifyBegin")
    expect(passed({ passed: earlier })).toBe("VerifyBegin")
    expect(passed({ passed: null })).toBe("VerifyBegin")
    expect(passed({ worked: 0 })).toBe("Spawn")
    expect(passed({ worked: null })).toBe("Spawn")
    expect(passed({}, { ...cleanTree, tree: "tree-9" })).toBe("VerifyBegin")
    expect(passed({}, { ...dirtyTree, tree: cleanTree.tree })).toBe("Spawn")
    expect(proposed(taskOf({ stage: conflict, facts: { worked: 1, passed: here } }))).toBe("MergeReady")
  })

  it("EXE-15 whatever was counted and judged, nothing passes in Coding without work since the last feedback", () => {
    const judged = fc.constantFrom(null, here, elsewhere, earlier)
    fc.assert(
      fc.property(
        fc.constantFrom(coding, conflict),
        fc.constantFrom(null, 0),
        judged,
        judged,
        judged,
        (stage, worked, passed, wasFailed, qaPassed) => {
          const task = taskOf({ stage, facts: { worked, passed, failed: wasFailed, qaPassed } })
          expect(proposed(task)).toBe("Spawn")
        }
      )
    )
  })

  it("EXE-15 with a QA agent nothing leaves Qa without its pass for this tree and feedback", () => {
    const flow = { qa: "agent" } as const
    const inQa = (facts: Partial<Task["facts"]>) =>
      proposed(taskOf({ stage: qa, flow, facts: { worked: 1, ...facts } }))
    expect(inQa({ passed: here })).toBe("Spawn")
    expect(inQa({ passed: here, qaPassed: elsewhere })).toBe("Spawn")
    expect(inQa({ passed: here, qaPassed: earlier })).toBe("Spawn")
    expect(inQa({ passed: here, qaPassed: here })).toBe("GatesPassed")
    expect(inQa({ qaPassed: here })).toBe("VerifyBegin")
  })

  it("EXE-15 without a QA agent the verifiers alone judge in Qa, whatever failed or is uncommitted: no agent starts", () => {
    const judged = fc.constantFrom(null, here, elsewhere, earlier)
    fc.assert(
      fc.property(
        fc.constantFrom("server" as const, "human" as const),
        judged,
        judged,
        fc.nat(5),
        fc.constantFrom(cleanTree, dirtyTree),
        (by, passed, wasFailed, attemptsUsed, tree) => {
          const task = taskOf({ stage: qa, flow: { qa: by }, facts: { passed, failed: wasFailed, attemptsUsed } })
          const isPassed = passed === here && !tree.isDirty
          expect(proposed(task, { tree })).toBe(isPassed ? "GatesPassed" : "VerifyBegin")
        }
      )
    )
  })

  it("EXE-15 the tree is looked at before it decides", () => {
    expect(proposed(taskOf({ facts: { worked: 1, passed: here } }), { tree: null })).toBe("wait Unobserved")
    expect(proposed(taskOf({}), { tree: null })).toBe("Spawn")
    const noVerifiers: Execution = {
      _tag: "Verifying",
      attempt: attempt(),
      index: 0,
      run: null,
      passed: [],
      restarts: 0,
      notBefore: null
    }
    const task = taskOf({ execution: noVerifiers, spec: { verify: [] } })
    expect(proposed(task, { tree: null })).toBe("wait Unobserved")
    expect(proposed(task)).toBe("NoVerifiers")
  })

  it("EXE-15 a merger that left nothing to land is blocked, and not verified again and again", () => {
    const task = taskOf({ stage: conflict, facts: { worked: 1, passed: here } })
    const tree = { ...cleanTree, work: null }
    expect(next(viewOf(task, { tree })).stage).toMatchObject({ _tag: "Blocked", reason: { _tag: "NoCommits" } })
  })

  it("EXE-15 what can not be told apart by its content is judged anew once an agent was at work, and not before", () => {
    const unaddressed = { feedbackNumber: 1, tree: "-" }
    const flow = { merge: "none" } as const
    const facts = { ...deathFacts, merge: "none" } as const
    const execution: Execution = {
      _tag: "Stopping",
      subject: { _tag: "Agent", attempt: attempt() },
      carrier: null,
      ending: { _tag: "Forced", detail: "status 1" },
      since: now
    }
    const died = (failed: typeof here) =>
      next(viewOf(taskOf({ flow, execution, facts: { failed } }), { observation: { _tag: "Emptied", facts } }))
    expect(died(unaddressed).facts.failed).toBeNull()
    expect(died(here).facts.failed).toEqual(here)
    // It may yet turn out that it could not be started, and then nothing was changed.
    const launched = next(viewOf(taskOf({ flow, facts: { failed: unaddressed } })))
    expect(launched.execution._tag).toBe("Launching")
    expect(launched.facts.failed).toEqual(unaddressed)
  })

  it("EXE-10 a warm attempt has a session, a cold one has none, and only an end that can go on is resumed", () => {
    const executions = fc.constantFrom<Execution>(
      { _tag: "Idle" },
      backoff("Retry"),
      backoff("Resume"),
      backoff("CommitOnly"),
      { _tag: "Limited", attempt: attempt(), carrier: null, resumeAt: now, limitedAt: now, since: now },
      {
        _tag: "Limited",
        attempt: attempt({ mode: "CommitOnly" }),
        carrier: null,
        resumeAt: now,
        limitedAt: now,
        since: now
      }
    )
    fc.assert(
      fc.property(executions, fc.constantFrom(null, "s1"), (execution, resumableSession) => {
        const action = actionOf(decide(viewOf(taskOf({ execution }), { resumableSession }), context))
        if (action?._tag !== "Spawn") throw new Error(`${action?._tag} is proposed`)
        const { mode } = action.attempt
        const goesOn = execution._tag === "Limited" || (execution._tag === "Backoff" && execution.mode !== "Retry")
        expect(action.session).toBe(goesOn ? resumableSession : null)
        const commits =
          (execution._tag === "Backoff" && execution.mode === "CommitOnly") ||
          (execution._tag === "Limited" && execution.attempt.mode === "CommitOnly")
        expect(mode).toBe(commits ? "CommitOnly" : action.session === null ? "Cold" : "Warm")
      })
    )
  })

  it("EXE-10 five aborts in a row block, use no attempt, and never resume what they aborted", () => {
    let task = taskOf({ facts: { attemptsUsed: 2 } })
    for (let aborts = 1; aborts <= 5; aborts++) {
      const attempted = attempt({ number: task.facts.nextAttempt, visit: task.visit })
      const execution: Execution = {
        _tag: "Stopping",
        subject: { _tag: "Agent", attempt: attempted },
        carrier: null,
        ending: { _tag: "Aborted", detail: "no session" },
        since: now
      }
      const facts = { ...deathFacts, moved: false, resumable: true }
      task = next(viewOf({ ...task, execution }, { observation: { _tag: "Emptied", facts } }))
      expect(task.execution).toMatchObject({ _tag: "Backoff", mode: "Retry" })
      expect(task.facts).toMatchObject({ abortsInARow: aborts, attemptsUsed: 2 })
      const due = { now: now + 60 * minute, policy }
      const action = actionOf(decide(viewOf(task, { tree: cleanTree }), due))
      expect(action).toMatchObject(
        aborts < 5 ? { _tag: "Spawn", session: null } : { _tag: "EscalateHuman", reason: { _tag: "AbortLoop" } }
      )
    }
  })

  it("EXE-3 each cap that a person must lift is reached at its number, and not before", () => {
    const atCap: ReadonlyArray<readonly [Partial<Task["facts"]>, Partial<Task["facts"]>, string]> = [
      [{ qaRounds: 3 }, { qaRounds: 4 }, "block QaRounds"],
      [{ abortsInARow: 4 }, { abortsInARow: 5 }, "block AbortLoop"],
      [{ respawnsWithoutCommit: 7 }, { respawnsWithoutCommit: 8 }, "block NeverCommitted"],
      [{ attemptsWithoutProgress: 2 }, { attemptsWithoutProgress: 3 }, "block NoProgress"],
      [{ attemptsUsed: 2 }, { attemptsUsed: 3 }, "block RetriesExhausted"],
      [{ spentUsd: 1.9, budgetUsd: 2 }, { spentUsd: 2, budgetUsd: 2 }, "block OverBudget"]
    ]
    for (const [below, reached, block] of atCap) {
      for (const execution of [{ _tag: "Idle" } as const, backoff("Retry")]) {
        expect(proposed(taskOf({ execution, facts: below }))).toBe("Spawn")
        expect(proposed(taskOf({ execution, facts: reached }))).toBe(block)
      }
      expect(proposed(taskOf({ execution: backoff("Retry", now + 1), facts: reached }))).toBe("wait Backoff")
    }
  })

  it("EXE-3 a failed landing goes where its kind says, and to a person at the limit of strikes", () => {
    const landing = (kind: MergeFailureKind, strikes: number) =>
      proposed(taskOf({ stage: failed(kind), facts: { strikes } }))
    const build: MergeFailureKind = { _tag: "GatesFailed", step: "build", exitCode: 1 }
    expect(landing({ _tag: "Conflict", files: [] }, 2)).toBe("Spawn")
    expect(landing(build, 2)).toBe("Spawn")
    for (const step of ["format", "lint", "test"] as const) {
      expect(landing({ _tag: "GatesFailed", step, exitCode: 1 }, 2)).toBe("FixupRequested")
      expect(landing({ _tag: "GatesFailed", step, exitCode: 1 }, 3)).toBe("RecoveryExhausted")
    }
    expect(landing({ _tag: "EmptyDiff" }, 1)).toBe("rest")
    expect(landing({ _tag: "Other", detail: "?" }, 1)).toBe("rest")
    expect(landing(build, 3)).toBe("RecoveryExhausted")
  })

  it("EXE-15 a QA agent's own words are what the coder is told", () => {
    const execution: Execution = {
      _tag: "Stopping",
      subject: { _tag: "Agent", attempt: attempt({ role: "qa" }) },
      carrier: null,
      ending: { _tag: "Clean" },
      since: now
    }
    const task = taskOf({ stage: qa, flow: { qa: "agent" }, execution, facts: { feedback: "of the round before" } })
    const facts = { ...deathFacts, qa: "FAIL" as const }
    const observation = { _tag: "Emptied", facts, said: "the parser drops the last line\nVERDICT: FAIL" } as const
    const after = next(viewOf(task, { observation }))
    expect(after.stage).toEqual({ _tag: "Coding", feedback: observation.said })
    expect(after.facts.feedback).toBe(observation.said)
    const silent = next(viewOf(task, { observation: { ...observation, facts: { ...facts, qa: null } } }))
    expect(silent.facts.feedback).toContain("VERDICT: PASS")
  })
})
