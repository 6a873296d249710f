/** What the run of a verifier comes to, for every way in which it can end and everything that it can have said. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as AgentStream from "../../../core/agent/AgentStream.ts"
import { noProgress, type Progress } from "../../../core/execution/AttemptRecord.ts"
import type { LimitCause } from "../../../core/execution/Limit.ts"
import { Kind } from "../../../core/task/AgentDefinition.ts"
import * as Judgement from "../../../core/verify/Judgement.ts"
import { type Ending, ofText } from "../../../core/verify/Verdict.ts"
import type { Judge } from "../../../core/verify/Verifier.ts"

const endedAt = 1_000_000
const limitFallbackMs = 300_000
const brain: Judge = { _tag: "Brain", prompt: "Is it total?", timeoutMin: 5 }

const run = (changes: Partial<Judgement.Run> = {}): Judgement.Run => ({
  verifier: brain,
  kind: "claude-code",
  how: { _tag: "Exited", code: 0 },
  endedAt,
  progress: { ...noProgress(0), session: "s", resultIsError: false, lastMessage: "Yes.\nVERDICT: PASS" },
  output: "what it printed",
  errors: "",
  limitFallbackMs,
  ...changes
})

const said = (changes: Partial<Progress>): Partial<Judgement.Run> => ({ progress: { ...run().progress, ...changes } })

const causes: ReadonlyArray<LimitCause> = ["usage", "rate", "overload", "authentication", "billing"]
const endings: ReadonlyArray<Ending> = [
  { _tag: "Exited", code: 0 },
  { _tag: "Exited", code: 1 },
  { _tag: "Killed", signal: "SIGKILL" },
  { _tag: "TimedOut" },
  { _tag: "OverBudget" },
  { _tag: "Vanished" }
]

const runs = fc
  .record({
    kind: fc.constantFrom(...Kind.literals),
    how: fc.constantFrom(...endings),
    budgetUsd: fc.option(fc.constantFrom(0.1, 1)),
    costUsd: fc.option(fc.constantFrom(0, 0.1, 0.5, 2)),
    resultIsError: fc.option(fc.boolean()),
    lastMessage: fc.option(fc.constantFrom("VERDICT: PASS", "VERDICT: FAIL", "VERDICT: PASS!", "")),
    limit: fc.option(
      fc.record({ until: fc.constantFrom(endedAt - 1, endedAt + 5000), cause: fc.constantFrom(...causes) })
    ),
    waiting: fc.option(fc.constantFrom(...causes, "network" as const)),
    lastProgressAt: fc.constantFrom(0, endedAt)
  })
  .map(({ budgetUsd, how, kind, ...progress }) =>
    run({
      kind,
      how,
      verifier: budgetUsd === null ? brain : { ...brain, budgetUsd },
      progress: { ...run().progress, ...progress }
    })
  )

describe("the verdict of a model or an agent", () => {
  it("EXE-16 it passes only by its verdict line, at the end of a run that ended well and cost no more than it may", () => {
    const passes = { is: 0, not: 0 }
    fc.assert(
      fc.property(runs, (given) => {
        const { how, kind, progress, verifier } = given
        const { costUsd, lastMessage, limit, resultIsError } = progress
        const endedWell =
          how._tag === "Exited" &&
          how.code === 0 &&
          (kind === "command" ? resultIsError !== true : resultIsError === false)
        const inBudget = verifier.budgetUsd === undefined || costUsd === null || costUsd <= verifier.budgetUsd
        // Of a program that never says how it went, a limit that holds says more than its status.
        const isHeldUp =
          resultIsError !== false &&
          limit !== null &&
          (limit.until > endedAt || limit.cause === "authentication" || limit.cause === "billing")
        const passed = endedWell && inBudget && !isHeldUp && lastMessage !== null && ofText(lastMessage) === "PASS"
        expect(Judgement.ofJudge(given).verdict === "PASS").toBe(passed)
        passes[passed ? "is" : "not"]++
      }),
      { numRuns: 3000 }
    )
    expect(passes.is).toBeGreaterThan(20)
    expect(passes.not).toBeGreaterThan(20)
  })

  it("EXE-16 whatever is no pass is told to the next attempt, but for a limit, which names the time to ask again", () => {
    fc.assert(
      fc.property(runs, (given) => {
        const { costUsd, feedback, resumeAt, verdict } = Judgement.ofJudge(given)
        expect(costUsd).toBe(given.progress.costUsd)
        expect(feedback === null).toBe(verdict === "PASS" || verdict === "LIMITED")
        expect(resumeAt !== null).toBe(verdict === "LIMITED")
        if (resumeAt !== null) expect(resumeAt).toBeGreaterThanOrEqual(endedAt)
        if (feedback !== null) expect(feedback).toContain("Is it total?")
      }),
      { numRuns: 3000 }
    )
  })

  it("EXE-16 every other end has its own word", () => {
    const verdictOf = (changes: Partial<Judgement.Run>) => {
      const { detail, verdict } = Judgement.ofJudge(run(changes))
      return `${verdict}: ${detail}`
    }
    expect([
      verdictOf({}),
      verdictOf(said({ lastMessage: "No.\nVERDICT: FAIL" })),
      verdictOf(said({ lastMessage: "VERDICT: maybe" })),
      verdictOf(said({ lastMessage: null })),
      verdictOf(said({ resultIsError: null })),
      verdictOf({ how: { _tag: "Exited", code: 3 } }),
      verdictOf({ how: { _tag: "Killed", signal: "SIGTERM" } }),
      verdictOf({ how: { _tag: "TimedOut" } }),
      verdictOf({ how: { _tag: "Vanished" } }),
      verdictOf({ how: { _tag: "OverBudget" } }),
      verdictOf({ verifier: { ...brain, budgetUsd: 0.1 }, ...said({ costUsd: 0.25 }) })
    ]).toEqual([
      "PASS: VERDICT: PASS",
      "FAIL: VERDICT: FAIL",
      "ERROR: its last line is no verdict",
      "ERROR: its last line is no verdict",
      "ERROR: the program never said that it is done",
      "ERROR: the program ended with status 3",
      "ERROR: the program was ended by SIGTERM",
      "TIMEOUT: not done after 5 min",
      "ERROR: it ended without saying how",
      "ERROR: it costs more than its budget",
      "ERROR: it has cost $0.25, which is more than its budget"
    ])
  })

  it("EXE-16 the coder is told what was said: the last message, or all that a plain program printed, or why it failed", () => {
    const toldOf = (changes: Partial<Judgement.Run>) => Judgement.ofJudge(run(changes)).feedback
    const failed = said({ lastMessage: "It loops.\nVERDICT: FAIL" })
    const head = "The check did not pass (VERDICT: FAIL): Is it total?\n\n"
    expect(toldOf(failed)).toBe(`${head}It loops.\nVERDICT: FAIL`)
    expect(toldOf({ ...failed, kind: "command" })).toBe(`${head}It loops.\nVERDICT: FAIL`)
    const silent = said({ lastMessage: "VERDICT: FAIL", resultIsError: null })
    expect(toldOf({ ...silent, kind: "command", output: "It loops.\nVERDICT: FAIL\n" })).toBe(
      `${head}It loops.\nVERDICT: FAIL`
    )
    // The records of a vendor's program are nothing to be read by a coder.
    const late = { how: { _tag: "TimedOut" }, ...said({ lastMessage: "Still at it.", resultIsError: null }) } as const
    expect(toldOf(late)).toBe("The check did not pass (not done after 5 min): Is it total?\n\nStill at it.")
    expect(toldOf({ ...said({ lastMessage: null }), how: { _tag: "Vanished" } })).toBe(
      "The check did not pass (it ended without saying how): Is it total?"
    )
    expect(toldOf({ how: { _tag: "Exited", code: 2 }, errors: "no such model" })).toContain(
      "the program ended with status 2; the last it said:\nno such model"
    )
  })

  it("EXE-16 any text that a plain program prints has the verdict that its last line is, however many lines there are", () => {
    const line = fc.oneof(
      fc.constantFrom("VERDICT: PASS", "VERDICT: FAIL", " VERDICT: PASS", "", "\r", " \t"),
      fc.string()
    )
    fc.assert(
      fc.property(fc.array(line.filter((text) => !text.includes("\n"))), (lines) => {
        let progress = noProgress(0)
        for (const each of lines) progress = AgentStream.fold(progress, each, 0)
        const { verdict } = Judgement.ofJudge(run({ kind: "command", progress }))
        expect(verdict).toBe(ofText(lines.join("\n")) ?? "ERROR")
      })
    )
  })
})

describe("a judge whose provider does not let it in", () => {
  it("EXE-16 it is asked again when the limit ends; what waits for a person is tried now and then", () => {
    const until = endedAt + 7000
    for (const cause of causes) {
      const limited = Judgement.ofJudge(
        run({ how: { _tag: "Exited", code: 1 }, ...said({ resultIsError: true, limit: { until, cause } }) })
      )
      const isForPerson = cause === "authentication" || cause === "billing"
      expect(limited).toMatchObject({
        verdict: "LIMITED",
        detail: `its provider does not answer it now (${cause})`,
        limitCause: cause,
        resumeAt: isForPerson ? endedAt + limitFallbackMs : until
      })
    }
  })

  it("EXE-16 one that ran out of time while it waited for its provider was limited, and did not take too long", () => {
    const late = { how: { _tag: "TimedOut" } } as const
    const waiting = said({ waiting: "rate", lastProgressAt: endedAt - 120_000, resultIsError: null })
    expect(Judgement.ofJudge(run({ ...late, ...waiting }))).toMatchObject({ verdict: "LIMITED", limitCause: "rate" })
    const told = said({ limit: { until: endedAt + 1, cause: "usage" } })
    expect(Judgement.ofJudge(run({ ...late, ...told }))).toMatchObject({ verdict: "LIMITED", resumeAt: endedAt + 1 })
    const over = said({ limit: { until: endedAt - 1, cause: "usage" } })
    expect(Judgement.ofJudge(run({ ...late, ...over })).verdict).toBe("TIMEOUT")
  })
})

describe("a run that never began", () => {
  it("EXE-16 it is an error and no pass; of a model or an agent it is known to have cost nothing", () => {
    const why = "the program claude is not in PATH"
    expect(Judgement.notStarted(brain, why)).toMatchObject({ verdict: "ERROR", costUsd: 0, resumeAt: null })
    const command = { _tag: "Run", command: "make", timeoutMin: 1 } as const
    expect(Judgement.notStarted(command, why)).toMatchObject({ verdict: "ERROR", costUsd: null })
    expect(Judgement.notStarted(command, why).feedback).toContain(`could not be started: ${why}): make`)
  })
})

describe("the verdict of a command", () => {
  it("EXE-16 its status alone passes it, and every other end is told with what it printed", () => {
    const command = { _tag: "Run", command: "make", timeoutMin: 1 } as const
    expect(endings.map((how) => Judgement.ofCommand(command, how, "1 of 2 failed"))).toEqual(
      [
        ["PASS", "exit status 0"],
        ["FAIL", "exit status 1"],
        ["ERROR", "ended by SIGKILL"],
        ["TIMEOUT", "not done after 1 min"],
        ["ERROR", "it costs more than its budget"],
        ["ERROR", "it ended without saying how"]
      ].map(([verdict, detail]) => ({
        verdict,
        detail,
        feedback: verdict === "PASS" ? null : `The check did not pass (${detail}): make\n\n1 of 2 failed`,
        costUsd: null,
        resumeAt: null
      }))
    )
  })
})
