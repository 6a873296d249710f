/** Whose work it is that drover's verifiers have passed. */
import { describe, expect, it } from "vitest"
import * as Book from "../../../core/commitment/Book.ts"
import { noRules } from "../../../core/commitment/Evidence.ts"
import { awaitsPass, passes } from "../../../core/commitment/VerifiedWork.ts"
import { noProgress } from "../../../core/execution/AttemptRecord.ts"
import type { Attempt } from "../../../core/execution/Execution.ts"
import type { Verdict } from "../../../core/verify/Verdict.ts"
import { attempt, attemptNumber } from "../tick/Worlds.ts"
import { commitmentOf, edit, minute, now } from "./Samples.ts"

const begun = (number: number, mode: Attempt["mode"], session: string | null) => ({
  attempt: attempt({ number: attemptNumber(number), mode }),
  progress: { ...noProgress(0), session }
})
const found = (number: number, verdict: Verdict | null, endedAt: number | null = now) => ({
  attempt: attemptNumber(number),
  verdict,
  endedAt,
  title: "npm test"
})
const attempts = [
  begun(4, "VerifyOnly", null),
  begun(3, "Nudge", "s"),
  begun(2, "Cold", "s"),
  begun(1, "Cold", "other")
]

describe("work that was verified", () => {
  it("CLM-7 a pass is about the last attempt that worked until then, and about the session that carried it", () => {
    const of = (session: string, number: number) => passes(session, attempts, [found(number, "PASS")]).length
    expect([1, 2, 3, 4].map((number) => of("s", number))).toEqual([0, 1, 1, 1])
    expect([1, 2, 3, 4].map((number) => of("other", number))).toEqual([1, 0, 0, 0])
  })

  it("CLM-7 what did not pass, or is not over, shows nothing", () => {
    const verdicts = (["FAIL", "ERROR", "TIMEOUT", "LIMITED", null] as const).map((verdict) => found(2, verdict))
    expect(passes("s", attempts, [...verdicts, found(2, "PASS", null)])).toEqual([])
  })

  it("CLM-7 a fix that was edited is delivered by a verifier that passes after the edit, and by none before it", () => {
    const promise = { ...commitmentOf({ verb: "fix", session: "s" }) }
    const edited = Book.witness({ commitments: [promise], nextId: 2 }, { ...edit(now + minute), session: "s" }, noRules)
    expect([awaitsPass(promise), ...edited.commitments.map(awaitsPass)]).toEqual([false, true])
    const after = (at: number) =>
      passes("s", attempts, [found(4, "PASS", at)]).reduce((book, pass) => Book.witness(book, pass, noRules), edited)
    expect(after(now + minute).commitments).toMatchObject([{ state: { _tag: "Open" } }])
    const delivered = after(now + 2 * minute)
    expect(delivered.commitments).toMatchObject([
      { state: { _tag: "Delivered", by: { evidence: { at: now + 2 * minute, what: "npm test" } } } }
    ])
    expect(delivered.commitments.map(awaitsPass)).toEqual([false])
  })
})
