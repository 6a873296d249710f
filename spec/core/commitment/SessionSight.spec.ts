import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { followThrough } from "../../../core/commitment/FollowThrough.ts"
import { sessionSeen } from "../../../core/commitment/SessionSight.ts"
import { type AttemptRecord, Marker, noProgress } from "../../../core/execution/AttemptRecord.ts"
import type { Execution } from "../../../core/execution/Execution.ts"
import { executionsOf } from "../tick/Pairs.ts"
import { attempt, attemptNumber, id, taskOf } from "../tick/Worlds.ts"
import { commitmentOf } from "./Samples.ts"
import { hookNames } from "../../../core/hook/HookName.ts"

const last = { hook: "SessionEnd", at: 9 } as const

interface Case {
  readonly execution: Execution
  readonly endedAt?: number | null
}

/** The latest attempt of a task, which a session has carried. */
const carried = ({ endedAt = 50, execution }: Case) => {
  const record: AttemptRecord = {
    task: id(1),
    attempt: attempt(),
    marker: Marker.make("0".repeat(32)),
    agent: "worker",
    process: null,
    treeBefore: null,
    treeAfter: null,
    progress: { ...noProgress(0), session: "session" },
    createdAt: 0,
    startedAt: 1,
    endedAt,
    outcome: null,
    detail: null
  }
  return { record, task: taskOf({ execution, facts: { nextAttempt: attemptNumber(4) } }) }
}

const idle: Execution = { _tag: "Idle" }
/** Nobody is at work on it, and nobody is about to go on with what that session has begun. */
const isAtRest = (execution: Execution): boolean =>
  execution._tag === "Idle" || (execution._tag === "Backoff" && execution.mode === "Retry")

describe("the session that made a promise", () => {
  it("CLM-8 one that nobody started here has ended when it said so last, and of one never heard of nothing is known", () => {
    expect(sessionSeen({ attempt: null, last: null })).toEqual({ _tag: "Unknown" })
    expect(sessionSeen({ attempt: null, last })).toEqual({ _tag: "Ended", at: 9, canResume: false })
    fc.assert(
      fc.property(fc.constantFrom(...hookNames), (hook) => {
        const { _tag } = sessionSeen({ attempt: null, last: { hook, at: 9 } })
        expect(_tag).toBe(hook === "SessionEnd" ? "Ended" : "Live")
      })
    )
  })

  it("CLM-8 one of a task is live as long as anything is done about the task or it is to be resumed, whatever was heard of it", () => {
    for (const execution of executionsOf(attempt())) {
      const seen = sessionSeen({ attempt: carried({ execution }), last })
      expect(seen).toEqual(isAtRest(execution) ? { _tag: "Ended", at: 50, canResume: false } : { _tag: "Live" })
    }
    expect(sessionSeen({ attempt: carried({ execution: idle, endedAt: null }), last })).toEqual({ _tag: "Unknown" })
  })

  it("CLM-8 one that an earlier attempt carried is not what is resumed: it has ended", () => {
    for (const execution of executionsOf(attempt({ number: attemptNumber(4) }))) {
      if (execution._tag !== "Backoff") continue
      expect(sessionSeen({ attempt: carried({ execution }), last })).toMatchObject({ _tag: "Ended", at: 50 })
    }
  })

  it("CLM-6 while a reminder is to come nobody is told of the promise, passed deadline or none, and once it came or can not, somebody is", () => {
    const context = { now: 99, policy: { nudges: true, nudgeGraceMs: 1 } }
    const how = (mode: "Nudge" | "Retry", deadline: number | null) => {
      const execution: Execution = { _tag: "Backoff", attempt: attempt(), until: 98, mode, feedback: null }
      const session = sessionSeen({ attempt: carried({ execution }), last })
      const commitment = commitmentOf({ openedAt: 1, saidAt: 1, expiresAt: 1000, deadline })
      return followThrough({ commitment, session }, context).action?.how ?? null
    }
    for (const deadline of [null, 60]) {
      expect([how("Nudge", deadline), how("Retry", deadline)]).toEqual([null, "Escalate"])
    }
  })
})
