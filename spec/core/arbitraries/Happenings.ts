/** What may happen in a random life of a task: ends, results, a person's wishes; and what can be delivered twice. */
import type { Ending, Mode } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent, LandResult } from "../../../core/execution/ExecutionEvent.ts"
import { role } from "../../../core/stage/Projection.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import type { TaskEvent } from "../../../core/task/Apply.ts"
import { AttemptNumber, TaskId } from "../../../core/task/Identifiers.ts"
import type { Task } from "../../../core/task/Task.ts"
import { kinds, operatorBlock } from "./Examples.ts"
import { endings } from "./Executions.ts"
import { choose } from "./Words.ts"

export const trees = ["t1", "t1", "t1", "t2"] as const

export const exits = (at: number): readonly [Ending, ...ReadonlyArray<Ending>] => [
  { _tag: "Clean" },
  { _tag: "Clean" },
  ...endings.filter(({ _tag }) => _tag === "Forced" || _tag === "Aborted" || _tag === "Lost"),
  { _tag: "Limited", resumeAt: at + 300 }
]

export const landings: readonly [LandResult, ...ReadonlyArray<LandResult>] = [
  { _tag: "Landed", commit: "c0ffee" },
  { _tag: "Again" },
  { _tag: "Failed", kind: null },
  ...kinds.map((kind) => ({ _tag: "Failed", kind }) as const)
]

export const operatorEvents = (at: number): readonly [StageEvent, ...ReadonlyArray<StageEvent>] => [
  { _tag: "Start" },
  { _tag: "Start" },
  { _tag: "Start" },
  { _tag: "Retry" },
  { _tag: "Freeze" },
  { _tag: "Unfreeze" },
  { _tag: "Unfreeze" },
  { _tag: "HoldForReview", reason: "look" },
  { _tag: "Approve", at },
  { _tag: "Approve", at },
  { _tag: "SendBack", feedback: "again" },
  { _tag: "Block", reason: operatorBlock },
  { _tag: "Unblock", budgetUsd: null },
  { _tag: "Unblock", budgetUsd: 5 },
  { _tag: "FixupRequested", feedback: "lint", by: "operator" },
  { _tag: "RequeueForQa" },
  { _tag: "Demote" },
  { _tag: "Abandon", at },
  { _tag: "Supersede", at, by: TaskId.make(7) },
  { _tag: "Reject", at, reason: "not wanted" },
  { _tag: "Archive", at },
  { _tag: "Triage" },
  { _tag: "Landed", visit: null, at, commit: "feed" },
  { _tag: "Reopen", feedback: "not yet" },
  { _tag: "Reopen", feedback: "not yet" }
]

/** What a tick does about a landing that failed. */
export const tickEvents = ({ facts, visit }: Task): readonly [StageEvent, ...ReadonlyArray<StageEvent>] => [
  { _tag: "FixupRequested", feedback: "lint", by: "tick" },
  { _tag: "RecoveryExhausted", visit, kind: { _tag: "EmptyDiff" }, strikes: Math.max(1, facts.strikes) }
]

/** Completions; repeated commands of a person or a tick are new commands. */
const completions = [
  "Claimed",
  "Withdrawn",
  "LaunchFailed",
  "Started",
  "Adopted",
  "Ended",
  "TurnEnded",
  "SessionGone",
  "VerifiedDead",
  "NoVerifiers",
  "Verdict",
  "Armed",
  "LandEnded",
  "Launch",
  "Assign",
  "VerifyBegin",
  "LandBegin",
  "RunBegin",
  "GatesPassed",
  "GatesFailed",
  "MergeReady",
  "MergeFailed",
  "Landed"
]

export const isCompletion = (event: TaskEvent): boolean =>
  event._tag !== "Respecified" &&
  completions.includes(event.event._tag) &&
  // What was landed by hand is a person's command.
  !("visit" in event.event && event.event.visit === null)

/** Asked for at any moment, fit or not: that it is refused when it does not fit is what is proved. */
export const beginning = (task: Task, n: number, at: number): ExecutionEvent => {
  const { facts, stage, visit } = task
  const isStale = n % 11 === 10
  const attempt = {
    number: isStale ? AttemptNumber.make(Math.max(1, facts.nextAttempt - 1)) : facts.nextAttempt,
    role: role(stage) ?? "coder",
    visit: n % 13 === 12 ? Math.max(1, visit - 1) : visit,
    feedbackNumber: facts.feedbackNumber,
    mode: choose<Mode>(n >> 4, ["Cold", "Cold", "Warm", "CommitOnly", "Nudge"])
  } as const
  const trial = n % 5 < 2 ? { trial: true as const } : {}
  if (stage._tag === "Merge" || n % 17 === 16) {
    return { _tag: "LandBegin", run: facts.nextRun, visit, base: "main", at }
  }
  switch (n % 9) {
    case 0:
      return { _tag: "VerifyBegin", attempt: { ...attempt, mode: "VerifyOnly" } }
    case 1:
      return { _tag: "Assign", attempt, messageId: `m${attempt.number}`, at, ...trial }
    default:
      return { _tag: "Launch", attempt, preparing: n % 2 === 0, at, ...trial }
  }
}
