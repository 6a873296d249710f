/** What verdicts and ends of attempts do to what is remembered of a task: a row each. */
import { describe, expect, it } from "vitest"
import type { Ending } from "../../../core/execution/Execution.ts"
import type { DeathFacts, ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { Facts } from "../../../core/task/Facts.ts"
import { attempt, now, run, type Varied } from "../tick/Worlds.ts"
import { does, failure, number, own, passed, stopping, table, verifying } from "./Applied.ts"

const brain = { _tag: "Brain", prompt: "Is it total?", timeoutMin: 15 } as const

/** What is found of an attempt that leaves nothing to land. */
const left: DeathFacts = {
  merge: "none",
  dirty: false,
  moved: false,
  progressed: true,
  resumable: false,
  qa: null,
  tree: "t1",
  costUsd: 0,
  failure
}

describe("what an end does to what is remembered of a task", () => {
  it("EXE-15 a judgement is bound to the tree that was judged and the feedback that was answered", () => {
    const verdict = (varied: Partial<Extract<ExecutionEvent, { readonly _tag: "Verdict" }>> = {}): ExecutionEvent => ({
      _tag: "Verdict",
      attempt: number,
      at: now,
      index: 0,
      run: run(6),
      verdict: "PASS",
      last: true,
      tree: "t1",
      treeNow: "t1",
      headTree: null,
      work: null,
      resumeAt: null,
      costUsd: null,
      failure: { ...failure, feedback: null },
      ...varied
    })
    const fails = verdict({ verdict: "FAIL", failure })
    const at = verifying({ run: run(6) })
    const before = { failuresInARow: 2, feedbackNumber: 4 }
    const judged = { feedbackNumber: 1, tree: "t1" }
    const gates = { _tag: "GatesPassed", visit: 2, at: now, verified: true, work: null }
    table([
      [
        "without verifiers",
        { execution: verifying(), facts: before, spec: { verify: [] } },
        { _tag: "NoVerifiers", attempt: number, at: now, work: null, tree: "t1" },
        { passed: judged, consequence: { ...gates, verified: false } }
      ],
      [
        "passed",
        { execution: at, facts: before },
        verdict(),
        { passed: judged, failuresInARow: 0, consequence: gates }
      ],
      [
        "passed, for money",
        { execution: at, facts: { ...before, spentUsd: 1 } },
        verdict({ costUsd: 0.5 }),
        { passed: judged, failuresInARow: 0, spentUsd: 1.5, consequence: gates }
      ],
      [
        "passed, and one is left",
        { execution: at, facts: before },
        verdict({ last: false, costUsd: 0.5 }),
        { spentUsd: 0.5 }
      ],
      [
        "failed",
        { execution: at, facts: before },
        fails,
        { failed: judged, failuresInARow: 3, feedback: expect.stringContaining("it broke") }
      ],
      [
        "passed by a model that tells no price",
        { execution: at, facts: before, spec: { verify: [brain] } },
        verdict(),
        { passed: judged, failuresInARow: 0, hasUnknownCost: true, consequence: gates }
      ],
      [
        "passed by a model that tells one",
        { execution: at, facts: before, spec: { verify: [brain] } },
        verdict({ costUsd: 0.5 }),
        { passed: judged, failuresInARow: 0, spentUsd: 0.5, consequence: gates }
      ],
      [
        "passed by nobody that is known",
        { execution: verifying({ run: run(6), index: 7 }), facts: before },
        verdict({ index: 7, last: false }),
        {}
      ],
      ["failed for another visit", { execution: at, facts: before, visit: 3 }, fails, { failed: judged }]
    ])
    const mended: Stage = {
      _tag: "MergeFailure",
      branch: "drover/1",
      commitsAhead: 2,
      verified: true,
      kind: { _tag: "EmptyDiff" },
      strikes: 1
    }
    const work = { branch: "drover/1", commitsAhead: 5 }
    table([
      [
        "passed, mended",
        { stage: mended, execution: at },
        verdict({ work }),
        { passed: judged, consequence: { _tag: "MergeReady", visit: 2, verified: true, work } }
      ],
      [
        "passed, mended, and nobody knows the work",
        { stage: mended, execution: at },
        verdict(),
        {
          passed: judged,
          consequence: { _tag: "MergeReady", visit: 2, verified: true, work: { ...work, commitsAhead: 0 } }
        }
      ]
    ])
  })

  it("EXE-7 the end of an attempt counts by how it ended, what it moved, and what comes next", () => {
    const facts: DeathFacts = { ...left, merge: "squash", costUsd: 0.5 }
    const dead = (varied: Partial<DeathFacts> = {}): ExecutionEvent => ({
      _tag: "VerifiedDead",
      attempt: number,
      run: null,
      facts: { ...facts, ...varied }
    })
    const counted: Partial<Facts> = {
      attemptsUsed: 1,
      abortsInARow: 2,
      failuresInARow: 3,
      attemptsWithoutProgress: 1,
      respawnsWithoutCommit: 2,
      spentUsd: 1,
      feedback: "before"
    }
    const of = (ending: Ending, more: Varied = {}, attempt = own): Varied => ({
      execution: stopping(ending, attempt),
      ...more,
      facts: { ...counted, ...more.facts }
    })
    const clean: Ending = { _tag: "Clean" }
    const forced: Ending = { _tag: "Forced", detail: "status 1" }
    const cost = { spentUsd: 1.5 }
    const ends = { ...cost, abortsInARow: 0 }
    const used = { ...ends, attemptsUsed: 2 }
    const judge = attempt({ role: "qa" })
    const qa: Varied = { stage: { _tag: "Qa" } }
    table([
      ["clean", of(clean), dead(), { ...used, worked: 1, attemptsWithoutProgress: 0 }],
      [
        "clean, and moved HEAD",
        of(clean),
        dead({ moved: true }),
        { ...used, worked: 1, attemptsWithoutProgress: 0, respawnsWithoutCommit: 0 }
      ],
      [
        "clean, and for nothing",
        of(clean),
        dead({ progressed: false, moved: true }),
        { ...used, worked: 1, attemptsWithoutProgress: 2, respawnsWithoutCommit: 0 }
      ],
      [
        "clean, only reminded, and rightly for nothing",
        of(clean, {}, attempt({ mode: "Nudge" })),
        dead({ progressed: false }),
        { ...ends, worked: 1 }
      ],
      ["clean in place, for nothing", of(clean), dead({ progressed: false, merge: "none" }), { ...used, worked: 1 }],
      [
        "clean, for an earlier feedback",
        of(clean, { facts: { feedbackNumber: 2 } }),
        dead(),
        { ...used, attemptsWithoutProgress: 0 }
      ],
      ["forced", of(forced), dead({ progressed: false }), { ...used, failuresInARow: 4, feedback: "it broke" }],
      [
        "forced, without a word",
        of(forced),
        dead({ progressed: false, failure: { ...failure, feedback: null } }),
        { ...used, failuresInARow: 4 }
      ],
      [
        "forced, and moved HEAD",
        of(forced),
        dead({ progressed: false, moved: true }),
        { ...used, worked: 1, respawnsWithoutCommit: 0 }
      ],
      ["of an earlier visit", of(forced, { visit: 3 }), dead(), cost],
      ["at an unknown cost", of(forced, { visit: 3 }), dead({ costUsd: null }), { hasUnknownCost: true }],
      ["at an unknown cost, again", of(forced, { visit: 3, facts: { hasUnknownCost: true } }), dead(), cost],
      [
        "after a failure without an address",
        of(forced, { visit: 3, facts: { failed: { feedbackNumber: 1, tree: "-" } } }),
        dead(),
        { ...cost, failed: null }
      ],
      ["after a failure of a tree", of(forced, { visit: 3, facts: { failed: passed } }), dead(), cost],
      [
        "a judge that passes",
        of(clean, qa, judge),
        dead({ qa: "PASS", progressed: false }),
        { ...used, qaPassed: { feedbackNumber: 1, tree: "t1" } }
      ],
      [
        "a judge that was forced",
        of(forced, qa, judge),
        dead({ qa: "PASS", progressed: false }),
        { ...used, failuresInARow: 4, feedback: "it broke" }
      ]
    ])
    expect(does(of(clean, qa, judge), dead({ qa: "FAIL" }))).not.toHaveProperty("qaPassed")
    const commitOnly = does(of(clean), dead({ dirty: true, resumable: true, progressed: false }))
    expect(commitOnly).toMatchObject({ respawnsWithoutCommit: 3 })
    expect(commitOnly).not.toHaveProperty("failuresInARow")
    const aborted = does(of({ _tag: "Aborted", detail: "no session" }), dead({ progressed: false }))
    expect(aborted).toMatchObject({ abortsInARow: 3 })
    expect(aborted).not.toHaveProperty("attemptsUsed")
  })

  it("EXE-3 a stop by a person or by a change of stage uses no attempt, any other stop does", () => {
    const dead: ExecutionEvent = {
      _tag: "VerifiedDead",
      attempt: number,
      run: null,
      facts: left
    }
    const uses = (why: Extract<Ending, { readonly _tag: "Stopped" }>["why"], mode: typeof own.mode = "Cold"): boolean =>
      Object.hasOwn(
        Object(does({ execution: stopping({ _tag: "Stopped", why }, attempt({ mode })) }, dead)),
        "attemptsUsed"
      )
    for (const why of ["OverBudget", "OverTime", "OverTurns", "Inactive", "Retry"] as const)
      expect([why, uses(why)]).toEqual([why, true])
    for (const why of ["Operator", "StageChanged"] as const) expect([why, uses(why)]).toEqual([why, false])
    expect(uses("OverTime", "Warm")).toBe(true)
    expect(uses("OverTime", "CommitOnly")).toBe(false)
  })

  it("EXE-9 what a judge that is stopped had cost is not known, and a command costs nothing", () => {
    const stopped = (kind: "Brain" | "Run", by: "judge" | "nobody"): boolean => {
      const current = by === "judge" ? run(6) : null
      const verify =
        kind === "Brain" ? [brain] : [{ _tag: "Run" as const, command: "npm test", timeoutMin: brain.timeoutMin }]
      const dead: ExecutionEvent = {
        _tag: "VerifiedDead",
        attempt: number,
        run: current,
        facts: { ...left, costUsd: null }
      }
      const execution = {
        _tag: "Stopping",
        subject: { _tag: "Verifiers", attempt: own, run: current },
        carrier: null,
        ending: { _tag: "Stopped", why: "Operator" },
        since: now
      } as const
      return Object.hasOwn(Object(does({ execution, spec: { verify } }, dead)), "hasUnknownCost")
    }
    expect([stopped("Brain", "judge"), stopped("Brain", "nobody"), stopped("Run", "judge")]).toEqual([
      true,
      false,
      false
    ])
  })
})
