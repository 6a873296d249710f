/** How an attempt ended, when a limit of its provider is known by the time it is dead: a row each. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import type { Ending } from "../../../core/execution/Execution.ts"
import { endingOf } from "../../../core/execution/Outcome.ts"
import { edges, step } from "../../../core/execution/Step.ts"
import { attempt, facts, failure } from "../arbitraries/Executions.ts"

const until = 1000
const usage = { until, cause: "usage" } as const
const limited: Ending = { _tag: "Limited", resumeAt: until, cause: "usage" }

it("EXE-5 a limit explains every end that nobody asked for, and moves the time of one that was for a limit only later", () => {
  const stopped = (why: Extract<Ending, { readonly _tag: "Stopped" }>["why"]): Ending => ({ _tag: "Stopped", why })
  const explained: ReadonlyArray<Ending> = [
    { _tag: "Forced", detail: "status 1" },
    { _tag: "Aborted", detail: "no session" },
    { _tag: "Lost" },
    stopped("Inactive"),
    { _tag: "Limited", resumeAt: until - 1 }
  ]
  const unexplained: ReadonlyArray<Ending> = [
    { _tag: "Clean" },
    ...(["Operator", "StageChanged", "OverBudget", "OverTime", "OverTurns", "Retry"] as const).map(stopped),
    { _tag: "Limited", resumeAt: until },
    { _tag: "Limited", resumeAt: until + 1 }
  ]
  for (const seen of explained) expect([seen, endingOf(seen, { limit: usage })]).toEqual([seen, limited])
  for (const seen of unexplained) expect([seen, endingOf(seen, { limit: usage })]).toEqual([seen, seen])
  for (const seen of [...explained, ...unexplained]) expect(endingOf(seen, {})).toBe(seen)
})

it("EXE-15 QA that fails work without a word says that it did not say why", () => {
  const judge = { ...attempt, role: "qa" } as const
  const subject = { _tag: "Agent", attempt: judge } as const
  const says = (feedback: string | null) =>
    step(
      { _tag: "Stopping", subject, carrier: null, ending: { _tag: "Clean" }, since: 1 },
      {
        _tag: "VerifiedDead",
        attempt: judge.number,
        run: null,
        facts: { ...facts, qa: "FAIL", failure: { ...failure, feedback } }
      }
    )
  expect(says("it is wrong")).toMatchObject({ consequence: { _tag: "GatesFailed", feedback: "it is wrong" } })
  expect(says(null)).toMatchObject({
    consequence: { _tag: "GatesFailed", feedback: "QA did not pass it, and did not say why" }
  })
})

it("EXE-1 every arrow is on the page of the machines, with its event, its condition and the change of stage it brings", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/state-machines.md"), "utf8").split("\n")
  const rows = page.map((line) => line.split("|").map((cell) => cell.trim()))
  const isThere = ({ consequence, from, on, to, when }: (typeof edges)[number]): boolean =>
    rows.some(
      ([, states = "", event, condition, next, change]) =>
        states.split(", ").includes(from) &&
        (condition === (when ?? "") || (when === null && condition === "otherwise")) &&
        [event, next, change].join("|") === [on, to, consequence].join("|")
    )
  const missing = edges.filter((edge) => !isThere(edge))
  expect(missing).toEqual([])
})
