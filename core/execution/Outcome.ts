/**
 * What the end of something leads to: of an attempt once it is proved dead, of a verifier's run, of a landing.
 */
import { when } from "../machine/Table.ts"
import { type Attempt, attemptOf, type Ending, idle, isFinishing, type Of } from "./Execution.ts"
import type * as Event from "./ExecutionEvent.ts"
import type { Limit } from "./Limit.ts"
import { type Consequence, end, type Row, row } from "./Row.ts"

/** The list of verifiers from its beginning. */
export const verifying = (attempt: Attempt, restarts = 0): Of<"Verifying"> => ({
  _tag: "Verifying",
  attempt,
  index: 0,
  run: null,
  passed: [],
  restarts,
  notBefore: null
})

type BlockOf = Extract<Consequence, { readonly _tag: "Block" }>

const retriesExhausted = (lastFailure: string | null): BlockOf => ({
  _tag: "Block",
  reason: { _tag: "RetriesExhausted", lastFailure }
})

type Died<A> = (attempt: Attempt, ending: Ending, facts: Event.DeathFacts) => A | null

/**
 * How an attempt ended, with all that was known once it was dead: a limit that was told only then explains an end that
 * nobody had asked for, so that it uses no attempt in whichever order the two are seen (EXE-5).
 */
export const endingOf = (seen: Ending, { limit }: Pick<Event.DeathFacts, "limit">): Ending => {
  if (limit === undefined) return seen
  if (seen._tag === "Limited") return seen.resumeAt >= limit.until ? seen : limitedBy(limit)
  const isUnexplained =
    seen._tag === "Forced" ||
    seen._tag === "Aborted" ||
    seen._tag === "Lost" ||
    (seen._tag === "Stopped" && seen.why === "Inactive")
  return isUnexplained ? limitedBy(limit) : seen
}

const limitedBy = ({ cause, until }: Limit): Ending => ({ _tag: "Limited", resumeAt: until, cause })

/** Of an agent; a verifier's end is what it was seen to be. */
const endOf = ({ ending, subject }: Of<"Stopping">, facts: Event.DeathFacts): Ending =>
  subject._tag === "Agent" ? endingOf(ending, facts) : ending

/** An agent, or the verifiers of its work, are proved dead: to another execution of the same attempt. */
const died = <T extends "Backoff" | "Idle" | "Verifying">(to: T, next: Died<Of<T>>): Row =>
  row(["Stopping"], "VerifiedDead", to, (execution, { facts }) => {
    const attempt = attemptOf(execution)
    return attempt && next(attempt, endOf(execution, facts), facts)
  })

/** An agent, or the verifiers of its work, are proved dead, and the stage changes. */
const diedEnd = <C extends "Block" | "GatesFailed">(
  consequence: C,
  next: Died<Extract<Consequence, { readonly _tag: C }>>
): Row =>
  end(["Stopping"], "VerifiedDead", consequence, (execution, { facts }) => {
    const attempt = attemptOf(execution)
    return attempt && next(attempt, endOf(execution, facts), facts)
  })

const isQaEnd = ({ role }: Attempt, ending: Ending): boolean => role === "qa" && ending._tag === "Clean"

/** Its work was finished before, and must not wait for what becomes of the reminder (CLM-8). */
export const isReminder = ({ mode, role }: Attempt): boolean => mode === "Nudge" && role !== "qa"

/**
 * It says that it is finished, it has committed something, or it was only reminded after it had said so: what is there is
 * judged, whatever the end was.
 */
const hasWorked = (attempt: Attempt, ending: Ending, { merge, moved }: Event.DeathFacts): boolean =>
  isReminder(attempt) || (attempt.role !== "qa" && (ending._tag === "Clean" || (merge === "squash" && moved)))

/** To be merged, and not all of it is committed. */
const isUncommitted = ({ dirty, merge }: Pick<Event.DeathFacts, "dirty" | "merge">): boolean =>
  merge === "squash" && dirty

/** It has ended with a promise, and can be asked to keep it; who was asked to finish something is asked no more. */
export const isReminded = (attempt: Attempt, ending: Ending, facts: Omit<Event.DeathFacts, "failure">): boolean =>
  facts.promised === true &&
  facts.resumable &&
  !isUncommitted(facts) &&
  attempt.role !== "qa" &&
  ending._tag === "Clean" &&
  !isFinishing(attempt.mode)

/** An abort means that its session is of no use: the next attempt starts cold (EXE-10). */
const resumes = (ending: Ending, { resumable }: Event.DeathFacts): boolean =>
  resumable && ending._tag !== "Aborted" && ending._tag !== "Clean"

const deaths: ReadonlyArray<Row> = [
  when(
    "a landing was stopped",
    row(["Stopping"], "VerifiedDead", "Idle", ({ subject }) => (subject._tag === "Landing" ? idle : null))
  ),
  when(
    "the provider's limit ended it, and it was no reminder",
    row(["Stopping"], "VerifiedDead", "Limited", (execution, { facts }) => {
      const { since, subject } = execution
      const ending = endOf(execution, facts)
      return ending._tag === "Limited" && subject._tag !== "Landing" && !isReminder(subject.attempt)
        ? {
            _tag: "Limited",
            attempt: subject.attempt,
            carrier: null,
            resumeAt: ending.resumeAt,
            limitedAt: since,
            since
          }
        : null
    })
  ),
  when(
    "an operator, a change of stage or a retry stopped it",
    died("Idle", (_, ending) =>
      ending._tag === "Stopped" &&
      (ending.why === "Operator" || ending.why === "StageChanged" || ending.why === "Retry")
        ? idle
        : null
    )
  ),
  when(
    "its budget stopped it, and it was no reminder",
    diedEnd("Block", (attempt, ending) =>
      ending._tag === "Stopped" && ending.why === "OverBudget" && !isReminder(attempt)
        ? { _tag: "Block", reason: { _tag: "OverBudget" } }
        : null
    )
  ),
  when(
    "QA ended clean and passed it",
    died("Verifying", (attempt, ending, { qa }) =>
      isQaEnd(attempt, ending) && qa === "PASS" ? verifying(attempt) : null
    )
  ),
  when(
    "QA ended clean and failed it",
    diedEnd("GatesFailed", (attempt, ending, { failure, qa }) =>
      isQaEnd(attempt, ending) && qa === "FAIL"
        ? { _tag: "GatesFailed", feedback: failure.feedback ?? "QA did not pass it, and did not say why" }
        : null
    )
  ),
  when(
    "it ended clean, has committed or was only reminded, but left something uncommitted that is to be merged",
    died("Backoff", (attempt, ending, facts) => {
      const { feedback, until } = facts.failure
      return hasWorked(attempt, ending, facts) && isUncommitted(facts)
        ? { _tag: "Backoff", attempt, until, mode: "CommitOnly", feedback }
        : null
    })
  ),
  when(
    "it ended clean, with a promise that is still to be kept",
    died("Backoff", (attempt, ending, facts) => {
      const { feedback, until } = facts.failure
      return isReminded(attempt, ending, facts) ? { _tag: "Backoff", attempt, until, mode: "Nudge", feedback } : null
    })
  ),
  when(
    "it ended clean, has committed, or was only reminded",
    died("Verifying", (attempt, ending, facts) => (hasWorked(attempt, ending, facts) ? verifying(attempt) : null))
  ),
  when(
    "an attempt is left",
    died("Backoff", (attempt, ending, facts) => {
      const { attemptsLeft, feedback, until } = facts.failure
      return attemptsLeft
        ? { _tag: "Backoff", attempt, until, mode: resumes(ending, facts) ? "Resume" : "Retry", feedback }
        : null
    })
  ),
  diedEnd("Block", (_, __, { failure }) => retriesExhausted(failure.feedback))
]

/** A list that begins again this often is a verifier that changes what it judges. */
const maxRestarts = 2

/** What the next attempt is told about a verdict that ended the list without a pass. */
export const verdictFeedback = ({ failure, verdict }: Event.Of<"Verdict">): string =>
  failure.feedback ??
  (verdict === "PASS" ? "the verifiers passed, but files changed while they ran" : `a verifier answered ${verdict}`)

const isLastPass = ({ last, verdict }: Event.Of<"Verdict">): boolean => verdict === "PASS" && last

/** Every verdict names the tree that is there now, which is HEAD's where that is what lands. */
const isOfOneTree = ({ passed }: Of<"Verifying">, { headTree, tree, treeNow }: Event.Of<"Verdict">): boolean =>
  [...passed, tree].every((each) => each === treeNow) && (headTree === null || headTree === treeNow)

const verdicts: ReadonlyArray<Row> = [
  when(
    "the verifier is limited: later again",
    row(["Verifying"], "Verdict", "Verifying", (execution, { resumeAt, verdict }) =>
      verdict === "LIMITED" ? { ...execution, run: null, notBefore: resumeAt } : null
    )
  ),
  when(
    "a pass, and not the last of the list",
    row(["Verifying"], "Verdict", "Verifying", (execution, { last, tree, verdict }) =>
      verdict === "PASS" && !last
        ? {
            ...execution,
            index: execution.index + 1,
            run: null,
            passed: [...execution.passed, tree],
            notBefore: null
          }
        : null
    )
  ),
  when(
    "the last pass, and all are of the tree that is there now",
    end(["Verifying"], "Verdict", "Passed", (execution, event) =>
      isLastPass(event) && isOfOneTree(execution, event)
        ? { _tag: "Passed", verified: true, work: event.work, at: event.at }
        : null
    )
  ),
  when(
    `the last pass, but files changed meanwhile; at most ${maxRestarts} times`,
    row(["Verifying"], "Verdict", "Verifying", ({ attempt, restarts }, event) =>
      isLastPass(event) && restarts < maxRestarts ? verifying(attempt, restarts + 1) : null
    )
  ),
  when(
    "it did not pass, and QA's agent was at work",
    end(["Verifying"], "Verdict", "GatesFailed", ({ attempt }, event) =>
      attempt.role === "qa" ? { _tag: "GatesFailed", feedback: verdictFeedback(event) } : null
    )
  ),
  when(
    "it did not pass, and an attempt is left",
    row(["Verifying"], "Verdict", "Backoff", ({ attempt }, event) =>
      event.failure.attemptsLeft
        ? { _tag: "Backoff", attempt, until: event.failure.until, mode: "Retry", feedback: verdictFeedback(event) }
        : null
    )
  ),
  end(["Verifying"], "Verdict", "Block", (_, event) => retriesExhausted(verdictFeedback(event)))
]

const landings: ReadonlyArray<Row> = [
  when(
    "the base has the commit",
    end(["Landing"], "LandEnded", "Landed", (_, { at, result }) =>
      result._tag === "Landed" ? { _tag: "Landed", commit: result.commit, at } : null
    )
  ),
  when(
    "it could not be landed",
    end(["Landing"], "LandEnded", "MergeFailed", (_, { result }) =>
      result._tag === "Failed" ? { _tag: "MergeFailed", kind: result.kind } : null
    )
  ),
  when(
    "the base moved first: nothing happened",
    row(["Landing"], "LandEnded", "Idle", () => idle)
  )
]

export const rows: ReadonlyArray<Row> = [...deaths, ...verdicts, ...landings]
