import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { Execution } from "../../../core/execution/Execution.ts"
import * as BlockReason from "../../../core/stage/BlockReason.ts"
import * as MergeFailureKind from "../../../core/stage/MergeFailureKind.ts"
import {
  isHeld,
  isTerminal,
  type Pipeline,
  pipeline,
  role,
  type Status,
  status,
  table
} from "../../../core/stage/Projection.ts"
import type * as Stage from "../../../core/stage/Stage.ts"
import { type TaskState, taskState, words } from "../../../core/stage/TaskState.ts"
import { kinds, reasons, stages } from "../arbitraries/Examples.ts"
import * as Words from "../arbitraries/Words.ts"

/** The two words of every stage as users know them; `?`: those of the stage it holds. */
const board: { readonly [T in Stage.Tag]: readonly [Pipeline | "?", Status] } = {
  Upcoming: ["backlog", "active"],
  Backlog: ["backlog", "active"],
  Coding: ["coding", "active"],
  Qa: ["qa", "active"],
  ReviewHold: ["qa", "review-hold"],
  Merge: ["merge", "active"],
  MergeFailure: ["merge", "merge-failure"],
  MergeFailureFinal: ["merge", "merge-failure-final"],
  Blocked: ["?", "blocked"],
  Frozen: ["?", "frozen"],
  Done: ["done", "done"],
  Abandoned: ["closed", "abandoned"],
  Superseded: ["closed", "superseded"],
  Rejected: ["closed", "rejected"],
  Archived: ["archived", "active"]
}

const columnOf = (stage: Stage.Stage): string => {
  const [column] = board[stage._tag]
  if (column !== "?") return column
  return "resumeTo" in stage && stage.resumeTo._tag !== "Finish" ? columnOf(stage.resumeTo) : "no column"
}

const idle: Execution = { _tag: "Idle" }

/** What an idle task is called when nothing holds it back. */
const idleWord: { readonly [T in Stage.Tag]: TaskState | "by its origin" | "by its kind" } = {
  Upcoming: "PENDING",
  Backlog: "READY",
  Coding: "READY",
  Qa: "READY",
  ReviewHold: "NEEDS_HUMAN",
  Merge: "READY",
  MergeFailure: "by its kind",
  MergeFailureFinal: "NEEDS_HUMAN",
  Blocked: "NEEDS_HUMAN",
  Frozen: "PENDING",
  Done: "DONE",
  Abandoned: "CANCELLED",
  Superseded: "CANCELLED",
  Rejected: "CANCELLED",
  Archived: "by its origin"
}

const idleWordOf = (stage: Stage.Stage): TaskState => {
  const word = idleWord[stage._tag]
  if (word === "by its origin") return "from" in stage && stage.from === "Done" ? "DONE" : "CANCELLED"
  return word === "by its kind" ? (role(stage) === null ? "NEEDS_HUMAN" : "READY") : word
}

describe("what a stage looks like", () => {
  it("STG-5 every stage has the column and the badge that users know it by", () => {
    fc.assert(
      fc.property(Words.stage, (stage) => {
        const [column, badge] = board[stage._tag]
        expect([pipeline(stage), status(stage)]).toEqual([columnOf(stage), badge])
        expect(table[stage._tag]).toEqual({ column: column === "?" ? "held" : column, status: badge })
      }),
      Words.besides(...stages.map((stage): [Stage.Stage] => [stage]))
    )
  })

  it("STG-5 terminal is done, closed or archived; held is what a person must let go", () => {
    for (const stage of stages) {
      expect(isTerminal(stage)).toBe(["done", "closed", "archived"].includes(columnOf(stage)))
      const held = ["Blocked", "Frozen", "ReviewHold", "MergeFailureFinal"].includes(stage._tag)
      expect(isHeld(stage)).toBe(held)
    }
  })

  it("STG-5 a coder works in Coding, QA in Qa, a merger after a conflict or a failed build, and nobody elsewhere", () => {
    const roles = kinds.map((kind) =>
      role({ _tag: "MergeFailure", branch: "b", commitsAhead: 1, verified: true, kind, strikes: 1 })
    )
    expect(roles).toEqual(["merger", "merger", null, null, null, null, null])
    expect(kinds.map(MergeFailureKind.mender)).toEqual([
      "merger",
      "merger",
      "coder",
      "coder",
      "coder",
      "person",
      "person"
    ])
    for (const stage of stages) {
      if (stage._tag === "Coding") expect(role(stage)).toBe("coder")
      else if (stage._tag === "Qa") expect(role(stage)).toBe("qa")
      else if (stage._tag !== "MergeFailure") expect(role(stage)).toBeNull()
    }
  })

  it("STG-5 every reason to stop and every failed landing has one line for people", () => {
    const lines = [...reasons.map(BlockReason.describe), ...kinds.map(MergeFailureKind.describe)]
    for (const line of lines) expect(line).toMatch(/^[^\n]+$/)
    expect(new Set(lines).size).toBe(lines.length)
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (lastFailure) => {
        const line = BlockReason.describe({ _tag: "RetriesExhausted", lastFailure: `a\nb${lastFailure}` })
        expect(line.length).toBeLessThan(160)
        expect(line).not.toContain("\n")
      })
    )
  })
})

describe("why a task waits for a person, in a line", () => {
  it("STG-5 what an agent said is shown up to 120 characters, with a mark where it was cut", () => {
    const line = (lastFailure: string | null) => BlockReason.describe({ _tag: "RetriesExhausted", lastFailure })
    expect(line(null)).toBe("no attempt is left")
    expect(line("2 tests\nfailed")).toBe("no attempt is left: 2 tests failed")
    expect(line("x".repeat(120))).toBe(`no attempt is left: ${"x".repeat(120)}`)
    expect(line("x".repeat(121))).toBe(`no attempt is left: ${"x".repeat(119)}…`)
    expect(BlockReason.describe({ _tag: "LaunchFailed", reason: "no such program" })).toBe(
      "the agent could not be started: no such program"
    )
  })

  it("STG-5 a person's own words are shown as they are", () => {
    expect(BlockReason.describe({ _tag: "Operator", text: "ask Ada first" })).toBe("ask Ada first")
    expect(BlockReason.describe({ _tag: "Operator", text: "" })).toBe("blocked by a person")
  })

  it("STG-5 a failed landing says which files or which step, as far as that is known", () => {
    const { describe } = MergeFailureKind
    expect(describe({ _tag: "Conflict", files: ["a.ts", "b.ts"] })).toBe("conflict in a.ts, b.ts")
    expect(describe({ _tag: "Conflict", files: [] })).toBe("conflict in unnamed files")
    expect(describe({ _tag: "GatesFailed", step: "lint", exitCode: 2 })).toBe("lint failed with status 2")
    expect(describe({ _tag: "GatesFailed", step: "test", exitCode: null })).toBe("test did not finish")
    expect(describe({ _tag: "Other", detail: "the base is protected" })).toBe("the base is protected")
  })
})

describe("the ten words of a task", () => {
  it("STG-5 an idle task is called by its stage, and what is held back is PENDING, never READY", () => {
    fc.assert(
      fc.property(Words.stage, fc.boolean(), (stage, isHeldBack) => {
        const word = idleWordOf(stage)
        expect(taskState(stage, idle, { isHeldBack, isUnprovable: false })).toBe(
          isHeldBack && word === "READY" ? "PENDING" : word
        )
      }),
      Words.besides(
        ...stages.flatMap((stage): Array<[Stage.Stage, boolean]> => [
          [stage, true],
          [stage, false]
        ])
      )
    )
  })

  it("STG-5 while something is done about it the execution alone gives the word, whatever the stage", () => {
    fc.assert(
      fc.property(Words.stage, Words.execution, fc.boolean(), (stage, execution, isUnprovable) => {
        fc.pre(execution._tag !== "Idle")
        const word = taskState(stage, execution, { isHeldBack: true, isUnprovable })
        switch (execution._tag) {
          case "Assigned":
            expect(word).toBe("ASSIGNED")
            break
          case "Verifying":
            expect(word).toBe("VERIFYING")
            break
          case "Backoff":
            if (execution.mode === "Retry") expect(word).toBe("RETRYING")
            if (execution.mode === "Resume") expect(word).toBe("RESUMING")
            break
          case "Stopping":
            expect(word).toBe(isUnprovable ? "NEEDS_HUMAN" : "RUNNING")
            break
          default:
            expect(word).toBe("RUNNING")
        }
        expect(words).toContain(word)
      })
    )
  })

  it("STG-5 whose account waits for a person is in need of one, whatever else would be said of it", () => {
    for (const stage of stages) {
      expect(taskState(stage, idle, { isHeldBack: true, isUnprovable: false, isPaused: true })).toBe("NEEDS_HUMAN")
      const said = taskState(stage, idle, { isHeldBack: true, isUnprovable: false })
      expect(taskState(stage, idle, { isHeldBack: true, isUnprovable: false, isPaused: false })).toBe(said)
    }
  })

  it("STG-6 a task is called DONE only when it is done and nothing of it runs any more", () => {
    fc.assert(
      fc.property(Words.stage, Words.execution, (stage, execution) => {
        const isDone = (stage._tag === "Archived" ? stage.from : stage._tag) === "Done"
        expect(taskState(stage, execution) === "DONE").toBe(isDone && execution._tag === "Idle")
      }),
      Words.besides(...stages.map((stage): [Stage.Stage, Execution] => [stage, idle]))
    )
  })
})
