import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { sessionSeen } from "../../../core/commitment/SessionSight.ts"
import { type AttemptRecord, Marker, noProgress } from "../../../core/execution/AttemptRecord.ts"
import type { Execution } from "../../../core/execution/Execution.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { Kind } from "../../../core/task/AgentDefinition.ts"
import { executionsOf } from "../tick/Pairs.ts"
import { attempt, attemptNumber, id, spec, taskOf } from "../tick/Worlds.ts"
import { hookNames } from "../../../core/hook/HookName.ts"

const last = { hook: "SessionEnd", at: 9 } as const

interface Case {
  readonly execution: Execution
  readonly stage?: Stage
  readonly endedAt?: number | null
  readonly kind?: Kind
  readonly nextAttempt?: number
}

/** The latest attempt of a task, which a session has carried. */
const carried = ({ endedAt = 50, execution, kind = "claude-code", nextAttempt = 4, stage }: Case) => {
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
  const facts = { nextAttempt: attemptNumber(nextAttempt) }
  const agent = { ...spec.agent, kind }
  return { record, task: taskOf({ execution, facts, spec: { agent }, ...(stage === undefined ? {} : { stage }) }) }
}

const idle: Execution = { _tag: "Idle" }
const isAtRest = ({ _tag }: Execution): boolean => _tag === "Idle" || _tag === "Backoff"

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

  it("CLM-8 one of a task is live as long as anything is done about the task, whatever was heard of it", () => {
    for (const execution of executionsOf(attempt())) {
      const seen = sessionSeen({ attempt: carried({ execution }), last })
      expect(seen).toEqual(isAtRest(execution) ? { _tag: "Ended", at: 50, canResume: true } : { _tag: "Live" })
    }
    expect(sessionSeen({ attempt: carried({ execution: idle, endedAt: null }), last })).toEqual({ _tag: "Unknown" })
  })

  it("CLM-8 it can be resumed by the next attempt of its task alone, while that is coded, and by a program that can", () => {
    const seen = (changes: Partial<Case>) => sessionSeen({ attempt: carried({ execution: idle, ...changes }), last })
    expect(seen({})).toMatchObject({ canResume: true })
    expect(seen({ stage: { _tag: "Qa" } })).toMatchObject({ canResume: false })
    expect(seen({ nextAttempt: 5 })).toMatchObject({ canResume: false })
    expect(seen({ kind: "command" })).toMatchObject({ canResume: false })
  })
})
