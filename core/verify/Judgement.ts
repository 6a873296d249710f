/**
 * What the run of a verifier came to, from how it ended and what it printed: fail closed, so that whatever is not
 * exactly a pass is none.
 */
import { endingOf, sentence } from "../agent/Ending.ts"
import * as Waiting from "../agent/Waiting.ts"
import type { Progress } from "../execution/AttemptRecord.ts"
import { holds, type Limit, type LimitCause, needsPerson } from "../execution/Limit.ts"
import type { Kind } from "../task/AgentDefinition.ts"
import { type Ending, ofRun, ofText, type Verdict } from "./Verdict.ts"
import type { Judge, Verifier } from "./Verifier.ts"

export interface Judgement {
  readonly verdict: Verdict
  /** For people: exit status, verdict line, or why there is none. */
  readonly detail: string
  /** What the next attempt is told; null for a pass. */
  readonly feedback: string | null
  /** US dollars; null where nobody knows, or nothing costs. */
  readonly costUsd: number | null
  /** Of a limited one: when to ask again, and why it was limited. */
  readonly resumeAt: number | null
  readonly limitCause?: LimitCause
}

const feedback = (verifier: Verifier, why: string, output: string): string => {
  const what = verifier._tag === "Run" ? verifier.command : verifier.prompt
  return `The check did not pass (${why}): ${what}\n\n${output}`.trimEnd()
}

const describe = (how: Ending, { timeoutMin }: Verifier): string => {
  switch (how._tag) {
    case "Exited":
      return `exit status ${how.code}`
    case "Killed":
      return `ended by ${how.signal}`
    case "TimedOut":
      return `not done after ${timeoutMin} min`
    case "OverBudget":
      return "it costs more than its budget"
    case "Vanished":
      return "it ended without saying how"
  }
}

/** Of a run that could not even begin: that is no verdict on the work, and no pass. Of a judge it is known to have cost nothing. */
export const notStarted = (verifier: Verifier, why: string): Judgement => {
  const detail = `it could not be started: ${why}`
  const costUsd = verifier._tag === "Run" ? null : 0
  return { verdict: "ERROR", detail, feedback: feedback(verifier, detail, ""), costUsd, resumeAt: null }
}

/** Of a shell command, by how it ended alone. `output`: what it printed. */
export const ofCommand = (verifier: Verifier, how: Ending, output: string): Judgement => {
  const verdict = ofRun(how)
  const detail = describe(how, verifier)
  const told = verdict === "PASS" ? null : feedback(verifier, detail, output)
  return { verdict, detail, feedback: told, costUsd: null, resumeAt: null }
}

/** What is known of the run of a judge when it is over. */
export interface Run {
  readonly verifier: Judge
  /** Whose records its program prints. */
  readonly kind: Kind
  readonly how: Ending
  /** Epoch milliseconds. */
  readonly endedAt: number
  /** What its output said, to its end. */
  readonly progress: Progress
  /** The end of what it printed, on standard output and on standard error. */
  readonly output: string
  readonly errors: string
  readonly limitFallbackMs: number
}

/** Whether that is more than a run may cost. */
export const isOverBudget = ({ budgetUsd }: Judge, costUsd: number): boolean =>
  budgetUsd !== undefined && costUsd > budgetUsd

/**
 * Of a model or an agent: its last word counts, and only where its program ended well. What it cost too much makes even
 * a pass none; a limit of its provider says nothing about the work.
 */
export const ofJudge = (run: Run): Judgement => {
  const { endedAt, how, kind, limitFallbackMs, progress, verifier } = run
  const { costUsd, lastMessage } = progress
  const without = (verdict: Verdict, detail: string, output = said(run)): Judgement => ({
    verdict,
    detail,
    feedback: feedback(verifier, detail, output),
    costUsd,
    resumeAt: null
  })
  const limited = ({ cause, until }: Limit): Judgement => ({
    verdict: "LIMITED",
    detail: `its provider does not answer it now (${cause})`,
    feedback: null,
    costUsd,
    // No time mends what a person has to see to: it is tried now and then whether that was done.
    resumeAt: needsPerson(cause) ? endedAt + limitFallbackMs : Math.max(until, endedAt),
    limitCause: cause
  })
  if (costUsd !== null && isOverBudget(verifier, costUsd)) {
    return without("ERROR", `it has cost ${dollars(costUsd)}, which is more than its budget`)
  }
  switch (how._tag) {
    case "OverBudget":
    case "Vanished":
      return without("ERROR", describe(how, verifier))
    case "TimedOut": {
      const limit = Waiting.limitOf(progress, endedAt, limitFallbackMs) ?? progress.limit
      return limit !== null && holds(limit, endedAt) ? limited(limit) : without("TIMEOUT", describe(how, verifier))
    }
    case "Exited":
    case "Killed": {
      const exit = how._tag === "Exited" ? { code: how.code, signal: null } : { code: null, signal: how.signal }
      const ending = endingOf(kind, exit, progress, endedAt, run.errors)
      if (ending._tag === "Limited") return limited({ until: ending.resumeAt, cause: ending.cause })
      if (ending._tag !== "Clean") return without("ERROR", sentence(exit, progress.resultIsError), ending.detail)
      const verdict = lastMessage === null ? null : ofText(lastMessage)
      if (verdict === null) return without("ERROR", "its last line is no verdict")
      const judged = without(verdict, `VERDICT: ${verdict}`)
      return verdict === "PASS" ? { ...judged, feedback: null } : judged
    }
  }
}

/** A vendor's program says it in a message; of any other, without a record of its result, what it printed is what it said. */
const said = ({ kind, output, progress }: Run): string =>
  kind === "command" && progress.resultIsError === null ? output : (progress.lastMessage ?? "")

const dollars = (usd: number): string => `$${Number(usd.toFixed(4))}`
