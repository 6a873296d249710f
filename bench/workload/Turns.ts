/**
 * A task's way through the stages, round and round: started, judged, sent back, failed to land, mended, landed, taken up
 * again. Every transition is legal, and each is of another kind than the one before.
 */
import type { StageEvent } from "../../core/stage/StageEvent.ts"
import type { Flow } from "../../core/task/Flow.ts"

export const flow: Flow = { qa: "agent", merge: "squash", start: "auto" }

const work = { branch: "drover/1", commitsAhead: 2 }
const at = 1000

/** From Coding back to Coding. */
export const turn: ReadonlyArray<StageEvent> = [
  { _tag: "GatesPassed", visit: 1, at, verified: true, work },
  { _tag: "GatesFailed", visit: 2, feedback: "the second test fails" },
  { _tag: "GatesPassed", visit: 3, at, verified: true, work },
  { _tag: "HoldForReview", reason: "it is large" },
  { _tag: "Approve", at },
  { _tag: "GatesPassed", visit: 4, at, verified: true, work },
  { _tag: "MergeFailed", visit: 5, kind: { _tag: "EmptyDiff" }, strikes: 1 },
  { _tag: "MergeReady", visit: 6, verified: true, work },
  { _tag: "Landed", visit: 7, at, commit: "4b825dc" },
  { _tag: "Reopen", feedback: "the base has moved" }
]
