/** What is decided about a task whose verifiers are worked, whatever is seen of them: a row each. */
import { describe, it } from "vitest"
import * as Backoff from "../../../core/execution/Backoff.ts"
import type { Of } from "../../../core/execution/Execution.ts"
import { attemptId } from "../../../core/task/Identifiers.ts"
import type { Verifier } from "../../../core/verify/Verifier.ts"
import type { Proposal } from "../../../core/tick/Proposal.ts"
import type { RunObservation } from "../../../core/tick/World.ts"
import { act, type Case, ofTask, records, rest, table, waits } from "./Decided.ts"
import { attempt, cleanTree, id, now, policy, run } from "./Worlds.ts"

const own = attempt()
const { number } = own

const verify: ReadonlyArray<Verifier> = [
  { _tag: "Run", command: "one", timeoutMin: 1 },
  { _tag: "Run", command: "two", timeoutMin: 1 }
]

type Verifying = Of<"Verifying">
const verifying = (varied: Partial<Verifying> = {}): Verifying => ({
  _tag: "Verifying",
  attempt: own,
  index: 0,
  run: null,
  passed: [],
  restarts: 0,
  notBefore: null,
  ...varied
})

const of = (execution: Verifying, seen: RunObservation | null = null, more: Case = {}): Case => ({
  ...more,
  task: { execution, spec: { verify }, ...more.task },
  view: { run: seen, tree: cleanTree, ...more.view }
})

const starts = (index: number, revokes: Verifying["run"] = null): Proposal =>
  act({ _tag: "RunVerifier", ...ofTask, attempt: number, index, run: run(7), revokes })

const { backoffBaseMs: baseMs, backoffCapMs: capMs } = policy
const failure = (feedback: string | null, attemptsLeft = true) => ({
  attemptsLeft,
  until: now + Backoff.delay({ baseMs, capMs }, 1, attemptId(id(1), number)),
  feedback
})

describe("what is decided about a task whose verifiers are worked", () => {
  it("EXE-14 the run that is due is started, not before a limit is over, and again only when the last can not come", () => {
    table([
      ["none yet", of(verifying()), starts(0)],
      ["the second", of(verifying({ index: 1 })), starts(1)],
      ["a limit is not over", of(verifying({ notBefore: now + 1 })), waits({ _tag: "Limited", until: now + 1 })],
      ["a limit is over", of(verifying({ notBefore: now })), starts(0)],
      ["nobody looked", of(verifying({ run: run(6) })), rest],
      ["at work", of(verifying({ run: run(6) }), { _tag: "Alive" }), rest],
      ["never came", of(verifying({ run: run(6) }), { _tag: "Absent", token: "free" }), starts(0, run(6))],
      [
        "can not come",
        of(verifying({ run: run(6), index: 1 }), { _tag: "Absent", token: "revoked" }),
        starts(1, run(6))
      ]
    ])
  })

  it("EXE-14 a verdict is taken as it was found, and one that is missing is an error", () => {
    const found = {
      verdict: "FAIL",
      tree: "t1",
      treeNow: "t2",
      headTree: "t3",
      work: { branch: "drover/1", commitsAhead: 3 },
      costUsd: 0.5,
      resumeAt: null
    } as const
    const finished = (
      varied: Partial<Extract<RunObservation, { readonly _tag: "Finished" }>> = {}
    ): RunObservation => ({
      _tag: "Finished",
      ...found,
      feedback: "it broke",
      ...varied
    })
    const verdict = (
      varied: Partial<Extract<Parameters<typeof records>[0], { readonly _tag: "Verdict" }>> = {}
    ): Proposal =>
      records({
        _tag: "Verdict",
        attempt: number,
        at: now,
        index: 0,
        run: run(6),
        last: false,
        ...found,
        failure: failure("it broke"),
        ...varied
      })
    const lost = {
      verdict: "ERROR",
      headTree: null,
      work: null,
      costUsd: null,
      failure: failure("the verifier ended without saying how")
    } as const
    const gone: RunObservation = { _tag: "Absent", token: "taken" }
    const first = verifying({ run: run(6) })
    const second = verifying({ run: run(6), index: 1 })
    table([
      ["the first of two", of(first, finished()), verdict()],
      ["the last", of(second, finished()), verdict({ index: 1, last: true })],
      [
        "a pass",
        of(first, finished({ verdict: "PASS", feedback: null })),
        verdict({ verdict: "PASS", failure: failure(null) })
      ],
      [
        "no attempt is left",
        of(first, finished(), { task: { facts: { attemptsUsed: 3 } } }),
        verdict({ failure: failure("it broke", false) })
      ],
      [
        "a limit with a time",
        of(first, finished({ verdict: "LIMITED", resumeAt: now + 5 })),
        verdict({ verdict: "LIMITED", resumeAt: now + 5 })
      ],
      [
        "a limit without",
        of(first, finished({ verdict: "LIMITED" })),
        verdict({ verdict: "LIMITED", resumeAt: now + policy.limitFallbackMs })
      ],
      ["no verdict", of(first, gone), verdict({ ...lost, tree: cleanTree.tree, treeNow: cleanTree.tree })],
      [
        "no verdict of the last",
        of(second, gone),
        verdict({ ...lost, index: 1, tree: cleanTree.tree, treeNow: cleanTree.tree })
      ],
      [
        "no verdict, and nobody looked",
        of(first, gone, { view: { tree: null } }),
        verdict({ ...lost, tree: "-", treeNow: "-" })
      ]
    ])
  })

  it("EXE-15 without verifiers the content is taken as it is seen, which is nothing where nothing lands", () => {
    const none = (more: Case = {}): Case =>
      of(verifying(), null, { ...more, task: { spec: { verify: [] }, ...more.task } })
    const event = { _tag: "NoVerifiers", attempt: number, at: now } as const
    const unseen = { view: { tree: null } }
    const inPlace = { flow: { merge: "none" }, spec: { verify: [] } } as const
    table([
      ["seen", none(), records({ ...event, work: cleanTree.work, tree: cleanTree.tree })],
      ["nobody looked", none(unseen), waits({ _tag: "Unobserved" })],
      [
        "in place, nobody looked",
        none({ ...unseen, task: { ...inPlace, execution: verifying() } }),
        records({ ...event, work: null, tree: "-" })
      ]
    ])
  })
})
