/** The one timer that a hard limit sets on its task: when it is due, and what takes it away. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Execution, Of } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import { step } from "../../../core/execution/Step.ts"
import { role } from "../../../core/stage/Projection.ts"
import { record } from "../../../core/task/Record.ts"
import type { Task } from "../../../core/task/Task.ts"
import { decide, plan } from "../../../core/tick/Tick.ts"
import { stageEvents } from "../arbitraries/Examples.ts"
import { process } from "./Pairs.ts"
import {
  actionOf,
  attempt,
  limitedAccount,
  minute,
  moved,
  now,
  policy,
  stageMoved,
  taskOf,
  viewOf,
  worldOf
} from "./Worlds.ts"

const own = attempt()
const of = { attempt: own.number, at: now }

const alone = (resumeAt: number): Of<"Limited"> => ({
  _tag: "Limited",
  attempt: own,
  carrier: null,
  resumeAt,
  limitedAt: now - minute,
  since: now - 2 * minute
})

const after = (execution: Execution, events: ReadonlyArray<ExecutionEvent>): Execution =>
  events.reduce((current, event) => {
    const result = step(current, event)
    return result._tag === "Next" ? result.execution : current
  }, execution)

const at = fc.integer({ min: 1, max: 600 }).map((minutes) => now + minutes * minute)
const limit = at.map((resumeAt): ExecutionEvent => ({ _tag: "RateLimited", ...of, resumeAt, process }))

describe("the timer of a limit", () => {
  it("EXE-5 however often and in whichever order it is told, there is one timer, at the latest time that was named", () => {
    const facts = {
      merge: "none",
      dirty: false,
      moved: false,
      progressed: true,
      resumable: true,
      qa: null,
      tree: "t",
      costUsd: 0,
      failure: { attemptsLeft: true, until: now, feedback: null }
    } as const
    fc.assert(
      fc.property(
        fc.array(limit, { maxLength: 4 }),
        at,
        fc.array(limit, { maxLength: 3 }),
        at,
        (before, end, late, last) => {
          const running: Execution = {
            _tag: "Running",
            attempt: own,
            carrier: { _tag: "Process", process },
            since: now
          }
          const told = [...before, ...late].flatMap((each) => ("resumeAt" in each ? [each.resumeAt ?? 0] : []))
          const latest = Math.max(end, last, ...told)
          const dead = { ...facts, limit: { until: latest, cause: "usage" } } as const
          const events: ReadonlyArray<ExecutionEvent> = [
            ...before,
            { _tag: "Ended", ...of, how: { _tag: "Limited", resumeAt: end } },
            ...late,
            { _tag: "VerifiedDead", attempt: own.number, run: null, facts: dead },
            ...late
          ]
          expect(after(running, events)).toMatchObject({ _tag: "Limited", carrier: null, resumeAt: latest })
        }
      )
    )
  })

  it("EXE-5 nothing begins before the vendor's reset time, and something is asked for at it", () => {
    fc.assert(
      fc.property(at, fc.integer({ min: 0, max: 900 * minute }), (resumeAt, later) => {
        const moment = now + later
        const task = taskOf({ execution: alone(resumeAt) })
        const proposal = decide(viewOf(task), { now: moment, policy })
        if (moment < resumeAt) expect(proposal).toEqual({ _tag: "Wait", wait: { _tag: "Limited", until: resumeAt } })
        else expect(actionOf(proposal)?._tag).toBe("Spawn")
        const launch: ExecutionEvent = {
          _tag: "Launch",
          attempt: { ...own, number: task.facts.nextAttempt },
          preparing: false,
          at: moment
        }
        expect(Either.isRight(record(task, [moved(launch)], "tick", policy))).toBe(moment >= resumeAt)
      })
    )
  })

  it("EXE-5 without a time the account waits as long as the policy says, from the moment it was told", () => {
    const account = limitedAccount("worker", now + policy.limitFallbackMs)
    const world = (later: number) => worldOf([viewOf(taskOf())], { accounts: [account], now: now + later })
    expect(plan(world(policy.limitFallbackMs - 1)).actions).toEqual([])
    expect(plan(world(policy.limitFallbackMs)).actions).toMatchObject([{ _tag: "Spawn", trial: true }])
  })

  it("EXE-5 whatever moves, stops, ends or deletes the task takes the timer away", () => {
    const task = taskOf({ execution: alone(now + 60 * minute) })
    const met = new Set<string>()
    for (const each of stageEvents) {
      const event = "visit" in each && each.visit !== null ? { ...each, visit: task.visit } : each
      const result = record(task, [stageMoved(event)], "operator", policy)
      if (Either.isLeft(result)) continue
      const next: Task = result.right.task
      const action = actionOf(decide(viewOf(next), { now, policy }))
      expect([event._tag, action]).toMatchObject([
        event._tag,
        { _tag: "Record", events: [{ event: { _tag: "Reset" } }] }
      ])
      met.add(event._tag)
    }
    for (const each of ["Abandon", "Freeze", "Block", "HoldForReview", "Demote", "Reject", "Supersede", "Retry"]) {
      expect([...met]).toContain(each)
    }
    const stopped = after(alone(now + 60 * minute), [{ _tag: "Stop", ...of, run: null, why: "Operator" }])
    expect(stopped).toMatchObject({ _tag: "Stopping", ending: { _tag: "Stopped", why: "Operator" } })
  })

  it("EXE-5 a task whose timer was taken away still waits for its account, if it has an agent's stage", () => {
    const task = taskOf()
    expect(role(task.stage)).toBe("coder")
    const accounts = [limitedAccount("worker", now + minute)]
    expect([...plan(worldOf([viewOf(task)], { accounts })).waiting.values()]).toEqual([
      { _tag: "Limited", until: now + minute }
    ])
  })
})
