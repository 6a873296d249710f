/** What may happen in a random life of a task: ends, results, a person's wishes; and what can be delivered twice. */
import type { Ending } from "../../../core/execution/Execution.ts"
import type { LandResult } from "../../../core/execution/ExecutionEvent.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import type { TaskEvent } from "../../../core/task/Apply.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"
import { kinds, operatorBlock } from "./Examples.ts"
import { endings } from "./Executions.ts"

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
  { _tag: "Reopen", feedback: "not yet" },
  { _tag: "Reopen", feedback: "not yet" }
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
  event._tag !== "Respecified" && completions.includes(event.event._tag)
