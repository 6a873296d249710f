import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Attempt, Ending, Execution, Of } from "../../../core/execution/Execution.ts"
import type { DeathFacts, Of as EventOf } from "../../../core/execution/ExecutionEvent.ts"
import { type Step, step } from "../../../core/execution/Step.ts"
import type { Role } from "../../../core/stage/Projection.ts"
import type { Verdict as VerdictWord } from "../../../core/verify/Verdict.ts"
import * as Example from "../arbitraries/Executions.ts"
import { type AfterDeath, afterDeath } from "../oracles/ExecutionTable.ts"

const booleans = [true, false] as const
const roles: ReadonlyArray<Role> = ["coder", "qa", "merger"]

interface Case {
  readonly ending: Ending
  readonly attempt: Attempt
  readonly facts: DeathFacts
}

/** Every combination of what the table of endings looks at. */
const cases: ReadonlyArray<Case> = Example.endings.flatMap((ending) =>
  roles.flatMap((role) =>
    (["squash", "none"] as const).flatMap((merge) =>
      ([null, "PASS", "FAIL"] as const).flatMap((qa) =>
        booleans.flatMap((dirty) =>
          booleans.flatMap((moved) =>
            booleans.flatMap((resumable) =>
              booleans.map((attemptsLeft) => ({
                ending,
                attempt: { ...Example.attempt, role },
                facts: {
                  ...Example.facts,
                  merge,
                  qa,
                  dirty,
                  moved,
                  resumable,
                  failure: { ...Example.failure, attemptsLeft }
                }
              }))
            )
          )
        )
      )
    )
  )
)

const proved = ({ attempt, ending, facts }: Case): Step =>
  step(
    { _tag: "Stopping", subject: { _tag: "Agent", attempt }, carrier: null, ending, since: 1 },
    { _tag: "VerifiedDead", attempt: attempt.number, run: null, facts }
  )

/** What a step came to, in the oracle's words. */
const inWords = (result: Step): AfterDeath | "not allowed" => {
  if (result._tag !== "Next") return "not allowed"
  const { consequence, execution } = result
  switch (execution._tag) {
    case "Verifying":
      return execution.index === 0 && execution.restarts === 0 && consequence === null ? "verify" : "not allowed"
    case "Backoff":
      if (consequence !== null) return "not allowed"
      return execution.mode === "CommitOnly" ? "commit only" : execution.mode === "Resume" ? "resume" : "retry"
    case "Limited":
      return execution.carrier === null ? "wait for the limit" : "not allowed"
    case "Idle":
      if (consequence === null) return "rest"
      if (consequence._tag === "GatesFailed") return "sent back by QA"
      if (consequence._tag !== "Block") return "not allowed"
      if (consequence.reason._tag === "OverBudget") return "blocked: OverBudget"
      return consequence.reason._tag === "RetriesExhausted" ? "blocked: RetriesExhausted" : "not allowed"
    default:
      return "not allowed"
  }
}

describe("what the proof of death leads to", () => {
  it("EXE-2 each of the 3,744 cases leads where the table of endings says", () => {
    const wrong = cases.flatMap((each) => {
      const expected = afterDeath(each.ending, each.attempt.role, each.facts)
      const actual = inWords(proved(each))
      return actual === expected ? [] : [`${JSON.stringify(each)}: ${actual} instead of ${expected}`]
    })
    expect(cases).toHaveLength(3744)
    expect(wrong).toEqual([])
  })

  it("EXE-2 what comes next carries what the end said: the attempt, the moment, the words, the end of the limit", () => {
    for (const each of cases) {
      const result = proved(each)
      if (result._tag !== "Next") continue
      const { consequence, execution } = result
      const { feedback, until } = each.facts.failure
      if (execution._tag === "Backoff") expect(execution).toMatchObject({ attempt: each.attempt, until, feedback })
      if (execution._tag === "Verifying")
        expect(execution).toMatchObject({ attempt: each.attempt, passed: [], run: null })
      if (execution._tag === "Limited") expect(execution).toMatchObject({ attempt: each.attempt, resumeAt: 5_000 })
      if (consequence?._tag === "GatesFailed") expect(consequence.feedback).toBe(feedback)
      if (consequence?._tag === "Block" && consequence.reason._tag === "RetriesExhausted") {
        expect(consequence.reason.lastFailure).toBe(feedback)
      }
    }
  })

  it("EXE-8 whatever ended it, work that a coder or merger committed is verified or finished, never thrown away", () => {
    const isGivenUp = ({ ending }: Case): boolean =>
      ending._tag === "Limited" ||
      (ending._tag === "Stopped" && ["Operator", "StageChanged", "OverBudget", "Retry"].includes(ending.why))
    const committed = cases.filter(
      (each) => each.attempt.role !== "qa" && each.facts.merge === "squash" && each.facts.moved && !isGivenUp(each)
    )
    expect(committed.length).toBeGreaterThan(0)
    for (const each of committed) {
      expect(inWords(proved(each))).toBe(each.facts.dirty ? "commit only" : "verify")
    }
  })

  it("EXE-10 a resume has a session, an abort starts cold, and a clean end is never tried again without a reason", () => {
    for (const each of cases) {
      const next = inWords(proved(each))
      if (next === "resume") {
        expect(each.facts.resumable).toBe(true)
        expect(each.ending._tag).not.toBe("Aborted")
        expect(each.ending._tag).not.toBe("Clean")
      }
      if (each.ending._tag === "Clean" && each.attempt.role !== "qa") expect(["verify", "commit only"]).toContain(next)
    }
  })

  it("EXE-1 a landing or a verification that was stopped leaves nothing behind but rest", () => {
    for (const { ending, facts } of cases) {
      const landing: Execution = {
        _tag: "Stopping",
        subject: { _tag: "Landing", run: Example.run, visit: 4 },
        carrier: null,
        ending,
        since: 1
      }
      const over = step(landing, { _tag: "VerifiedDead", attempt: null, run: Example.run, facts })
      expect(over).toEqual({ _tag: "Next", execution: { _tag: "Idle" }, consequence: null })
      if (ending._tag !== "Stopped" || ending.why !== "StageChanged") continue
      const verifiers: Execution = {
        ...landing,
        subject: { _tag: "Verifiers", attempt: Example.attempt, run: Example.run }
      }
      const stopped = step(verifiers, {
        _tag: "VerifiedDead",
        attempt: Example.attempt.number,
        run: Example.run,
        facts
      })
      expect(stopped).toEqual({ _tag: "Next", execution: { _tag: "Idle" }, consequence: null })
    }
  })

  it("EXE-3 five failed launches in a row block, fewer are tried again, and neither is a failure of the work", () => {
    const failed = (exhausted: boolean, mode: Attempt["mode"] = "Cold"): Step =>
      step(
        { _tag: "Launching", attempt: { ...Example.attempt, mode }, since: 1, preparing: false },
        {
          _tag: "LaunchFailed",
          attempt: Example.attempt.number,
          reason: "no such file",
          until: 9,
          exhausted
        }
      )
    expect(failed(false)).toMatchObject({ execution: { _tag: "Backoff", mode: "Retry", until: 9 }, consequence: null })
    expect(failed(true)).toEqual({
      _tag: "Next",
      execution: { _tag: "Idle" },
      consequence: { _tag: "Block", reason: { _tag: "LaunchFailed", reason: "no such file" } }
    })
    // Who was only to commit is asked for that again: another attempt may not be left.
    expect(failed(false, "CommitOnly")).toMatchObject({ execution: { _tag: "Backoff", mode: "CommitOnly", until: 9 } })
  })
})

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
