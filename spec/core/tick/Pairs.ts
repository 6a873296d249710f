/**
 * Every stage and every execution, in each of the variants that a rule tells apart, and what can be observed of them.
 */
import type { Attempt, Carrier, Ending, Execution } from "../../../core/execution/Execution.ts"
import type { DeathFacts } from "../../../core/execution/ExecutionEvent.ts"
import type { ProcessIdentity } from "../../../core/execution/Process.ts"
import type { MergeFailureKind } from "../../../core/stage/MergeFailureKind.ts"
import type { Of, Resumable, Stage } from "../../../core/stage/Stage.ts"
import type { Observation, RunObservation } from "../../../core/tick/World.ts"
import type { Verdict } from "../../../core/verify/Verdict.ts"
import { attempt, cleanTree, id, minute, now, run, second } from "./Worlds.ts"

const branch = { branch: "drover/1", commitsAhead: 2, verified: true }

const kinds: ReadonlyArray<MergeFailureKind> = [
  { _tag: "Conflict", files: ["a"] },
  { _tag: "GatesFailed", step: "build", exitCode: 1 },
  { _tag: "GatesFailed", step: "test", exitCode: 1 },
  { _tag: "EmptyDiff" },
  { _tag: "Other", detail: "?" }
]

const failures = kinds.map((kind): Of<"MergeFailure"> => ({ _tag: "MergeFailure", ...branch, kind, strikes: 1 }))

const single: ReadonlyArray<Resumable> = [
  { _tag: "Backlog" },
  { _tag: "Coding", feedback: null },
  { _tag: "Qa" },
  { _tag: "Merge", ...branch }
]

/** One of each that may be frozen, holds of the other kinds included. */
const freezable: ReadonlyArray<Of<"Frozen">["resumeTo"]> = [
  ...single,
  ...failures.slice(0, 1),
  { _tag: "Upcoming" },
  { _tag: "MergeFailureFinal", ...branch, kind: { _tag: "EmptyDiff" }, strikes: 3 },
  { _tag: "Blocked", resumeTo: { _tag: "Coding", feedback: "why" }, reason: { _tag: "NoProgress" } },
  { _tag: "ReviewHold", resumeTo: { _tag: "Finish", verified: true }, reason: "look" }
]

/** All fifteen tags, holds within holds included. */
export const stages: ReadonlyArray<Stage> = [
  ...freezable,
  ...failures.slice(1),
  ...[...single, ...failures.slice(0, 1)].flatMap((resumeTo): ReadonlyArray<Stage> => [
    { _tag: "Blocked", resumeTo, reason: { _tag: "OverBudget" } },
    { _tag: "ReviewHold", resumeTo, reason: "look" }
  ]),
  ...freezable.map((resumeTo): Stage => ({ _tag: "Frozen", resumeTo })),
  { _tag: "Done", at: now - minute, landing: { _tag: "Merged", commit: "c1" }, verified: true },
  { _tag: "Abandoned", at: now - minute },
  { _tag: "Superseded", at: now - minute, by: id(9) },
  { _tag: "Rejected", at: now - minute, reason: "no" },
  { _tag: "Archived", at: now - minute, from: "Done" }
]

export const process: ProcessIdentity = { host: "h", pid: 4242, startTime: "1", bootId: "b" }
const carrier: Carrier = { _tag: "Process", process }
const session: Carrier = { _tag: "Session", session: "s1", messageId: "m1" }

const endings: ReadonlyArray<Ending> = [
  { _tag: "Clean" },
  { _tag: "Forced", detail: "status 1" },
  { _tag: "Aborted", detail: "no session" },
  { _tag: "Limited", resumeAt: now + minute },
  { _tag: "Lost" },
  { _tag: "Stopped", why: "Operator" },
  { _tag: "Stopped", why: "StageChanged" },
  { _tag: "Stopped", why: "OverBudget" },
  { _tag: "Stopped", why: "OverTime" }
]

/** Every execution of an attempt: fresh and overdue, with a process, with a session and with none. */
export const executionsOf = (own: Attempt): ReadonlyArray<Execution> => {
  const { visit } = own
  const verifying = { attempt: own, index: 0, passed: [], restarts: 0, notBefore: null } as const
  const limited = { attempt: own, limitedAt: now - minute, since: now - 2 * minute } as const
  const aged = [now - second, now - 180 * minute]
  return [
    { _tag: "Idle" },
    ...aged.flatMap((since): ReadonlyArray<Execution> => [
      { _tag: "Assigned", attempt: own, messageId: "m1", since },
      { _tag: "Launching", attempt: own, since, preparing: false },
      { _tag: "Running", attempt: own, carrier, since },
      { _tag: "Running", attempt: own, carrier, since, trial: true },
      { _tag: "Running", attempt: own, carrier: session, since },
      ...endings.map((ending): Execution => ({
        _tag: "Stopping",
        subject: { _tag: "Agent", attempt: own },
        carrier,
        ending,
        since
      })),
      {
        _tag: "Stopping",
        subject: { _tag: "Verifiers", attempt: own, run: run(6) },
        carrier: null,
        ending: { _tag: "Stopped", why: "StageChanged" },
        since
      },
      {
        _tag: "Stopping",
        subject: { _tag: "Landing", run: run(6), visit },
        carrier: null,
        ending: { _tag: "Stopped", why: "StageChanged" },
        since
      },
      { _tag: "Landing", run: run(6), visit, base: "b", candidate: null, since },
      { _tag: "Landing", run: run(6), visit, base: "b", candidate: "c", since }
    ]),
    ...[now + minute, now - minute].flatMap((at): ReadonlyArray<Execution> => [
      { _tag: "Limited", ...limited, carrier, resumeAt: at },
      { _tag: "Limited", ...limited, carrier: null, resumeAt: at },
      { _tag: "Verifying", ...verifying, run: null, notBefore: at },
      { _tag: "Backoff", attempt: own, until: at, mode: "Retry", feedback: null },
      { _tag: "Backoff", attempt: own, until: at, mode: "Resume", feedback: "go on" },
      { _tag: "Backoff", attempt: own, until: at, mode: "CommitOnly", feedback: null },
      { _tag: "Backoff", attempt: own, until: at, mode: "Nudge", feedback: null }
    ]),
    { _tag: "Verifying", ...verifying, run: null },
    { _tag: "Verifying", ...verifying, run: run(6) }
  ]
}

/** An attempt that fits the stage, of another visit, and of another role; where none may run, of this visit and another. */
export const attemptsFor = (own: Attempt["role"] | null, visit: number): ReadonlyArray<Attempt> =>
  own === null
    ? [attempt({ visit }), attempt({ visit: visit - 1 })]
    : [
        attempt({ role: own, visit }),
        attempt({ role: own, visit: visit - 1 }),
        attempt({ role: own === "qa" ? "coder" : "qa", visit }),
        attempt({ role: own, visit, mode: "CommitOnly" }),
        attempt({ role: own, visit, mode: "Nudge" })
      ]

export const alive: Extract<Observation, { readonly _tag: "Alive" }> = {
  _tag: "Alive",
  process,
  isAdopted: false,
  lastProgressAt: now - second,
  toolTurns: 1,
  costUsd: 0.1,
  limitedUntil: null
}

export const deathFacts: Omit<DeathFacts, "failure"> = {
  merge: "squash",
  dirty: false,
  moved: true,
  progressed: true,
  resumable: true,
  qa: null,
  tree: "tree-1",
  costUsd: 0.5
}

const deaths: ReadonlyArray<Observation> = [
  { _tag: "Emptied", facts: deathFacts },
  { _tag: "Emptied", facts: { ...deathFacts, moved: false, resumable: false } },
  { _tag: "Emptied", facts: { ...deathFacts, dirty: true } },
  { _tag: "Emptied", facts: { ...deathFacts, promised: true } },
  { _tag: "Emptied", facts: { ...deathFacts, qa: "PASS" }, said: "VERDICT: PASS" },
  { _tag: "Emptied", facts: { ...deathFacts, qa: "FAIL" }, said: "VERDICT: FAIL" },
  { _tag: "Emptied", facts: { ...deathFacts, merge: "none", costUsd: null } }
]

const dead = endings
  .filter(({ _tag }) => _tag !== "Stopped" && _tag !== "Lost")
  .map((how): Observation => ({ _tag: "Dead", how }))

export const unknown: Observation = { _tag: "Unknown", why: "ps failed" }

/** What can be seen of an execution; null: nobody has looked. */
export const observationsOf = (execution: Execution): ReadonlyArray<Observation | null> => {
  switch (execution._tag) {
    case "Idle":
    case "Backoff":
    case "Landing":
    case "Verifying":
      return [null, unknown]
    case "Assigned":
      return [null, unknown, { _tag: "Claimed", session: "s1" }, { _tag: "SessionGone" }]
    case "Launching":
      return [
        null,
        unknown,
        { _tag: "Preparing" },
        alive,
        { ...alive, isAdopted: true },
        ...dead,
        { _tag: "Absent", token: "free" },
        { _tag: "Absent", token: "taken" },
        { _tag: "Absent", token: "revoked" }
      ]
    case "Running":
      return execution.carrier._tag === "Session"
        ? [
            null,
            unknown,
            { _tag: "Claimed", session: "s1" },
            { _tag: "TurnEnded", messageId: "m1" },
            { _tag: "TurnEnded", messageId: "an earlier one" },
            { _tag: "SessionGone" },
            { _tag: "Absent", token: "revoked" }
          ]
        : [
            null,
            unknown,
            alive,
            { ...alive, costUsd: 1000, toolTurns: 1000, lastProgressAt: now - 100 * minute },
            { ...alive, costUsd: null, limitedUntil: now + minute },
            { ...alive, limitedUntil: now - minute },
            ...dead,
            { _tag: "Absent", token: "taken" }
          ]
    case "Limited":
      return execution.carrier === null
        ? [null, unknown]
        : [
            null,
            unknown,
            alive,
            { ...alive, limitedUntil: now - minute },
            { ...alive, limitedUntil: now + 2 * minute },
            ...dead,
            { _tag: "Absent", token: "taken" }
          ]
    case "Stopping":
      return [
        null,
        unknown,
        { _tag: "BeingStopped" },
        { _tag: "Survivors", pids: [7] },
        ...deaths,
        alive,
        { _tag: "Absent", token: "revoked" },
        { _tag: "TurnEnded", messageId: "m1" }
      ]
  }
}

const finished = (verdict: Verdict, varied: Partial<Extract<RunObservation, { readonly _tag: "Finished" }>> = {}) =>
  ({
    _tag: "Finished",
    verdict,
    feedback: verdict === "PASS" ? null : "it failed",
    tree: "tree-1",
    treeNow: "tree-1",
    headTree: "tree-1",
    work: cleanTree.work,
    costUsd: null,
    resumeAt: null,
    ...varied
  }) as const

/** What can be seen of the present run of a verifier. */
export const runsOf = (execution: Execution): ReadonlyArray<RunObservation | null> =>
  execution._tag !== "Verifying" || execution.run === null
    ? [null]
    : [
        null,
        { _tag: "Alive" },
        { _tag: "Unknown", why: "ps failed" },
        { _tag: "Absent", token: "free" },
        { _tag: "Absent", token: "taken" },
        { _tag: "Absent", token: "revoked" },
        finished("PASS"),
        finished("PASS", { treeNow: "tree-2" }),
        finished("FAIL"),
        finished("ERROR"),
        finished("TIMEOUT"),
        finished("LIMITED"),
        finished("LIMITED", { resumeAt: now + minute })
      ]
