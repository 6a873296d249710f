/**
 * One of each: every flow, every stage with every kind of content that a rule looks at, every stage event. Small enough
 * that rules can be checked for all combinations.
 */
import type { BlockReason } from "../../../core/stage/BlockReason.ts"
import type { MergeFailureKind } from "../../../core/stage/MergeFailureKind.ts"
import type * as Stage from "../../../core/stage/Stage.ts"
import type { StageEvent, Work } from "../../../core/stage/StageEvent.ts"
import type { Flow } from "../../../core/task/Flow.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"

const qas = ["server", "agent", "human"] as const
const merges = ["squash", "none"] as const
const booleans = [true, false] as const

export const flows: ReadonlyArray<Flow> = qas.flatMap((qa) =>
  merges.flatMap((merge) => (["auto", "manual"] as const).map((start) => ({ qa, merge, start })))
)

export const kinds: ReadonlyArray<MergeFailureKind> = [
  { _tag: "Conflict", files: ["a.ts", "b.ts"] },
  { _tag: "GatesFailed", step: "build", exitCode: 2 },
  { _tag: "GatesFailed", step: "format", exitCode: 1 },
  { _tag: "GatesFailed", step: "lint", exitCode: 1 },
  { _tag: "GatesFailed", step: "test", exitCode: null },
  { _tag: "EmptyDiff" },
  { _tag: "Other", detail: "the base is protected" }
]

export const reasons: ReadonlyArray<BlockReason> = [
  { _tag: "RetriesExhausted", lastFailure: "tests failed" },
  { _tag: "RetriesExhausted", lastFailure: null },
  { _tag: "NoProgress" },
  { _tag: "NeverCommitted" },
  { _tag: "AbortLoop" },
  { _tag: "LaunchFailed", reason: "no such program" },
  { _tag: "OverBudget" },
  { _tag: "OverTime" },
  { _tag: "OverTurns" },
  { _tag: "QaRounds" },
  { _tag: "NoCommits" },
  { _tag: "Drifted" },
  { _tag: "Operator", text: "later" }
]

export const operatorBlock: BlockReason = { _tag: "Operator", text: "later" }

const branch = { branch: "drover/7", commitsAhead: 2 }

const resumables: ReadonlyArray<Stage.Resumable> = [
  { _tag: "Backlog" },
  { _tag: "Coding", feedback: null },
  { _tag: "Coding", feedback: "handle the empty list" },
  { _tag: "Qa" },
  ...booleans.map((verified) => ({ _tag: "Merge", ...branch, verified }) as const),
  ...kinds.map((kind) => ({ _tag: "MergeFailure", ...branch, verified: true, kind, strikes: 1 }) as const)
]

const freezables: ReadonlyArray<Stage.Of<"Frozen">["resumeTo"]> = [
  { _tag: "Upcoming" },
  ...resumables,
  ...booleans.map(
    (verified) => ({ _tag: "ReviewHold", resumeTo: { _tag: "Finish", verified }, reason: "have a look" }) as const
  ),
  ...resumables.map((resumeTo) => ({ _tag: "ReviewHold", resumeTo, reason: "have a look" }) as const),
  ...resumables.map((resumeTo) => ({ _tag: "Blocked", resumeTo, reason: operatorBlock }) as const),
  ...kinds.map((kind) => ({ _tag: "MergeFailureFinal", ...branch, verified: true, kind, strikes: 3 }) as const)
]

export const stages: ReadonlyArray<Stage.Stage> = [
  ...freezables,
  ...freezables.map((resumeTo) => ({ _tag: "Frozen", resumeTo }) as const),
  { _tag: "Done", at: 5, landing: { _tag: "Merged", commit: "c0ffee" }, verified: true },
  { _tag: "Done", at: 5, landing: { _tag: "NothingToMerge" }, verified: false },
  { _tag: "Abandoned", at: 5 },
  { _tag: "Superseded", at: 5, by: TaskId.make(8) },
  { _tag: "Rejected", at: 5, reason: "not wanted" },
  ...(["Done", "Abandoned", "Superseded", "Rejected"] as const).map(
    (from) => ({ _tag: "Archived", at: 6, from }) as const
  )
]

const works: ReadonlyArray<Work | null> = [null, { branch: "drover/7", commitsAhead: 0 }, branch]
const visit = 4
const at = 9

export const stageEvents: ReadonlyArray<StageEvent> = [
  { _tag: "Triage" },
  { _tag: "Start" },
  ...works.flatMap((work) => booleans.map((verified) => ({ _tag: "GatesPassed", visit, at, verified, work }) as const)),
  { _tag: "GatesFailed", visit, feedback: "the list is reversed" },
  { _tag: "Approve", at },
  { _tag: "SendBack", feedback: "shorter, please" },
  { _tag: "Landed", visit, at, commit: "beef" },
  { _tag: "Landed", visit: null, at, commit: "feed" },
  { _tag: "MergeFailed", visit, kind: null, strikes: 2 },
  ...kinds.map((kind) => ({ _tag: "MergeFailed", visit, kind, strikes: 2 }) as const),
  ...kinds.map((kind) => ({ _tag: "RecoveryExhausted", visit, kind, strikes: 3 }) as const),
  ...works.flatMap((work) => (work === null ? [] : [{ _tag: "MergeReady", visit, verified: true, work } as const])),
  { _tag: "Retry" },
  { _tag: "FixupRequested", feedback: "lint", by: "tick" },
  { _tag: "FixupRequested", feedback: "lint", by: "operator" },
  { _tag: "RequeueForQa" },
  ...reasons.map((reason) => ({ _tag: "Block", reason }) as const),
  { _tag: "Unblock", budgetUsd: null },
  { _tag: "HoldForReview", reason: "have a look" },
  { _tag: "Demote" },
  { _tag: "Freeze" },
  { _tag: "Unfreeze" },
  { _tag: "Abandon", at },
  { _tag: "Supersede", at, by: TaskId.make(8) },
  { _tag: "Reject", at, reason: "not wanted" },
  { _tag: "Reopen", feedback: "it broke" },
  { _tag: "Archive", at }
]
