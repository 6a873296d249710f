/** Files that changed while no attempt was at work: a session that is resumed would believe what is not true any more. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { compose } from "../../../core/agent/Prompt.ts"
import type { Execution } from "../../../core/execution/Execution.ts"
import { unaddressedTree } from "../../../core/execution/Execution.ts"
import type { Policy } from "../../../core/policy/Policy.ts"
import type { Task } from "../../../core/task/Task.ts"
import { needsTree } from "../../../core/tick/DecideStage.ts"
import { decide } from "../../../core/tick/Tick.ts"
import { process } from "./Pairs.ts"
import { actionOf, attempt, cleanTree, minute, now, policy, taskOf, type Varied, viewOf } from "./Worlds.ts"

const own = attempt()
const backoff = (mode: "Retry" | "Resume" | "CommitOnly"): Execution => ({
  _tag: "Backoff",
  attempt: own,
  until: now,
  mode,
  feedback: null
})
const limited: Execution = {
  _tag: "Limited",
  attempt: own,
  carrier: null,
  resumeAt: now,
  limitedAt: now - minute,
  since: now - minute
}

/** All that may resume a session. */
const resumes = [backoff("Resume"), backoff("CommitOnly"), limited]
const trees = fc.constantFrom(null, "tree-1", "tree-2", unaddressedTree)

const contextOf = (onDrift: Policy["onDrift"]) => ({ now, policy: { ...policy, onDrift } })

interface Seen {
  readonly left: string | null
  readonly tree: string | null
  readonly session: string | null
}

const asked = (task: Task, { left, session, tree }: Seen, onDrift: Policy["onDrift"]) =>
  decide(
    viewOf(task, { left, resumableSession: session, tree: tree === null ? null : { ...cleanTree, tree } }),
    contextOf(onDrift)
  )

describe("drift", () => {
  it("EXE-11 a session is resumed on the files it left, or it is told, or a person decides; nothing else asks for more", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...resumes, backoff("Retry")),
        fc.constantFrom(null, "tree-1"),
        trees,
        fc.constantFrom(null, "s"),
        fc.constantFrom("block" as const, "warn" as const),
        (execution, left, tree, session, onDrift) => {
          const task = taskOf({ execution })
          const isResumed = session !== null && resumes.includes(execution)
          const hasDrifted = isResumed && left !== null && tree === "tree-2"
          const proposal = asked(task, { left, tree, session }, onDrift)
          if (left !== null && tree === null && isResumed) {
            expect(proposal).toEqual({ _tag: "Wait", wait: { _tag: "Unobserved" } })
            expect(needsTree(task, now)).toBe(true)
          } else if (hasDrifted && onDrift === "block") {
            expect(actionOf(proposal)).toMatchObject({ _tag: "EscalateHuman", reason: { _tag: "Drifted" } })
          } else if (proposal._tag !== "Wait") {
            expect(actionOf(proposal)).toMatchObject({ _tag: "Spawn", session: isResumed ? session : null })
            expect(actionOf(proposal) ?? {}).toSatisfy((action: object) => "drifted" in action === hasDrifted)
          }
        }
      )
    )
  })

  it("EXE-11 the tree is looked at when the session is about to be resumed, not when its limit began", () => {
    for (const execution of [
      { ...limited, resumeAt: now + minute },
      { ...backoff("Resume"), until: now + minute }
    ]) {
      const task = taskOf({ execution })
      expect([needsTree(task, now), needsTree(task, now + minute)]).toEqual([false, true])
    }
    const retried = { ...backoff("Retry"), until: now }
    expect(needsTree(taskOf({ execution: retried }), now)).toBe(false)
    const alive = { ...limited, carrier: { _tag: "Process", process } as const }
    expect(needsTree(taskOf({ execution: alive }), now)).toBe(false)
  })

  it("EXE-15 the tree is looked at where it decides: for work that is judged, and where no verifier runs to look itself", () => {
    const verifying = {
      _tag: "Verifying",
      attempt: attempt(),
      index: 0,
      run: null,
      passed: [],
      restarts: 0,
      notBefore: null
    } as const
    const worked = { facts: { worked: 1 } }
    const looks = (varied: Varied) => needsTree(taskOf(varied), now)
    expect(looks({ execution: verifying })).toBe(false)
    expect(looks({ execution: verifying, spec: { verify: [] } })).toBe(true)
    expect([looks({}), looks(worked)]).toEqual([false, true])
    expect(looks({ ...worked, stage: { _tag: "Backlog" } })).toBe(false)
    const launching = { _tag: "Launching", attempt: attempt(), since: now, preparing: false } as const
    expect(looks({ ...worked, execution: launching })).toBe(false)
  })

  it("EXE-11 a session that is told reads of it in its prompt, and no other does", () => {
    const parts = { prompt: "do it", role: "coder", mode: "Warm", feedback: null, verifiers: [] } as const
    expect(compose({ ...parts, isDrifted: true })).toMatch(/^do it\n\n## The files have changed\n\n[^]*read again/)
    for (const isDrifted of [false, undefined]) {
      expect(compose({ ...parts, ...(isDrifted === undefined ? {} : { isDrifted }) })).toBe("do it")
    }
  })
})
