import { describe, expect, it } from "vitest"
import type { Attempt, Ending, Execution } from "../../../core/execution/Execution.ts"
import type { DeathFacts } from "../../../core/execution/ExecutionEvent.ts"
import { type Step, step } from "../../../core/execution/Step.ts"
import type { Role } from "../../../core/stage/Projection.ts"
import * as Example from "../arbitraries/Executions.ts"
import { type AfterDeath, afterDeath } from "../oracles/ExecutionTable.ts"

const booleans = [true, false] as const
const modes: ReadonlyArray<Attempt["mode"]> = ["Cold", "Warm", "CommitOnly", "Nudge"]
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
              booleans.flatMap((attemptsLeft) =>
                booleans.flatMap((isPromised) =>
                  modes.map((mode) => ({
                    ending,
                    attempt: { ...Example.attempt, role, mode },
                    facts: {
                      ...Example.facts,
                      merge,
                      qa,
                      dirty,
                      moved,
                      resumable,
                      failure: { ...Example.failure, attemptsLeft },
                      ...(isPromised ? { promised: true as const } : {})
                    }
                  }))
                )
              )
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

const said = { CommitOnly: "commit only", Nudge: "remind", Resume: "resume", Retry: "retry" } as const

/** What a step came to, in the oracle's words. */
const inWords = (result: Step): AfterDeath | "not allowed" => {
  if (result._tag !== "Next") return "not allowed"
  const { consequence, execution } = result
  switch (execution._tag) {
    case "Verifying":
      return execution.index === 0 && execution.restarts === 0 && consequence === null ? "verify" : "not allowed"
    case "Backoff":
      if (consequence !== null) return "not allowed"
      return said[execution.mode]
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
  it("EXE-2 each of the 29,952 cases leads where the table of endings says", () => {
    const wrong = cases.flatMap((each) => {
      const expected = afterDeath(each.ending, each.attempt, each.facts)
      const actual = inWords(proved(each))
      return actual === expected ? [] : [`${JSON.stringify(each)}: ${actual} instead of ${expected}`]
    })
    expect(cases).toHaveLength(29_952)
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
      expect(each.facts.dirty ? ["commit only"] : ["verify", "remind"]).toContain(inWords(proved(each)))
    }
  })

  it("CLM-8 whatever ended a reminder but a person or a change of stage, the work is judged, or committed and then judged", () => {
    const reminders = cases.filter(({ attempt }) => attempt.mode === "Nudge" && attempt.role !== "qa")
    const isTakenAway = ({ ending }: Case): boolean =>
      ending._tag === "Stopped" && ["Operator", "StageChanged", "Retry"].includes(ending.why)
    for (const each of reminders) {
      if (isTakenAway(each)) expect(inWords(proved(each))).toBe("rest")
      else expect(["verify", "commit only"]).toContain(inWords(proved(each)))
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
      if (each.ending._tag === "Clean" && each.attempt.role !== "qa")
        expect(["verify", "commit only", "remind"]).toContain(next)
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

  it("CLM-8 a reminder that could not be started, once or often, leaves the work to be judged at once", () => {
    for (const exhausted of booleans) {
      for (const role of ["coder", "merger"] as const) {
        const attempt: Attempt = { ...Example.attempt, role, mode: "Nudge" }
        const launching: Execution = { _tag: "Launching", attempt, since: 1, preparing: false }
        const { number } = attempt
        const why = { reason: "no such file", until: 9, exhausted }
        expect(step(launching, { _tag: "LaunchFailed", attempt: number, ...why })).toMatchObject({
          execution: { _tag: "Verifying", attempt, index: 0, run: null },
          consequence: null
        })
      }
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
