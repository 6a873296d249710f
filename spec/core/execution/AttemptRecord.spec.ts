import { expect, it } from "vitest"
import { noProgress } from "../../../core/execution/AttemptRecord.ts"
import * as Spend from "../../../core/execution/Spend.ts"
import * as WorkProgress from "../../../core/execution/WorkProgress.ts"
import { spendBasis } from "../../../core/task/AgentDefinition.ts"

it("EXE-9 an attempt begins with the totals of the one before it, where its program counts on from them", () => {
  const told = Spend.report(Spend.unused, { session: "s", costUsd: 3, tokens: null })
  const previous = { ...noProgress(1), costUsd: 3, spend: told, session: "s", toolTurns: 4 }
  const cost = (basis: Spend.Basis) => {
    const begun = noProgress(2, { progress: previous, basis })
    expect(begun).toMatchObject({ session: null, costUsd: null, toolTurns: 0, lastProgressAt: 2 })
    return Spend.costOf(Spend.report(begun.spend, { session: "s", costUsd: 5, tokens: null }), null)
  }
  expect([cost("conversation"), cost("run")]).toEqual([2, 5])
  expect((["command", "claude-code", "codex", "opencode"] as const).map(spendBasis)).toEqual([
    "conversation",
    "run",
    "conversation",
    "run"
  ])
})

it("EXE-7 what an attempt before it has read is nothing new to an attempt", () => {
  const previous = { ...noProgress(1), reads: WorkProgress.read(WorkProgress.noReads, "/work/a.ts") }
  const { reads } = noProgress(2, { progress: previous, basis: "conversation" })
  expect(WorkProgress.read(reads, "/work/a.ts").grew).toBe(false)
  expect(WorkProgress.read(reads, "/work/b.ts").grew).toBe(true)
  expect(WorkProgress.read(noProgress(2).reads, "/work/a.ts").grew).toBe(true)
})
