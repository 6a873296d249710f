/** What one event of an execution does to what is remembered about its task: a row each, told by what is another then. */
import { describe, expect, it } from "vitest"
import type { Execution } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import type { Facts } from "../../../core/task/Facts.ts"
import { defaultFlow } from "../../../core/task/Flow.ts"
import { create, directoryOf } from "../../../core/task/Task.ts"
import { process } from "../tick/Pairs.ts"
import { attempt, attemptNumber, id, now, run, spec, taskOf, type Varied } from "../tick/Worlds.ts"
import {
  does,
  idle,
  illegal,
  landing,
  launching,
  merge,
  number,
  own,
  passed,
  running,
  table,
  verifying
} from "./Applied.ts"

describe("what an event does to what is remembered of a task", () => {
  it("EXE-13 what begins has a number that was never used, for the present visit", () => {
    const begin = (of: typeof own): ReadonlyArray<readonly [event: ExecutionEvent, also: Partial<Facts>]> => [
      [{ _tag: "Assign", attempt: of, messageId: "m", at: now }, { passed: null }],
      [{ _tag: "Launch", attempt: of, preparing: false, at: now }, { passed: null }],
      [{ _tag: "VerifyBegin", attempt: of }, {}]
    ]
    const task: Varied = { facts: { passed } }
    for (const used of [5, 7, 9]) {
      for (const [event, also] of begin(attempt({ number: attemptNumber(used) }))) {
        const expected = used < 7 ? illegal(idle, event) : { nextAttempt: used + 1, ...also }
        expect([event._tag, used, does(task, event)]).toEqual([event._tag, used, expected])
      }
    }
    for (const [event] of begin(attempt({ number: attemptNumber(7), visit: 1 }))) {
      expect([event._tag, does(task, event)]).toEqual([event._tag, illegal(idle, event)])
    }
    const runs = (of: number): ExecutionEvent => ({ _tag: "RunBegin", attempt: number, index: 0, run: run(of) })
    table([
      ["a run", { execution: verifying() }, runs(7), { nextRun: 8 }],
      ["a later run", { execution: verifying() }, runs(9), { nextRun: 10 }],
      ["a run that was", { execution: verifying() }, runs(6), illegal(verifying(), runs(6))]
    ])
  })

  it("EXE-13 a landing begins and is armed in the stage and visit that it is for, with a number of its own", () => {
    const begin = (of: number, visit = 2): ExecutionEvent => ({
      _tag: "LandBegin",
      run: run(of),
      visit,
      base: "b",
      at: now
    })
    const armed: ExecutionEvent = { _tag: "Armed", run: run(6), candidate: "c" }
    table([
      ["a landing", { stage: merge }, begin(7), { nextRun: 8 }],
      ["a later one", { stage: merge }, begin(9), { nextRun: 10 }],
      ["one that was", { stage: merge }, begin(6), illegal(idle, begin(6))],
      ["of another visit", { stage: merge }, begin(7, 1), illegal(idle, begin(7, 1))],
      ["in another stage", {}, begin(7), illegal(idle, begin(7))],
      ["armed", { stage: merge, execution: landing() }, armed, {}],
      ["armed elsewhere", { execution: landing() }, armed, illegal(landing(), armed)],
      [
        "armed for another visit",
        { stage: merge, execution: landing(null, 1) },
        armed,
        illegal(landing(null, 1), armed)
      ],
      [
        "landed",
        { stage: merge, execution: landing("c") },
        { _tag: "LandEnded", run: run(6), result: { _tag: "Landed", commit: "c" }, at: now },
        { consequence: { _tag: "Landed", visit: 2, at: now, commit: "c" } }
      ],
      [
        "not landed",
        { stage: merge, execution: landing("c"), facts: { strikes: 1 } },
        { _tag: "LandEnded", run: run(6), result: { _tag: "Failed", kind: { _tag: "EmptyDiff" } }, at: now },
        { consequence: { _tag: "MergeFailed", visit: 2, kind: { _tag: "EmptyDiff" }, strikes: 2 } }
      ],
      [
        "not landed, and judged at a cost",
        { stage: merge, execution: landing(), facts: { spentUsd: 1 } },
        { _tag: "LandEnded", run: run(6), result: { _tag: "Again" }, at: now, costUsd: 0.5 },
        { spentUsd: 1.5 }
      ],
      [
        "not landed, and judged at a cost that nobody knows",
        { stage: merge, execution: landing(), facts: { spentUsd: 1 } },
        { _tag: "LandEnded", run: run(6), result: { _tag: "Again" }, at: now, costUsd: null },
        { hasUnknownCost: true }
      ]
    ])
  })

  it("EXE-3 whatever is heard of an attempt ends the row of launches that failed, and what it says on its way is no change", () => {
    const failed = (execution: Execution): Varied => ({ execution, facts: { launchFailuresInARow: 3 } })
    const heard = { launchFailuresInARow: 0 }
    const of = { attempt: number, at: now } as const
    const assigned: Execution = { _tag: "Assigned", attempt: own, messageId: "m", since: now }
    table([
      ["started", failed(launching), { _tag: "Started", ...of, process }, heard],
      ["adopted", failed(launching), { _tag: "Adopted", ...of, process }, heard],
      ["claimed", failed(assigned), { _tag: "Claimed", ...of, session: "s" }, heard],
      ["limited", failed(running), { _tag: "RateLimited", ...of, resumeAt: now + 1, process }, heard],
      ["ended", failed(running), { _tag: "Ended", ...of, how: { _tag: "Clean" } }, heard],
      [
        "failed again",
        failed(launching),
        { _tag: "LaunchFailed", attempt: number, reason: "?", until: now, exhausted: false },
        { launchFailuresInARow: 4 }
      ],
      ["a session", failed(running), { _tag: "SessionSeen", attempt: number, session: "s" }, "ignored"],
      ["progress", failed(running), { _tag: "Progressed", ...of }, "ignored"],
      [
        "another's end",
        failed(running),
        { _tag: "Ended", ...of, attempt: attemptNumber(1), how: { _tag: "Clean" } },
        "ignored"
      ]
    ])
  })

  it("STG-1 a task begins in the backlog or before it, in its own directory or in the one that it was given", () => {
    const made = (upcoming: boolean) =>
      create({ id: id(1), batch: null, spec, flow: defaultFlow, dependsOn: [], upcoming, createdAt: now }).stage
    expect([made(true), made(false)]).toEqual([{ _tag: "Upcoming" }, { _tag: "Backlog" }])
    expect(defaultFlow).toEqual({ qa: "server", merge: "none", start: "auto" })
    const directory = (isolate: typeof spec.isolate) => directoryOf(taskOf({ spec: { isolate, cwd: "/work/a" } }))
    expect([directory("in-place"), directory("worktree")]).toEqual(["/work/a", null])
  })
})
