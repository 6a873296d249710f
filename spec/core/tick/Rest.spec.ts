/** The rules at both ends of a task's way: what starts it, what is left when it is done, and the files of its session. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { satisfies } from "../../../core/stage/Projection.ts"
import * as Record from "../../../core/task/Record.ts"
import { key } from "../../../core/tick/Action.ts"
import { decide, plan } from "../../../core/tick/Tick.ts"
import { pick } from "./Fleets.ts"
import { stages } from "./Pairs.ts"
import { actionOf, attempt, cleanTree, id, intentOf, now, policy, taskOf, viewOf, worldOf } from "./Worlds.ts"

const context = { now, policy }
const backlog = { _tag: "Backlog" } as const

describe("the ends of the way", () => {
  it("STG-10 a task starts by itself if and only if every dependency is there and satisfied", () => {
    fc.assert(
      fc.property(fc.array(fc.option(pick(stages)), { maxLength: 4 }), (of) => {
        const dependencies = of.map((stage, at) => ({ id: id(at + 2), stage }))
        const unmet = dependencies.filter(({ stage }) => stage === null || !satisfies(stage)).map((each) => each.id)
        const proposal = decide(viewOf(taskOf({ stage: backlog }), { dependencies }), context)
        if (unmet.length === 0) expect(actionOf(proposal)?._tag).toBe("Promote")
        else expect(proposal).toEqual({ _tag: "Wait", wait: { _tag: "Dependencies", unmet } })
      })
    )
  })

  it("STG-7 a task with a manual start, or one that was not asked for yet, waits for a person whatever is done", () => {
    const manual = decide(viewOf(taskOf({ stage: backlog, flow: { start: "manual" } })), context)
    expect(manual).toEqual({ _tag: "Wait", wait: { _tag: "ManualStart" } })
    const upcoming = decide(viewOf(taskOf({ stage: { _tag: "Upcoming" } })), context)
    expect(upcoming).toEqual({ _tag: "Wait", wait: { _tag: "Upcoming" } })
  })

  it("EXE-15 a pass that was kept through a back-off ends the back-off in the same change", () => {
    const execution = { _tag: "Backoff", attempt: attempt(), until: now, mode: "Retry", feedback: null } as const
    const facts = { worked: 1, passed: { feedbackNumber: 1, tree: cleanTree.tree } }
    const task = taskOf({ execution, facts, flow: { merge: "none" } })
    const action = actionOf(decide(viewOf(task, { tree: cleanTree }), context))
    const result = action === null ? null : Record.record(task, intentOf(task, action, now), "tick", policy)
    expect(result !== null && Either.isRight(result) ? result.right.task : null).toMatchObject({
      stage: { _tag: "Done", verified: true },
      execution: { _tag: "Idle" }
    })
  })

  it("TCK-2 what is done is archived after its time, and not before; its worktree goes first", () => {
    const doneAt = (at: number) =>
      taskOf({ stage: { _tag: "Done", at, landing: { _tag: "Merged", commit: "c" }, verified: true } })
    const old = now - policy.doneRetentionMs
    expect(decide(viewOf(doneAt(old + 1)), context)._tag).toBe("Rest")
    expect(actionOf(decide(viewOf(doneAt(old)), context))).toMatchObject({ _tag: "Archive", at: now })
    expect(actionOf(decide(viewOf(doneAt(old), { worktree: 3 }), context))).toMatchObject({
      _tag: "RemoveWorktree",
      worktree: 3
    })
  })

  it("TCK-2 what was closed is not archived by itself, and what was rejected keeps its worktree for a person", () => {
    const at = now - 100 * policy.doneRetentionMs
    for (const stage of [
      { _tag: "Abandoned", at } as const,
      { _tag: "Superseded", at, by: id(9) } as const,
      { _tag: "Rejected", at, reason: "" } as const
    ]) {
      expect(decide(viewOf(taskOf({ stage })), context)._tag).toBe("Rest")
      const action = actionOf(decide(viewOf(taskOf({ stage }), { worktree: 3 }), context))
      expect(action?._tag).toBe(stage._tag === "Rejected" ? undefined : "RemoveWorktree")
    }
  })

  it("TCK-2 the files of a session's policy become what they should be, each action with a key of its own", () => {
    const actions = (wanted: string | null, present: string | null) =>
      plan(
        worldOf([viewOf(taskOf({ stage: backlog, flow: { start: "manual" } }), { sessionPolicy: { wanted, present } })])
      ).actions
    expect(actions("s1", "s1")).toEqual([])
    expect(actions(null, null)).toEqual([])
    expect(actions("s1", null)).toMatchObject([{ _tag: "WriteSessionPolicy", session: "s1" }])
    expect(actions(null, "s1")).toMatchObject([{ _tag: "ClearSessionPolicy", session: "s1" }])
    expect(actions("s2", "s1").map(({ _tag }) => _tag)).toEqual(["ClearSessionPolicy", "WriteSessionPolicy"])
    const keys = [...actions(null, "s1"), ...actions(null, "s2"), ...actions("s1", null)].map(key)
    expect(new Set(keys).size).toBe(3)
  })

  it("TCK-2 the key of an action names what it is for and the revision it was decided on", () => {
    const of = { task: id(42), revision: 7 }
    expect(key({ _tag: "Promote", ...of })).toBe("Promote:42@7")
    expect(key({ _tag: "Promote", ...of, revision: 8 })).toBe("Promote:42@8")
    const worktree = (n: number) => key({ _tag: "RemoveWorktree", ...of, worktree: n })
    expect(worktree(1)).not.toBe(worktree(2))
    const { nextAttempt, nextRun } = taskOf().facts
    const verifier = (index: number) =>
      key({ _tag: "RunVerifier", ...of, attempt: nextAttempt, run: nextRun, index, revokes: null })
    expect(verifier(0)).not.toBe(verifier(1))
    const item = (kind: string) => key({ _tag: "RaiseAttention", ...of, key: `task:42:${kind}`, text: "" })
    expect(item("held")).not.toBe(item("unknown"))
  })
})
