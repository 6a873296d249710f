/** What the rows of tasks mean to accounts. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Account from "../../../core/account/Account.ts"
import { accountChanges } from "../../../core/account/AccountChange.ts"
import { attemptOf, type Execution, usesAccount } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import { apply } from "../../../core/task/Apply.ts"
import type { LedgerEntry } from "../../../core/task/Record.ts"
import type { Task } from "../../../core/task/Task.ts"
import { flows } from "../arbitraries/Examples.ts"
import { aim, events, executions, facts } from "../arbitraries/Executions.ts"
import { submitted } from "../arbitraries/Tasks.ts"
import { moves } from "../arbitraries/Move.ts"
import { Walk } from "../arbitraries/Walk.ts"

const base = submitted({ qa: "server", merge: "none", start: "auto" })
const shared: Task = { ...base, spec: { ...base.spec, agent: { ...base.spec.agent, account: "plan" } } }

const inCoding = (execution: Execution, task: Task): Task => ({
  ...task,
  stage: { _tag: "Coding", feedback: null },
  visit: 4,
  facts: { ...task.facts, feedbackNumber: 2 },
  execution
})

/** The row of an event that fits, or null. */
const rowOf = (before: Task, event: ExecutionEvent): LedgerEntry | null => {
  const moved = { _tag: "ExecutionMoved", event } as const
  const result = apply(before, moved)
  if (Either.isLeft(result) || result.right._tag === "Ignored") return null
  return { revision: before.revision + 1, event: moved, cause: "tick", before, after: result.right.task }
}

/** The events of the account, in one word each, for every execution and event that fit. */
const wordsOf = (execution: Execution, event: ExecutionEvent): string | null => {
  const row = rowOf(inCoding(execution, shared), aim(event, execution))
  return row === null
    ? null
    : accountChanges(row)
        .map((change) => change.event._tag)
        .join()
}

const trialWord = (execution: Execution): string => ("trial" in execution ? "Proved" : "Gone")

/** What a row means, as a person would write it down. */
const expected = (execution: Execution, event: ExecutionEvent): string => {
  switch (event._tag) {
    case "Launch":
    case "Assign":
      return "Admitted"
    case "RateLimited":
      return "LimitSeen"
    case "Sustained":
    case "TurnEnded":
      return trialWord(execution)
    case "Ended":
      if (event.how._tag === "Limited") {
        return event.how.cause === "authentication" || event.how.cause === "billing"
          ? "Gone,AuthenticationFailed"
          : "LimitSeen"
      }
      return event.how._tag === "Lost" || event.how._tag === "Stopped" ? "Gone" : trialWord(execution)
    case "Stop":
    case "LaunchFailed":
    case "Withdrawn":
    case "SessionGone":
      return attemptOf(execution) === null ? "" : "Gone"
    default:
      return ""
  }
}

describe("the account of a task", () => {
  it("TCK-10 every row means to the account what the table in our own words says, and nothing to any other", () => {
    const wrong: Array<string> = []
    for (const execution of executions) {
      for (const event of events) {
        const words = wordsOf(execution, event)
        if (words !== null && words !== expected(execution, event)) {
          wrong.push(`${execution._tag} + ${event._tag}: ${words} instead of ${expected(execution, event)}`)
        }
        const row = rowOf(inCoding(execution, shared), aim(event, execution))
        for (const { account } of row === null ? [] : accountChanges(row)) expect(account).toBe("plan")
      }
    }
    expect(wrong).toEqual([])
  })

  it("TCK-10 an agent that names no account has one of its own, under its name", () => {
    expect(Account.accountOf(base)).toBe("sh")
    expect(Account.accountOf(shared)).toBe("plan")
  })

  it("TCK-10 a limit that a verifier meets is the account's that its program works under, and no other's", () => {
    const definition = { ...base.spec.agent, name: "brain", account: "judges" }
    const judge = { _tag: "Brain", prompt: "Is it total?", timeoutMin: 5, definition } as const
    const execution = executions.find((one) => one._tag === "Verifying" && one.index === 1 && one.run !== null)
    const verdict = events.find(({ _tag }) => _tag === "Verdict")
    if (execution === undefined || verdict?._tag !== "Verdict") throw new Error("there is no example of a verdict")
    const command = { _tag: "Run", command: "make", timeoutMin: 5 } as const
    // The second of a list is the one that has a verdict.
    const changes = (second: Task["spec"]["verify"], said: Partial<typeof verdict>) => {
      const before = inCoding(execution, { ...shared, spec: { ...shared.spec, verify: [command, ...second] } })
      const row = rowOf(before, aim({ ...verdict, verdict: "LIMITED", ...said }, execution))
      return row === null ? null : accountChanges(row)
    }
    const until = { resumeAt: 9_000, limitCause: "usage" } as const
    expect(changes([judge], until)).toEqual([{ account: "judges", event: { _tag: "LimitSeen", until: 9_000 } }])
    for (const limitCause of ["authentication", "billing"] as const) {
      // It is tried again then, but a person is needed now.
      expect(changes([judge], { resumeAt: 9_000, limitCause, at: 4_000 })).toMatchObject([
        { account: "judges", event: { _tag: "AuthenticationFailed", at: 4_000 } }
      ])
    }
    expect(changes([judge], { verdict: "FAIL", resumeAt: null })).toEqual([])
    expect(changes([{ _tag: "Brain", prompt: "?", timeoutMin: 5 }], until)).toEqual([])
    expect(changes([command], until)).toEqual([])
    expect(changes([], until)).toEqual([])
  })

  it("EXE-5 a limit that is told only when the attempt is dead is the account's too, unless it was known", () => {
    for (const execution of executions) {
      if (execution._tag !== "Stopping") continue
      for (const cause of ["usage", "authentication", "billing"] as const) {
        const limit = { until: 9_000, cause }
        const event: ExecutionEvent = { _tag: "VerifiedDead", attempt: null, run: null, facts: { ...facts, limit } }
        const isKnown = execution.ending._tag === "Limited" && cause !== "usage"
        const isNews = execution.subject._tag === "Agent" && !isKnown
        const told = cause === "usage" ? "LimitSeen" : "AuthenticationFailed"
        expect(wordsOf(execution, event)).toBe(isNews ? told : "")
      }
    }
  })

  it("TCK-10 an account never waits for a canary that is not at work, in no life of its task", () => {
    let canaries = 0
    fc.assert(
      fc.property(fc.constantFrom(...flows), moves(), (flow, life) => {
        const walk = new Walk(submitted(flow))
        let account = Account.open("sh")
        let seen = 0
        for (const move of [{ kind: "operator", n: 0 } as const, ...life]) {
          walk.take(move)
          for (const entry of walk.entries.slice(seen)) {
            for (const { event } of accountChanges(entry)) account = Account.step(account, event)
          }
          seen = walk.entries.length
          if (account.window._tag !== "Canary") continue
          canaries++
          const { execution } = walk.task
          expect([usesAccount(execution), attemptOf(execution)?.number]).toEqual([true, account.window.canary.attempt])
        }
      }),
      { numRuns: 200 }
    )
    expect(canaries).toBeGreaterThan(20)
  })
})
