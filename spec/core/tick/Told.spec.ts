/** What a person is told about a task, word for word, and when it is taken back: a row each. */
import { describe, expect, it } from "vitest"
import type { Execution } from "../../../core/execution/Execution.ts"
import type { MergeFailureKind } from "../../../core/stage/MergeFailureKind.ts"
import * as MergeFailure from "../../../core/stage/MergeFailureKind.ts"
import type { Of, Stage } from "../../../core/stage/Stage.ts"
import { attention, isUnprovable } from "../../../core/tick/Attention.ts"
import { timed } from "../../../core/tick/Context.ts"
import type { Observation, OwnView } from "../../../core/tick/World.ts"
import { type Case, own, running } from "./Decided.ts"
import { minute, now, policy, taskOf, viewOf } from "./Worlds.ts"

/** `+key: text` for what is raised, `-key` for what is cleared. */
const told = ({ task, view }: Case): ReadonlyArray<string> =>
  attention(viewOf(taskOf(task), view), timed({ now, policy })).map((action) => {
    expect(action).toMatchObject({ task: 1, revision: 10 })
    if (action._tag === "RaiseAttention") return `+${action.key}: ${action.text}`
    return action._tag === "ClearAttention" ? `-${action.key}` : action._tag
  })

const table = (rows: ReadonlyArray<readonly [what: string, Case, ReadonlyArray<string>]>): void => {
  for (const [what, given, expected] of rows) expect([what, told(given)]).toEqual([what, expected])
}

const stopping = (age: number): Execution => ({
  _tag: "Stopping",
  subject: { _tag: "Agent", attempt: own },
  carrier: null,
  ending: { _tag: "Clean" },
  since: now - age
})

const of = (stage: Stage, attention: OwnView["attention"] = []): Case => ({ task: { stage }, view: { attention } })
const seen = (execution: Execution, view: Partial<OwnView>): Case => ({ task: { execution }, view })
const unknown: Observation = { _tag: "Unknown", why: "no more files" }
const survivors: Observation = { _tag: "Survivors", pids: [12, 34] }

describe("what a person is told about a task", () => {
  it("TCK-6 a task that waits for a person says why, once, and takes it back when it waits no more", () => {
    const branch = { branch: "drover/1", commitsAhead: 1, verified: true }
    const failed = (
      kind: MergeFailureKind,
      tag: "MergeFailure" | "MergeFailureFinal" = "MergeFailure"
    ): Of<"MergeFailure" | "MergeFailureFinal"> => ({
      _tag: tag,
      ...branch,
      kind,
      strikes: 3
    })
    const other: MergeFailureKind = { _tag: "Other", detail: "no such remote" }
    const conflict: MergeFailureKind = { _tag: "Conflict", files: ["a"] }
    const review: Stage = { _tag: "ReviewHold", resumeTo: { _tag: "Qa" }, reason: "look at it" }
    const held = "+task:1:held: a task: "
    table([
      ["at work", of({ _tag: "Qa" }), []],
      ["in review", of(review), [`${held}look at it`]],
      ["in review, and told", of(review, ["task:1:held"]), []],
      ["in review no more", of({ _tag: "Qa" }, ["task:1:held"]), ["-task:1:held"]],
      ["another's item", of({ _tag: "Qa" }, ["task:11:held", "guard:x"]), []],
      ["several items", of({ _tag: "Qa" }, ["task:1:unknown", "task:1:held"]), ["-task:1:held", "-task:1:unknown"]],
      ["one of two items", of(review, ["task:1:unknown", "task:1:held"]), ["-task:1:unknown"]],
      [
        "blocked",
        of({ _tag: "Blocked", resumeTo: { _tag: "Qa" }, reason: { _tag: "Operator", text: "too risky" } }),
        [`${held}too risky`]
      ],
      [
        "not landed at last",
        of(failed(conflict, "MergeFailureFinal")),
        [`${held}landing failed 3 times: ${MergeFailure.describe(conflict)}`]
      ],
      [
        "not landed, and nobody can mend it",
        of(failed(other)),
        [`${held}landing failed: ${MergeFailure.describe(other)}`]
      ],
      ["not landed, and an agent mends it", of(failed(conflict)), []]
    ])
    const inTheWay = { landingHeld: "main is checked out" }
    const merge: Stage = { _tag: "Merge", ...branch }
    const item = "task:1:landing"
    table([
      ["something in the way", { task: { stage: merge }, view: inTheWay }, [`+${item}: a task: main is checked out`]],
      ["told of it", { task: { stage: merge }, view: { ...inTheWay, attention: [item] } }, []],
      ["nothing in the way any more", of(merge, [item]), [`-${item}`]],
      [
        "sent back meanwhile",
        { task: { stage: { _tag: "Qa" } }, view: { ...inTheWay, attention: [item] } },
        [`-${item}`]
      ]
    ])
  })

  it("TCK-4 what can not be seen is told with its reason, and clears nothing that it hides", () => {
    table([
      [
        "an agent",
        seen(running(), { observation: unknown }),
        ["+task:1:unknown: a task: its processes can not be seen: no more files"]
      ],
      [
        "a verifier",
        seen(running(), { run: { _tag: "Unknown", why: "gone" } }),
        ["+task:1:unknown: a task: its verifier can not be seen: gone"]
      ],
      ["seen again", seen(running(), { attention: ["task:1:unknown"] }), ["-task:1:unknown"]],
      ["seen all the time", seen(running(), { run: { _tag: "Alive" } }), []],
      [
        "a stop that nobody looked at",
        seen(stopping(0), { attention: ["task:1:held", "task:1:unknown"] }),
        ["-task:1:held"]
      ],
      [
        "a stop that was looked at",
        seen(stopping(0), { observation: { _tag: "BeingStopped" }, attention: ["task:1:unknown"] }),
        ["-task:1:unknown"]
      ]
    ])
  })

  it("PRC-2 what survives its stop is told by its pids after a while, and as long as nobody proved it dead", () => {
    const { survivorAttentionMs: patience } = policy
    const raised = (pids: string) => [`+task:1:survivors: a task: could not be stopped: ${pids}`]
    const blind = { observation: unknown, attention: ["task:1:unknown"] }
    const open = { attention: ["task:1:survivors"] }
    table([
      ["some, for a moment", seen(stopping(patience - 1), { observation: survivors }), []],
      ["some, for long", seen(stopping(patience), { observation: survivors }), raised("12, 34")],
      ["not seen for a while", seen(stopping(0), { ...blind, unknownSince: now - 10 * minute + 1 }), []],
      [
        "not seen for long",
        seen(stopping(0), { ...blind, unknownSince: now - 10 * minute }),
        raised("unknown processes")
      ],
      ["not seen, since nobody knows when", seen(stopping(60 * minute), blind), []],
      ["tried again", seen(stopping(0), { ...open, observation: { _tag: "BeingStopped" } }), []],
      ["nobody looked yet", seen(stopping(0), open), []],
      [
        "dead",
        seen(stopping(60 * minute), { ...open, observation: { _tag: "Dead", how: { _tag: "Clean" } } }),
        ["-task:1:survivors"]
      ],
      ["not stopping", seen(running(), { ...open, observation: survivors }), ["-task:1:survivors"]]
    ])
    const view = viewOf(taskOf({ execution: stopping(patience) }), { observation: survivors })
    expect(isUnprovable(view, { now, policy })).toBe(true)
    expect(isUnprovable(view, { now: now - 1, policy })).toBe(false)
  })
})
