import fc from "fast-check"
import { expect, it } from "vitest"
import { accountOf } from "../../../core/account/Account.ts"
import { accountChanges } from "../../../core/account/AccountChange.ts"
import { sessionFor } from "../../../core/agent/Resume.ts"
import { noProgress } from "../../../core/execution/AttemptRecord.ts"
import { attemptOf } from "../../../core/execution/Execution.ts"
import type { TaskEvent } from "../../../core/task/Apply.ts"
import { AttemptNumber } from "../../../core/task/Identifiers.ts"
import { agentAtWork, agentFor, modelFor } from "../../../core/task/RoleAgents.ts"
import { soleAgentOf } from "../../../core/tick/Occupancy.ts"
import * as Words from "../arbitraries/Words.ts"
import { submitted } from "../arbitraries/Tasks.ts"

const agent = (name: string, model: string | null = null) => ({
  name,
  kind: "codex" as const,
  command: name,
  args: [],
  env: {},
  passEnv: [],
  model
})
const flow = { qa: "agent", merge: "squash", start: "auto" } as const
const own = agent("own", "small")
const [judge, mender] = [{ ...agent("judge"), account: "theirs", exclusive: true }, agent("mender", "large")]
const task = submitted(flow, { agent: own, model: "mine", roleAgents: { qa: judge, merger: mender } })

it("EXE-8 each role has the agent that was named for it, else the task's own, with the model of that agent", () => {
  const roles = ["coder", "qa", "merger"] as const
  expect(roles.map((role) => agentFor(task.spec, role))).toEqual([own, judge, mender])
  expect(roles.map((role) => modelFor(task.spec, role))).toEqual(["mine", null, "large"])
  const alone = submitted(flow, { agent: own, roleAgents: { qa: judge } }).spec
  expect(roles.map((role) => agentFor(alone, role))).toEqual([own, judge, own])
  expect(modelFor(alone, "merger")).toBe("small")
})

it("TCK-10 a task is under the account, and keeps the exclusive agent, of whoever is at work on it or would be next", () => {
  fc.assert(
    fc.property(Words.stage, Words.execution, (stage, execution) => {
      const now = { ...task, stage, execution }
      const next = { Qa: judge, MergeFailure: mender }
      const role = attemptOf(execution)?.role
      const byStage = stage._tag === "Qa" || stage._tag === "MergeFailure" ? next[stage._tag] : own
      const expected = role === undefined ? byStage : agentFor(task.spec, role)
      const isLive = role !== undefined || stage._tag !== "MergeFailure"
      // Who mends a failed landing depends on why it failed.
      if (!isLive) return
      expect(agentAtWork(now)).toBe(expected)
      expect(accountOf(now)).toBe(expected === judge ? "theirs" : expected.name)
      expect(soleAgentOf(now)).toBe(expected === judge ? "judge" : null)
    })
  )
})

it("TCK-10 an attempt begins under the account of its own role's agent", () => {
  const attempt = { number: AttemptNumber.make(1), role: "qa", visit: 2, feedbackNumber: 1, mode: "Cold" } as const
  const event: TaskEvent = { _tag: "ExecutionMoved", event: { _tag: "Launch", attempt, preparing: false, at: 1 } }
  const entry = { revision: 1, event, cause: "tick", before: task, after: task } as const
  expect(accountChanges(entry).map(({ account }) => account)).toEqual(["theirs"])
})

it("EXE-10 a conversation is gone on with by the agent whose it is, and by no other", () => {
  const record = { agent: "own", progress: { ...noProgress(0), session: "s" } }
  expect([own, judge, { ...own, kind: "command" as const }].map((each) => sessionFor(each, record))).toEqual([
    "s",
    null,
    null
  ])
})
