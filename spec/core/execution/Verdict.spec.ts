import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Execution, Of } from "../../../core/execution/Execution.ts"
import type { Of as EventOf } from "../../../core/execution/ExecutionEvent.ts"
import { step } from "../../../core/execution/Step.ts"
import type { Role } from "../../../core/stage/Projection.ts"
import type { Verdict as VerdictWord } from "../../../core/verify/Verdict.ts"
import * as Example from "../arbitraries/Executions.ts"

const roles: ReadonlyArray<Role> = ["coder", "qa", "merger"]
const tree = fc.constantFrom("t1", "t2")
const verifying = fc.record({
  role: fc.constantFrom(...roles),
  index: fc.nat(3),
  passed: fc.array(tree, { maxLength: 3 }),
  restarts: fc.nat(2)
})
const answer = fc.record({
  verdict: fc.constantFrom<VerdictWord>("PASS", "FAIL", "ERROR", "TIMEOUT", "LIMITED"),
  last: fc.boolean(),
  tree,
  treeNow: tree,
  headTree: fc.option(tree),
  attemptsLeft: fc.boolean(),
  feedback: fc.option(fc.string())
})

type Given = typeof verifying extends fc.Arbitrary<infer A> ? A : never
type Answer = typeof answer extends fc.Arbitrary<infer A> ? A : never

const judge = (given: Given, { attemptsLeft, feedback, ...said }: Answer) => {
  const { role, ...list } = given
  const attempt = { ...Example.attempt, role }
  const execution: Of<"Verifying"> = { _tag: "Verifying", attempt, run: Example.run, notBefore: null, ...list }
  const event: EventOf<"Verdict"> = {
    _tag: "Verdict",
    attempt: attempt.number,
    at: 9,
    index: list.index,
    run: Example.run,
    work: { branch: "b", commitsAhead: 1 },
    resumeAt: 3_000,
    costUsd: null,
    failure: { attemptsLeft, until: 2_000, feedback },
    ...said
  }
  const result = step(execution, event)
  return { execution, event, result, next: result._tag === "Next" ? result : null }
}

/** All verdicts name the tree that is on disk now, and so does HEAD where it must. */
const isSameTree = ({ passed }: Given, { headTree, tree, treeNow }: Answer): boolean =>
  [...passed, tree, headTree ?? treeNow].every((each) => each === treeNow)

describe("what a verdict leads to", () => {
  it("EXE-15 the list is passed by the last PASS alone, and only when every verdict names the tree that is there now", () => {
    fc.assert(
      fc.property(verifying, answer, (given, said) => {
        const { event, next } = judge(given, said)
        const isPassed = said.verdict === "PASS" && said.last && isSameTree(given, said)
        expect(next?.consequence?._tag === "Passed").toBe(isPassed)
        if (!isPassed) return
        expect(next).toEqual({
          _tag: "Next",
          execution: { _tag: "Idle" },
          consequence: { _tag: "Passed", verified: true, work: event.work, at: event.at }
        })
      }),
      { numRuns: 1000 }
    )
  })

  it("EXE-15 a PASS that is not the last goes on with the next verifier, and remembers the tree it judged", () => {
    fc.assert(
      fc.property(verifying, answer, (given, said) => {
        const { execution, next } = judge(given, { ...said, verdict: "PASS", last: false })
        expect(next).toEqual({
          _tag: "Next",
          execution: { ...execution, index: given.index + 1, run: null, passed: [...given.passed, said.tree] },
          consequence: null
        })
      })
    )
  })

  it("EXE-15 a last PASS on a changed tree begins the list again, and the third time it is a failure that says so", () => {
    fc.assert(
      fc.property(verifying, answer, (given, each) => {
        const said = { ...each, verdict: "PASS" as const, last: true, feedback: null }
        if (isSameTree(given, said)) return
        const { execution, next } = judge(given, said)
        if (given.restarts < 2) {
          const restarts = given.restarts + 1
          const again = { ...execution, index: 0, run: null, passed: [], restarts, notBefore: null }
          expect(next).toEqual({ _tag: "Next", execution: again, consequence: null })
        } else {
          expect(JSON.stringify(next)).toContain("files changed while they ran")
          expect(next?.execution._tag).not.toBe("Verifying")
        }
      }),
      { numRuns: 300 }
    )
  })

  it("EXE-15 FAIL, ERROR and TIMEOUT end the list: in Qa the work goes back, else it is tried again or blocked", () => {
    fc.assert(
      fc.property(verifying, answer, (given, said) => {
        if (said.verdict === "PASS" || said.verdict === "LIMITED") return
        const { next } = judge(given, said)
        const feedback = said.feedback ?? `a verifier answered ${said.verdict}`
        if (given.role === "qa") {
          expect(next).toMatchObject({ execution: { _tag: "Idle" }, consequence: { _tag: "GatesFailed", feedback } })
        } else if (said.attemptsLeft) {
          expect(next).toMatchObject({ execution: { _tag: "Backoff", mode: "Retry", until: 2_000, feedback } })
          expect(next?.consequence).toBeNull()
        } else {
          const reason = { _tag: "RetriesExhausted", lastFailure: feedback }
          expect(next).toMatchObject({ execution: { _tag: "Idle" }, consequence: { _tag: "Block", reason } })
        }
      }),
      { numRuns: 300 }
    )
  })

  it("EXE-3 a limited verifier is asked again, not before its limit ends; the list keeps its place", () => {
    fc.assert(
      fc.property(verifying, answer, (given, said) => {
        const { execution, next } = judge(given, { ...said, verdict: "LIMITED" })
        expect(next).toEqual({
          _tag: "Next",
          execution: { ...execution, run: null, notBefore: 3_000 },
          consequence: null
        })
      })
    )
  })

  it("EXE-15 where there is no verifier the work is done, and called unverified", () => {
    fc.assert(
      fc.property(fc.constantFrom(...roles), (role) => {
        const attempt = { ...Example.attempt, role }
        const list = { index: 0, run: null, passed: [], restarts: 0, notBefore: null }
        const execution: Execution = { _tag: "Verifying", attempt, ...list }
        const result = step(execution, { _tag: "NoVerifiers", attempt: attempt.number, at: 9, work: null, tree: "t1" })
        expect(result).toEqual({
          _tag: "Next",
          execution: { _tag: "Idle" },
          consequence: { _tag: "Passed", verified: false, work: null, at: 9 }
        })
      })
    )
  })
})
