/**
 * What the end of something leads to: of an attempt once it is proved dead, of a verifier's run, of a landing.
 */
import type { BlockReason } from "../stage/BlockReason.ts"
import type { MergeFailureKind } from "../stage/MergeFailureKind.ts"
import type { Work } from "../stage/StageEvent.ts"
import type { Execution, Of } from "./Execution.ts"
import { idle } from "./Execution.ts"
import type * as Event from "./ExecutionEvent.ts"

/** The change of stage that an execution's end asks for. */
export type Consequence =
  | { readonly _tag: "Block"; readonly reason: BlockReason }
  | { readonly _tag: "Passed"; readonly verified: boolean; readonly work: Work | null; readonly at: number }
  | { readonly _tag: "GatesFailed"; readonly feedback: string }
  | { readonly _tag: "Landed"; readonly commit: string; readonly at: number }
  | { readonly _tag: "MergeFailed"; readonly kind: MergeFailureKind | null }

export type Step =
  | { readonly _tag: "Next"; readonly execution: Execution; readonly consequence: Consequence | null }
  | { readonly _tag: "Ignored" }
  | { readonly _tag: "IllegalExecution"; readonly execution: Execution; readonly event: Event.ExecutionEvent }

export const next = (execution: Execution, consequence: Consequence | null = null): Step => ({
  _tag: "Next",
  execution,
  consequence
})
export const ignored: Step = { _tag: "Ignored" }

/** The list of verifiers from its beginning. */
export const verifying = (attempt: Of<"Verifying">["attempt"], restarts = 0): Execution => ({
  _tag: "Verifying",
  attempt,
  index: 0,
  run: null,
  passed: [],
  restarts,
  notBefore: null
})

/** The next attempt after a failure, or the end of the visit. */
const retry = (
  attempt: Of<"Backoff">["attempt"],
  mode: Of<"Backoff">["mode"],
  { attemptsLeft, feedback, until }: Event.Failure
): Step =>
  attemptsLeft
    ? next({ _tag: "Backoff", attempt, until, mode, feedback })
    : next(idle, { _tag: "Block", reason: { _tag: "RetriesExhausted", lastFailure: feedback } })

/** What the proof of death leads to, by the ending that was being proved. */
export const verifiedDead = ({ ending, since, subject }: Of<"Stopping">, facts: Event.DeathFacts): Step => {
  if (subject._tag === "Landing") return next(idle)
  const { attempt } = subject
  const { failure } = facts
  const commitOnly: Execution = {
    _tag: "Backoff",
    attempt,
    until: failure.until,
    mode: "CommitOnly",
    feedback: failure.feedback
  }
  const squash = facts.merge === "squash"
  switch (ending._tag) {
    case "Clean":
      if (attempt.role === "qa") {
        if (facts.qa === null) return retry(attempt, "Retry", failure)
        return facts.qa === "PASS"
          ? next(verifying(attempt))
          : next(idle, { _tag: "GatesFailed", feedback: failure.feedback ?? "QA did not pass it, and did not say why" })
      }
      return next(squash && facts.dirty ? commitOnly : verifying(attempt))
    case "Limited":
      return next({ _tag: "Limited", attempt, carrier: null, resumeAt: ending.resumeAt, limitedAt: since, since })
    case "Stopped":
      if (ending.why === "Operator" || ending.why === "StageChanged" || ending.why === "Retry") return next(idle)
      if (ending.why === "OverBudget") return next(idle, { _tag: "Block", reason: { _tag: "OverBudget" } })
      break
    default:
  }
  if (squash && facts.moved && attempt.role !== "qa") return next(facts.dirty ? commitOnly : verifying(attempt))
  // An abort means that its session is of no use: the next attempt starts cold (EXE-10).
  return retry(attempt, facts.resumable && ending._tag !== "Aborted" ? "Resume" : "Retry", failure)
}

/** A list that begins again this often is a verifier that changes what it judges. */
const maxRestarts = 2

/** What the next attempt is told about a verdict that ended the list without a pass. */
export const verdictFeedback = ({ failure, verdict }: Event.Of<"Verdict">): string =>
  failure.feedback ??
  (verdict === "PASS" ? "the verifiers passed, but files changed while they ran" : `a verifier answered ${verdict}`)

/** What a verdict leads to. */
export const verdict = (execution: Of<"Verifying">, event: Event.Of<"Verdict">): Step => {
  const { attempt } = execution
  if (event.verdict === "LIMITED") {
    return next({ ...execution, run: null, notBefore: event.resumeAt })
  }
  if (event.verdict === "PASS") {
    const passed = [...execution.passed, event.tree]
    if (!event.last) return next({ ...execution, index: execution.index + 1, run: null, passed, notBefore: null })
    const isSame =
      passed.every((tree) => tree === event.treeNow) && (event.headTree === null || event.headTree === event.treeNow)
    if (isSame) return next(idle, { _tag: "Passed", verified: true, work: event.work, at: event.at })
    if (execution.restarts < maxRestarts) return next(verifying(attempt, execution.restarts + 1))
  }
  const feedback = verdictFeedback(event)
  return attempt.role === "qa"
    ? next(idle, { _tag: "GatesFailed", feedback })
    : retry(attempt, "Retry", { ...event.failure, feedback })
}

/** What a landing means for the stage. */
export const landed = ({ at, result }: Event.Of<"LandEnded">): Consequence | null => {
  switch (result._tag) {
    case "Landed":
      return { _tag: "Landed", commit: result.commit, at }
    case "Failed":
      return { _tag: "MergeFailed", kind: result.kind }
    case "Again":
      return null
  }
}
