/** What an agent has finished is judged, reminded of a promise or not: nothing that keeps a reminder away keeps the work. */
import fc from "fast-check"
import { describe, expect, inject, it } from "vitest"
import type { Execution } from "../../../core/execution/Execution.ts"
import { plan } from "../../../core/tick/Tick.ts"
import type { TaskView, World } from "../../../core/tick/World.ts"
import { alive, backoff, byProcess, decided, facts, next, own, seen, spawns, stops, verifies } from "./Decided.ts"
import { deathFacts } from "./Pairs.ts"
import { attempt, cleanTree, limitedAccount, minute, now, policy, second, taskOf, viewOf, worldOf } from "./Worlds.ts"

const nudge = spawns({ attempt: { ...next, mode: "Nudge" }, session: "s1" })
const resumable = { resumableSession: "s1", left: cleanTree.tree, tree: cleanTree }
const finished = { ...resumable, left: "tree-0" }

/** One that has ended with a promise, so long ago. */
const view = (ago: number): TaskView =>
  viewOf(taskOf({ execution: backoff("Nudge", now - ago), facts: { worked: 1 } }), resumable)

describe("a reminder", () => {
  it("CLM-8 what is finished is reminded or judged, and nothing else: whatever was spent, counted, failed or changed", () => {
    const elsewhere = fc.constantFrom(
      null,
      { feedbackNumber: 1, tree: "tree-0" },
      { feedbackNumber: 1, tree: "tree-1" }
    )
    fc.assert(
      fc.property(
        fc.record({
          spentUsd: fc.constantFrom(0, 4.9, 5, 5.1),
          attemptsWithoutProgress: fc.nat(4),
          respawnsWithoutCommit: fc.nat(4),
          abortsInARow: fc.nat(4),
          qaRounds: fc.nat(9),
          attemptsUsed: fc.nat(4),
          failed: elsewhere
        }),
        fc.constantFrom(null, "s1"),
        fc.constantFrom("tree-0", cleanTree.tree, null),
        fc.constantFrom("warn" as const, "block" as const),
        fc.nat(2 * minute),
        (varied, resumableSession, left, onDrift, ago) => {
          const task = {
            execution: backoff("Nudge", now - ago),
            spec: { budgetUsd: 5 },
            facts: { worked: 1, ...varied }
          }
          const proposal = decided({ task, view: { tree: cleanTree, resumableSession, left }, policy: { onDrift } })
          const isCapped =
            varied.spentUsd >= 5 ||
            varied.attemptsWithoutProgress >= policy.maxAttemptsWithoutProgress ||
            varied.respawnsWithoutCommit >= policy.maxRespawnsWithoutCommit ||
            varied.abortsInARow >= policy.maxAborts ||
            varied.qaRounds > policy.maxQaRounds
          const isDrifted = left === "tree-0"
          const isReminded =
            !isCapped && resumableSession !== null && !(isDrifted && onDrift === "block") && ago < minute
          expect(proposal).toEqual(
            !isReminded
              ? verifies("coder", true)
              : isDrifted
                ? spawns({ attempt: { ...next, mode: "Nudge" }, session: "s1", drifted: true })
                : nudge
          )
        }
      ),
      { numRuns: 10 * inject("runs") }
    )
  })

  it("CLM-8 what is judged only after somebody commits it, or can not be at all, is blocked as anything else is", () => {
    const spent = { worked: 1, spentUsd: 5 }
    const at = (tree: TaskView["tree"], worked = 1) =>
      decided(
        facts(
          { ...spent, worked },
          { task: { execution: backoff("Nudge"), spec: { budgetUsd: 5 } }, view: { ...finished, tree } }
        )
      )
    const escalated = { _tag: "Act", action: { _tag: "EscalateHuman", reason: { _tag: "OverBudget" } } }
    expect(at({ ...cleanTree, isDirty: true })).toMatchObject(escalated)
    expect(at(cleanTree, 0)).toMatchObject(escalated)
    expect(at(null)).toEqual({ _tag: "Wait", wait: { _tag: "Unobserved" } })
  })

  it("CLM-8 a session of the mailbox is given the work of whoever can not be reminded, and not what another has promised", () => {
    const mailbox = { session: "m1", isBusy: false }
    const of = (resumableSession: string | null) =>
      decided({
        task: { execution: backoff("Nudge"), facts: { worked: 0 } },
        view: { mailbox, resumableSession, tree: cleanTree }
      })
    expect(of("s1")).toEqual(nudge)
    expect(of(null)).toMatchObject({ action: { _tag: "AssignViaMailbox", session: "m1" } })
  })

  it("CLM-8 where nobody may be reminded now, it is waited for a minute, and the work is judged then", () => {
    const worlds: ReadonlyArray<Partial<World>> = [
      { isDraining: true },
      { pressure: "memory is short" },
      { accounts: [limitedAccount("worker", now + 60 * minute)] }
    ]
    for (const world of worlds) {
      const early = plan(worldOf([view(minute - 1)], world))
      expect(early.actions).toEqual([])
      expect(early.waiting.size).toBe(1)
      const late = plan(worldOf([view(minute)], world))
      expect(late.actions).toMatchObject([
        { _tag: "Record", events: [{ event: { _tag: "Reset" } }, { event: { _tag: "VerifyBegin" } }] }
      ])
    }
  })

  it("CLM-8 who is to be reminded is reminded at once, and a failure is tried again later as ever", () => {
    const stopping: Execution = {
      _tag: "Stopping",
      subject: { _tag: "Agent", attempt: own },
      carrier: byProcess,
      ending: { _tag: "Clean" },
      since: now - second
    }
    const untilOf = (varied: Partial<typeof deathFacts> & { readonly promised?: true }) => {
      const observation = { _tag: "Emptied", facts: { ...deathFacts, ...varied } } as const
      const proposal = decided(seen(stopping, observation, { task: { facts: { failuresInARow: 5 } } }))
      const action = proposal._tag === "Act" ? proposal.action : null
      const [row] = action?._tag === "Record" ? action.events : []
      const event = row?._tag === "ExecutionMoved" ? row.event : null
      return event?._tag === "VerifiedDead" ? event.facts.failure.until : null
    }
    expect(untilOf({ promised: true })).toBe(now)
    expect(untilOf({})).toBeGreaterThan(now)
    expect(untilOf({ promised: true, resumable: false })).toBeGreaterThan(now)
    expect(untilOf({ promised: true, dirty: true })).toBeGreaterThan(now)
  })

  it("CLM-8 a reminder that its provider holds up is stopped, whatever else would wait for the limit", () => {
    const limited = (mode: "Nudge" | "Cold"): Execution => ({
      _tag: "Limited",
      attempt: attempt({ mode }),
      carrier: byProcess,
      resumeAt: now + minute,
      limitedAt: now,
      since: now - minute
    })
    const still = alive({ limitedUntil: now + minute })
    expect(decided(seen(limited("Nudge"), still))).toEqual(stops("Inactive"))
    expect(decided(seen(limited("Cold"), still))._tag).toBe("Wait")
    expect(decided(seen(limited("Nudge"), alive()))).toMatchObject({
      action: { events: [{ event: { _tag: "LimitLifted" } }] }
    })
  })
})
