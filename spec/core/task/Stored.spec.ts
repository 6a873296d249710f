import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { Account } from "../../../core/account/Account.ts"
import { AttemptRecord, Marker, noProgress } from "../../../core/execution/AttemptRecord.ts"
import { Execution } from "../../../core/execution/Execution.ts"
import { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import { BlockReason } from "../../../core/stage/BlockReason.ts"
import { MergeFailureKind } from "../../../core/stage/MergeFailureKind.ts"
import { Stage } from "../../../core/stage/Stage.ts"
import { StageEvent } from "../../../core/stage/StageEvent.ts"
import type { AgentDefinition } from "../../../core/task/AgentDefinition.ts"
import { TaskEvent } from "../../../core/task/Apply.ts"
import { initial } from "../../../core/task/Facts.ts"
import { AttemptNumber, BatchId, RunNumber, TaskId } from "../../../core/task/Identifiers.ts"
import type { Spec } from "../../../core/task/Spec.ts"
import { Task } from "../../../core/task/Task.ts"
import type { Verdict } from "../../../core/verify/Verdict.ts"
import { Verification } from "../../../core/verify/Verification.ts"
import { Verifier } from "../../../core/verify/Verifier.ts"
import { flows, kinds, reasons, stageEvents, stages } from "../arbitraries/Examples.ts"
import { attempt, events, executions, facts, process } from "../arbitraries/Executions.ts"
import { submitted } from "../arbitraries/Tasks.ts"
import { throughJson } from "../arbitraries/Words.ts"
import { damaged } from "../oracles/Damage.ts"

const agents: ReadonlyArray<AgentDefinition> = (["command", "claude-code", "codex", "opencode"] as const).map(
  (kind) => ({
    name: "own",
    kind,
    command: "/bin/own",
    args: ["-p", ""],
    env: { MODE: "quiet" },
    passEnv: ["HOME"],
    model: "large",
    exclusive: true,
    account: "team"
  })
)

/** Without a program too, as they were stored before there were any. */
const verifiers: ReadonlyArray<Verifier> = [
  { _tag: "Run", command: "npm test", timeoutMin: 15 },
  { _tag: "Brain", prompt: "Is it kind?", timeoutMin: 0.5 },
  { _tag: "Agent", agent: "critic", prompt: "Is it total?", timeoutMin: 30 },
  ...agents.flatMap((definition): ReadonlyArray<Verifier> => [
    { _tag: "Brain", prompt: "Is it kind?", timeoutMin: 0.5, model: "small", budgetUsd: 0.1, definition },
    { _tag: "Agent", agent: "own", prompt: "Is it total?", timeoutMin: 30, model: "small", budgetUsd: 2, definition }
  ])
]

const specs: ReadonlyArray<Spec> = agents.map((agent) => ({
  ...submitted({ qa: "agent", merge: "squash", start: "auto" }).spec,
  agent,
  mailboxRole: "reviewer",
  model: "small",
  budgetUsd: 2.5,
  isolate: "worktree",
  setup: ["npm ci"],
  verify: verifiers
}))

const limits = (["usage", "rate", "overload", "authentication"] as const).map((cause) => ({ until: 9, cause }))

const executionEvents: ReadonlyArray<ExecutionEvent> = [
  ...events,
  { _tag: "Assign", attempt, messageId: "m", at: 5, trial: true },
  { _tag: "Launch", attempt, preparing: false, at: 5, trial: true },
  ...limits.flatMap((limit) => [
    {
      _tag: "Verdict",
      attempt: attempt.number,
      at: 5,
      index: 0,
      run: RunNumber.make(6),
      verdict: "LIMITED",
      last: false,
      tree: "t1",
      treeNow: "t1",
      headTree: null,
      work: null,
      resumeAt: 9,
      limitCause: limit.cause,
      costUsd: null,
      failure: { attemptsLeft: true, until: 9, feedback: null }
    } as const,
    { _tag: "RateLimited", attempt: attempt.number, resumeAt: 9, process, at: 5, cause: limit.cause } as const,
    { _tag: "VerifiedDead", attempt: attempt.number, run: null, facts: { ...facts, limit } } as const
  ])
]

const canary = { task: TaskId.make(42), attempt: AttemptNumber.make(3) }
const accounts: ReadonlyArray<Account> = [
  { id: "claude", window: { _tag: "Open" }, pause: { since: 5, why: "the provider refused its credentials" } },
  { id: "claude", window: { _tag: "Limited", until: 9 }, pause: null },
  { id: "claude", window: { _tag: "Canary", until: 9, canary }, pause: null },
  { id: "claude", window: { _tag: "Ramp", width: 2 }, pause: null }
]

const judged = { feedbackNumber: 2, tree: "t1" }

const tasks: ReadonlyArray<Task> = [
  ...flows.map((flow) => submitted(flow)),
  ...specs.map((spec) => ({
    ...submitted({ qa: "server", merge: "none", start: "manual" }),
    batch: BatchId.make(3),
    spec,
    dependsOn: [TaskId.make(41)],
    facts: { ...initial, worked: 2, feedback: "no", passed: judged, failed: judged, qaPassed: judged, budgetUsd: 9 }
  }))
]

const taskEvents: ReadonlyArray<TaskEvent> = [
  { _tag: "StageMoved", event: { _tag: "Start" } },
  { _tag: "ExecutionMoved", event: { _tag: "Reset" } },
  ...tasks.map(({ dependsOn, flow, spec }) => ({ _tag: "Respecified", spec, flow, dependsOn }) as const)
]

const amounts = { costUsd: 0.5, tokens: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 } }

const attempts: ReadonlyArray<AttemptRecord> = (
  ["Clean", "Forced", "Aborted", "Limited", "Lost", "Stopped", "LaunchFailed"] as const
).map((outcome) => ({
  task: TaskId.make(42),
  attempt,
  marker: Marker.make("0123456789abcdef0123456789abcdef"),
  agent: "own",
  process,
  treeBefore: "t1",
  treeAfter: "t2",
  progress: {
    ...noProgress(5),
    session: "s",
    costUsd: 0.5,
    spend: { conversations: [{ session: "s", base: amounts, total: amounts }], closed: [amounts] },
    reads: { files: ["1x2"], grew: true },
    turns: 3,
    turn: "msg_1",
    toolTurns: 2,
    toolTurn: "msg_1",
    tools: ["tool_1"],
    waiting: "rate",
    trouble: "server",
    resultIsError: false,
    lastMessage: "ok",
    limit: { until: 9, cause: "usage" }
  },
  createdAt: 5,
  startedAt: 6,
  endedAt: 7,
  outcome,
  detail: "status 1"
}))

const verdicts: ReadonlyArray<Verdict> = ["PASS", "FAIL", "ERROR", "TIMEOUT", "LIMITED"]

const verifications: ReadonlyArray<Verification> = (["Run", "Brain", "Agent"] as const).flatMap((kind) =>
  verdicts.map((verdict) => ({
    task: TaskId.make(42),
    attempt: AttemptNumber.make(1),
    run: RunNumber.make(2),
    index: 0,
    kind,
    title: "npm test",
    digest: "d1",
    startedAt: 5,
    endedAt: 6,
    verdict,
    detail: "status 1",
    tree: "t1",
    output: "2 tests failed",
    costUsd: 0.25
  }))
)

/** Parts whose absence says something: nobody asked for a trial, nothing is known of a cause. */
const optional = new RegExp(
  [
    /^\.cause$|\.(?:how|ending)\.cause$|\.limitCause$|\.facts\.limit$|\.(?:trial|exclusive|account|setup|MODE)$/,
    /(?:^|\.verify\[\d+\])\.(?:model|budgetUsd|definition)$/
  ]
    .map(({ source }) => source)
    .join("|")
)

/** One column: what is written into it, and what is read back. */
const column = <A, I>(name: string, schema: Schema.Schema<A, I>, values: ReadonlyArray<A>) => ({
  name,
  trips: () => values.map((value): readonly [unknown, unknown] => [value, throughJson(schema, value)]),
  /** The damaged values that are read without an error. */
  swallowed: () =>
    values.flatMap((value) =>
      damaged(Schema.encodeSync(schema)(value), optional)
        .filter((each) => Either.isRight(Schema.decodeUnknownEither(schema)(each.value)))
        .map(({ how }) => `${JSON.stringify(value)}: ${how}`)
    )
})

const columns = [
  column("stages", Stage, stages),
  column("stage events", StageEvent, stageEvents),
  column("reasons to block", BlockReason, reasons),
  column("kinds of failed landings", MergeFailureKind, kinds),
  column("executions", Execution, executions),
  column("execution events", ExecutionEvent, executionEvents),
  column("accounts", Account, accounts),
  column("tasks", Task, tasks),
  column("rows of a ledger", TaskEvent, taskEvents),
  column("attempts", AttemptRecord, attempts),
  column("verifiers", Verifier, verifiers),
  column("verifications", Verification, verifications)
]

describe.each(columns)("stored $name", ({ swallowed, trips }) => {
  it("TCK-9 come back from their JSON as they were, whichever of their words they are told in", () => {
    for (const [written, read] of trips()) expect(read).toEqual(written)
  })

  it("STG-11 with a part that is missing, or with another in its place, are an error", () => {
    expect(swallowed()).toEqual([])
  })
})
