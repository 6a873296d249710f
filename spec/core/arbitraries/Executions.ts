/**
 * Executions and events that are about each other: any two from the schemas would hardly ever name the same attempt.
 */
import fc from "fast-check"
import {
  attemptOf,
  type Attempt,
  type Carrier,
  type Ending,
  type Execution
} from "../../../core/execution/Execution.ts"
import type { DeathFacts, ExecutionEvent, Failure } from "../../../core/execution/ExecutionEvent.ts"
import type { ProcessIdentity } from "../../../core/execution/Process.ts"
import { AttemptNumber, RunNumber } from "../../../core/task/Identifiers.ts"
import * as Words from "./Words.ts"

/** The run an execution is about: of a verifier or of a landing. */
export const runOf = (execution: Execution): RunNumber | null => {
  switch (execution._tag) {
    case "Verifying":
    case "Landing":
      return execution.run
    case "Stopping":
      return execution.subject._tag === "Agent" ? null : execution.subject.run
    default:
      return null
  }
}

/** The same event, about that execution: its attempt, its run, its place in the list. */
export const aim = (event: ExecutionEvent, execution: Execution): ExecutionEvent => {
  const attempt = attemptOf(execution)?.number ?? AttemptNumber.make(1)
  const run = runOf(execution)
  switch (event._tag) {
    case "Assign":
    case "Launch":
    case "VerifyBegin":
    case "LandBegin":
    case "Reset":
      return event
    case "Armed":
    case "LandEnded":
      return { ...event, run: run ?? event.run }
    case "Stop":
    case "VerifiedDead":
      return { ...event, attempt: attemptOf(execution)?.number ?? null, run }
    case "Verdict":
      return {
        ...event,
        attempt,
        run: run ?? event.run,
        index: execution._tag === "Verifying" ? execution.index : event.index
      }
    case "RunBegin":
      return { ...event, attempt, index: execution._tag === "Verifying" ? execution.index : event.index }
    default:
      return { ...event, attempt }
  }
}

/** An execution, and an event about it. */
export const aimed: fc.Arbitrary<readonly [Execution, ExecutionEvent]> = fc
  .tuple(Words.execution, Words.executionEvent)
  .map(([execution, event]) => [execution, aim(event, execution)])

/** The moment of every example: what is due at it is due. */
export const now = 1_000

export const attempt: Attempt = {
  number: AttemptNumber.make(3),
  role: "coder",
  visit: 4,
  feedbackNumber: 2,
  mode: "Cold"
}
const nextAttempt: Attempt = { ...attempt, number: AttemptNumber.make(4) }
export const run = RunNumber.make(7)
export const process: ProcessIdentity = { host: "h", pid: 11, startTime: "5", bootId: "b" }
const carriers: ReadonlyArray<Carrier> = [
  { _tag: "Process", process },
  { _tag: "Session", session: "s", messageId: "m" }
]

export const endings: ReadonlyArray<Ending> = [
  { _tag: "Clean" },
  { _tag: "Forced", detail: "status 1" },
  { _tag: "Aborted", detail: "no session" },
  { _tag: "Limited", resumeAt: 5_000 },
  { _tag: "Limited", resumeAt: 5_000, cause: "authentication" },
  { _tag: "Lost" },
  ...(["Operator", "StageChanged", "OverBudget", "OverTime", "OverTurns", "Inactive", "Retry"] as const).map(
    (why) => ({ _tag: "Stopped", why }) as const
  )
]

export const failure: Failure = { attemptsLeft: true, until: 2_000, feedback: "it failed" }
export const facts: DeathFacts = {
  merge: "squash",
  dirty: false,
  moved: true,
  progressed: true,
  resumable: true,
  qa: null,
  tree: "t1",
  costUsd: 1,
  failure
}

/** One of each state, every part of it that a rule looks at in every way. */
export const executions: ReadonlyArray<Execution> = [
  { _tag: "Idle" },
  { _tag: "Assigned", attempt, messageId: "m", since: 1 },
  { _tag: "Launching", attempt, since: 1, preparing: false },
  ...carriers.map((carrier) => ({ _tag: "Running", attempt, carrier, since: 1 }) as const),
  { _tag: "Assigned", attempt, messageId: "m", since: 1, trial: true },
  { _tag: "Launching", attempt, since: 1, preparing: false, trial: true },
  ...carriers.map((carrier) => ({ _tag: "Running", attempt, carrier, since: 1, trial: true }) as const),
  ...[...carriers, null].flatMap((carrier) =>
    [now - 100, now + 100].map(
      (resumeAt) => ({ _tag: "Limited", attempt, carrier, resumeAt, limitedAt: 1, since: 1 }) as const
    )
  ),
  ...endings.flatMap((ending) =>
    (
      [
        { _tag: "Agent", attempt },
        { _tag: "Verifiers", attempt, run },
        { _tag: "Verifiers", attempt, run: null },
        { _tag: "Landing", run, visit: 4 }
      ] as const
    ).map((subject) => ({ _tag: "Stopping", subject, carrier: null, ending, since: 1 }) as const)
  ),
  ...[run, null].map(
    (each) =>
      ({ _tag: "Verifying", attempt, index: 1, run: each, passed: ["t1"], restarts: 0, notBefore: null }) as const
  ),
  { _tag: "Verifying", attempt, index: 0, run: null, passed: [], restarts: 0, notBefore: null },
  ...[null, "c"].map((candidate) => ({ _tag: "Landing", run, visit: 4, base: "main", candidate, since: 1 }) as const),
  ...[now - 100, now + 100].flatMap((until) =>
    (["Retry", "Resume", "CommitOnly", "Nudge"] as const).map(
      (mode) => ({ _tag: "Backoff", attempt, until, mode, feedback: null }) as const
    )
  )
]

const of = { attempt: attempt.number, at: now }

/** One of each event, about the executions above. */
export const events: ReadonlyArray<ExecutionEvent> = [
  { _tag: "Assign", attempt: nextAttempt, messageId: "m2", at: now },
  { _tag: "Claimed", ...of, session: "s" },
  { _tag: "Withdrawn", attempt: attempt.number },
  { _tag: "Launch", attempt: nextAttempt, preparing: true, at: now },
  ...[true, false].map(
    (exhausted) => ({ _tag: "LaunchFailed", attempt: attempt.number, reason: "no", until: 2_000, exhausted }) as const
  ),
  { _tag: "Started", ...of, process },
  { _tag: "Adopted", ...of, process },
  { _tag: "SessionSeen", attempt: attempt.number, session: "s" },
  { _tag: "Progressed", ...of },
  { _tag: "Sustained", ...of },
  { _tag: "RateLimited", ...of, resumeAt: now + 50, process },
  { _tag: "RateLimited", ...of, resumeAt: now + 500, process: null },
  { _tag: "LimitLifted", ...of },
  ...endings.map((how) => ({ _tag: "Ended", ...of, how }) as const),
  { _tag: "TurnEnded", ...of, messageId: "m" },
  { _tag: "SessionGone", ...of },
  { _tag: "Stop", attempt: attempt.number, run: null, why: "OverTime", at: now },
  { _tag: "VerifiedDead", attempt: attempt.number, run: null, facts },
  { _tag: "VerifyBegin", attempt: nextAttempt },
  { _tag: "RunBegin", attempt: attempt.number, index: 1, run: RunNumber.make(8) },
  { _tag: "NoVerifiers", ...of, work: null, tree: "t1" },
  ...(["PASS", "FAIL", "ERROR", "TIMEOUT", "LIMITED"] as const).map(
    (verdict) =>
      ({
        _tag: "Verdict",
        ...of,
        index: 1,
        run,
        verdict,
        last: true,
        tree: "t1",
        treeNow: "t1",
        headTree: null,
        work: null,
        resumeAt: 3_000,
        costUsd: null,
        failure
      }) as const
  ),
  { _tag: "LandBegin", run: RunNumber.make(8), visit: 4, base: "main", at: now },
  { _tag: "Armed", run, candidate: "c" },
  { _tag: "LandEnded", run, result: { _tag: "Landed", commit: "c0ffee" }, at: now },
  { _tag: "Reset" }
]
