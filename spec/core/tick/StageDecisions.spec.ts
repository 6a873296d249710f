/** What is decided about a task by its stage, when nothing of it is at work: a row each. */
import { instruct } from "../../../core/stage/MergeFailureKind.ts"
import { describe, expect, it } from "vitest"
import type { BlockReason } from "../../../core/stage/BlockReason.ts"
import type { Of, Stage } from "../../../core/stage/Stage.ts"
import type { Facts } from "../../../core/task/Facts.ts"
import {
  act,
  at,
  backoff,
  type Case,
  decided,
  escalates,
  facts,
  happens,
  next,
  ofTask,
  rest,
  spawns,
  table,
  waits
} from "./Decided.ts"
import { id, now, policy, run } from "./Worlds.ts"

describe("what is decided about a task by its stage", () => {
  it("TCK-6 one that has not begun waits for a person, for others, or begins", () => {
    const backlog: Stage = { _tag: "Backlog" }
    const waitsFor = (...stages: ReadonlyArray<Stage | null>): Case =>
      at(backlog, { view: { dependencies: stages.map((stage, index) => ({ id: id(9 - index), stage })) } })
    const promote = act({ _tag: "Promote", ...ofTask })
    const done: Stage = { _tag: "Done", at: now, landing: { _tag: "NothingToMerge" }, verified: true }
    table([
      ["upcoming", at({ _tag: "Upcoming" }), waits({ _tag: "Upcoming" })],
      ["ready", at(backlog), promote],
      ["manual", at(backlog, { task: { flow: { start: "manual" } } }), waits({ _tag: "ManualStart" })],
      ["after what is done", waitsFor(done, done), promote],
      ["after what is not there", waitsFor(null), waits({ _tag: "Dependencies", unmet: [id(9)] })],
      ["after several", waitsFor({ _tag: "Qa" }, done, backlog), waits({ _tag: "Dependencies", unmet: [id(7), id(9)] })]
    ])
  })

  it("TCK-8 what has ended is put away: its worktree first, itself when it is old", () => {
    const done = (age: number): Stage => ({
      _tag: "Done",
      at: now - age,
      landing: { _tag: "NothingToMerge" },
      verified: true
    })
    const landed: Stage = { _tag: "Done", at: now, landing: { _tag: "Merged", commit: "c" }, verified: true }
    const removes = act({ _tag: "RemoveWorktree", ...ofTask, worktree: 4 })
    const left = { view: { worktree: 4 } }
    const old = policy.doneRetentionMs
    table([
      ["fresh", at(done(old - 1)), rest],
      ["old", at(done(old)), act({ _tag: "Archive", ...ofTask, at: now })],
      ["old, with a worktree", at(done(old), left), removes],
      // What is not landed is for a person to take.
      ["fresh, with a worktree", at(done(old - 1), left), rest],
      ["fresh, landed, with a worktree", at(landed, left), removes],
      ["abandoned", at({ _tag: "Abandoned", at: 0 }), rest],
      ["abandoned, with a worktree", at({ _tag: "Abandoned", at: 0 }, left), removes],
      ["superseded", at({ _tag: "Superseded", at: 0, by: id(2) }), rest],
      ["superseded, with a worktree", at({ _tag: "Superseded", at: 0, by: id(2) }, left), removes],
      ["rejected", at({ _tag: "Rejected", at: 0, reason: "no" }, left), rest],
      ["archived", at({ _tag: "Archived", at: 0, from: "Done" }), rest],
      ["archived by a person, with a worktree", at({ _tag: "Archived", at: 0, from: "Done" }, left), removes],
      ["archived after it was rejected", at({ _tag: "Archived", at: 0, from: "Rejected" }, left), removes],
      ["frozen", at({ _tag: "Frozen", resumeTo: { _tag: "Qa" } }), rest]
    ])
  })

  it("TCK-8 a landing asks for its repository, and one that failed goes to who can mend it, a number of times", () => {
    const branch = { branch: "drover/1", commitsAhead: 2, verified: true }
    const failed = (kind: Of<"MergeFailure">["kind"]): Stage => ({ _tag: "MergeFailure", ...branch, kind, strikes: 1 })
    const test = failed({ _tag: "GatesFailed", step: "test", exitCode: 1 })
    const conflict = failed({ _tag: "Conflict", files: ["a"] })
    const strikes = (strikes: number) => ({ task: { facts: { strikes } } })
    const { maxStrikes } = policy
    const exhausted = (kind: Of<"MergeFailure">["kind"]) =>
      happens({ _tag: "RecoveryExhausted", visit: 2, kind, strikes: maxStrikes })
    table([
      [
        "a landing",
        at({ _tag: "Merge", ...branch }),
        {
          _tag: "Ask",
          action: { _tag: "Land", ...ofTask, run: run(7) },
          demand: { kind: "repository", isFinishing: true, usesAccount: false, session: null }
        }
      ],
      [
        "a landing with something in its way",
        at({ _tag: "Merge", ...branch }, { view: { landingHeld: "main is checked out" } }),
        waits({ _tag: "Landing", why: "main is checked out" })
      ],
      ["a conflict", at(conflict, strikes(maxStrikes - 1)), spawns({ attempt: { ...next, role: "merger" } })],
      ["a conflict too many", at(conflict, strikes(maxStrikes)), exhausted({ _tag: "Conflict", files: ["a"] })],
      ["tests too many", at(test, strikes(maxStrikes)), exhausted({ _tag: "GatesFailed", step: "test", exitCode: 1 })]
    ])
    expect(decided(at(test, strikes(maxStrikes - 1)))).toMatchObject({
      _tag: "Act",
      action: {
        _tag: "Record",
        events: [
          {
            event: {
              _tag: "FixupRequested",
              by: "tick",
              feedback: instruct({ _tag: "GatesFailed", step: "test", exitCode: 1 })
            }
          }
        ]
      }
    })
  })

  it("EXE-7 each cap is reached at its number, and brings the task to a person", () => {
    const caps: ReadonlyArray<readonly [reason: BlockReason, below: Partial<Facts>, reached: Partial<Facts>]> = [
      [{ _tag: "QaRounds" }, { qaRounds: policy.maxQaRounds }, { qaRounds: policy.maxQaRounds + 1 }],
      [{ _tag: "AbortLoop" }, { abortsInARow: policy.maxAborts - 1 }, { abortsInARow: policy.maxAborts }],
      [
        { _tag: "NeverCommitted" },
        { respawnsWithoutCommit: policy.maxRespawnsWithoutCommit - 1 },
        { respawnsWithoutCommit: policy.maxRespawnsWithoutCommit }
      ],
      [
        { _tag: "NoProgress" },
        { attemptsWithoutProgress: policy.maxAttemptsWithoutProgress - 1 },
        { attemptsWithoutProgress: policy.maxAttemptsWithoutProgress }
      ],
      [{ _tag: "OverBudget" }, { budgetUsd: 2, spentUsd: 1.99 }, { budgetUsd: 2, spentUsd: 2 }],
      [
        { _tag: "OverBudget" },
        { budgetUsd: 2, spentUsd: 5, budgetFromUsd: 3.5 },
        { budgetUsd: 2, spentUsd: 5.5, budgetFromUsd: 3.5 }
      ],
      [{ _tag: "RetriesExhausted", lastFailure: null }, { attemptsUsed: 2 }, { attemptsUsed: 3 }],
      [
        { _tag: "RetriesExhausted", lastFailure: "it broke" },
        { attemptsUsed: 2 },
        { attemptsUsed: 3, feedback: "it broke" }
      ]
    ]
    for (const [reason, below, reached] of caps) {
      expect([reason._tag, decided(facts(below))]).toEqual([reason._tag, spawns()])
      expect([reason._tag, decided(facts(reached))]).toEqual([reason._tag, escalates(reason)])
      const over = decided(facts(reached, { task: { execution: backoff("Retry") } }))
      expect([reason._tag, over]).toEqual([reason._tag, escalates(reason, "other")])
    }
    // The first that is named is the first of the list.
    const all = { abortsInARow: 99, respawnsWithoutCommit: 99, attemptsWithoutProgress: 99, attemptsUsed: 99 }
    table([
      ["rounds before aborts", facts({ ...all, qaRounds: 99 }), escalates({ _tag: "QaRounds" })],
      ["aborts before commits", facts(all), escalates({ _tag: "AbortLoop" })],
      ["commits before progress", facts({ ...all, abortsInARow: 0 }), escalates({ _tag: "NeverCommitted" })],
      ["money before all", facts({ ...all, budgetUsd: 1, spentUsd: 1 }), escalates({ _tag: "OverBudget" })]
    ])
  })
})
