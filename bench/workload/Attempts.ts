/**
 * Two attempts of one task, from Idle to Idle: the first is limited for a while, ends and fails its check; the second
 * passes. Every step is legal, and most are of another kind than the one before.
 */
import type { Attempt } from "../../core/execution/Execution.ts"
import type { ExecutionEvent, Failure } from "../../core/execution/ExecutionEvent.ts"
import { AttemptNumber, RunNumber } from "../../core/task/Identifiers.ts"

const at = 1000
const process = { host: "h", pid: 42, startTime: "7", bootId: "b" }
const failure: Failure = { attemptsLeft: true, until: at, feedback: "the second test fails" }
const work = { branch: "drover/1", commitsAhead: 2 }
const facts = {
  merge: "squash",
  dirty: false,
  moved: true,
  progressed: true,
  resumable: true,
  qa: null,
  tree: "t1",
  costUsd: 0.1,
  failure
} as const

const attemptOf = (number: number): Attempt => ({
  number: AttemptNumber.make(number),
  role: "coder",
  visit: 1,
  feedbackNumber: 1,
  mode: "Cold"
})

const lived = (number: number, between: ReadonlyArray<ExecutionEvent>): ReadonlyArray<ExecutionEvent> => {
  const own = attemptOf(number)
  const attempt = own.number
  return [
    { _tag: "Launch", attempt: own, preparing: false, at },
    { _tag: "Started", attempt, process, at },
    ...between,
    { _tag: "Ended", attempt, how: { _tag: "Clean" }, at },
    { _tag: "VerifiedDead", attempt, run: null, facts },
    { _tag: "RunBegin", attempt, index: 0, run: RunNumber.make(number) },
    {
      _tag: "Verdict",
      attempt,
      at,
      index: 0,
      run: RunNumber.make(number),
      verdict: number === 1 ? "FAIL" : "PASS",
      last: true,
      tree: "t1",
      treeNow: "t1",
      headTree: "t1",
      work,
      resumeAt: null,
      costUsd: null,
      failure
    }
  ]
}

const first = attemptOf(1).number

/** From Idle back to Idle. */
export const turn: ReadonlyArray<ExecutionEvent> = [
  ...lived(1, [
    { _tag: "RateLimited", attempt: first, resumeAt: at, process, at },
    { _tag: "LimitLifted", attempt: first, at }
  ]),
  ...lived(2, [])
]
