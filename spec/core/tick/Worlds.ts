/** Tasks, views and worlds for the specs of the tick: plain ones to be varied, and the events that an action means. */
import { type Account, open } from "../../../core/account/Account.ts"
import type { Attempt, Execution } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import { defaults, type Policy } from "../../../core/policy/Policy.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import type { TaskEvent } from "../../../core/task/Apply.ts"
import type { Facts } from "../../../core/task/Facts.ts"
import { AttemptNumber, type BatchId, RunNumber, TaskId } from "../../../core/task/Identifiers.ts"
import type { Flow } from "../../../core/task/Flow.ts"
import type { Spec } from "../../../core/task/Spec.ts"
import { create, type Task } from "../../../core/task/Task.ts"
import type { Action } from "../../../core/tick/Action.ts"
import { intent } from "../../../core/tick/Intent.ts"
import type { Proposal } from "../../../core/tick/Proposal.ts"
import { type TaskView, type TreeState, unobserved, type World } from "../../../core/tick/World.ts"

/** The moment of every world that does not move. */
export const now = 1_800_000_000_000
export const second = 1000
export const minute = 60 * second
/** Later than every deadline there is. */
export const muchLater = now + 30 * 24 * 60 * minute

export const id = (n: number): TaskId => TaskId.make(n)
export const attemptNumber = (n: number): AttemptNumber => AttemptNumber.make(n)
export const run = (n: number): RunNumber => RunNumber.make(n)

export const policy: Policy = defaults

export const spec: Spec = {
  name: "a task",
  prompt: "do it",
  cwd: "/work/a",
  agent: { name: "worker", kind: "command", command: "work", args: [], env: {}, passEnv: [], model: null },
  mailboxRole: null,
  model: null,
  maxRetries: 2,
  timeoutMin: 45,
  maxToolTurns: 80,
  inactivitySecs: 300,
  budgetUsd: null,
  priority: 0,
  isolate: "worktree",
  verify: [{ _tag: "Run", command: "true", timeoutMin: 15 }]
}

const flow: Flow = { qa: "server", merge: "squash", start: "auto" }

export interface Varied {
  readonly id?: number
  readonly batch?: BatchId | null
  readonly revision?: number
  readonly spec?: Partial<Spec>
  readonly flow?: Partial<Flow>
  readonly dependsOn?: ReadonlyArray<number>
  readonly stage?: Stage
  readonly visit?: number
  readonly execution?: Execution
  readonly facts?: Partial<Facts>
  readonly createdAt?: number
}

/** Where there is no verifier there is no run of one. */
const possible = (execution: Execution, hasVerifiers: boolean): Execution =>
  execution._tag === "Verifying" && !hasVerifiers ? { ...execution, run: null } : execution

/** A task in Coding, Idle, that was told once and has worked on nothing yet; but for what is given. */
export const taskOf = (varied: Varied = {}): Task => {
  const made = create({
    id: id(varied.id ?? 1),
    batch: varied.batch ?? null,
    spec: { ...spec, cwd: `/work/${varied.id ?? 1}`, ...varied.spec },
    flow: { ...flow, ...varied.flow },
    dependsOn: (varied.dependsOn ?? []).map(id),
    upcoming: false,
    createdAt: varied.createdAt ?? now - 60 * minute
  })
  return {
    ...made,
    revision: varied.revision ?? 10,
    stage: varied.stage ?? { _tag: "Coding", feedback: null },
    visit: varied.visit ?? 2,
    execution: possible(varied.execution ?? made.execution, varied.spec?.verify?.length !== 0),
    facts: { ...made.facts, nextAttempt: attemptNumber(7), nextRun: run(7), feedbackNumber: 1, ...varied.facts }
  }
}

export const attempt = (varied: Partial<Attempt> = {}): Attempt => ({
  number: attemptNumber(3),
  role: "coder",
  visit: 2,
  feedbackNumber: 1,
  mode: "Cold",
  ...varied
})

export const cleanTree: TreeState = {
  tree: "tree-1",
  headTree: "tree-1",
  isDirty: false,
  work: { branch: "drover/1", commitsAhead: 1 }
}
export const dirtyTree: TreeState = { ...cleanTree, tree: "tree-2", isDirty: true }

export const viewOf = (task: Task, varied: Partial<TaskView> = {}): TaskView => ({
  ...unobserved(task, []),
  ...varied
})

export const worldOf = (tasks: ReadonlyArray<TaskView>, varied: Partial<World> = {}): World => ({
  now,
  policy,
  isDraining: false,
  pressure: null,
  tasks,
  accounts: [],
  ...varied
})

export const limitedAccount = (account: string, until: number): Account => ({
  ...open(account),
  window: { _tag: "Limited", until }
})

export const moved = (event: ExecutionEvent): TaskEvent => ({ _tag: "ExecutionMoved", event })
export const stageMoved = (event: StageEvent): TaskEvent => ({ _tag: "StageMoved", event })

/** The action of a proposal, admitted or not. */
export const actionOf = (proposal: Proposal): Action | null =>
  proposal._tag === "Act" || proposal._tag === "Ask" ? proposal.action : null

/** The events an action writes before, or as, its effect; none for one that leaves the task as it is. */
export const intentOf = ({ execution, visit }: Task, action: Action, at: number): ReadonlyArray<TaskEvent> => {
  switch (action._tag) {
    case "Land":
      return execution._tag === "Landing"
        ? []
        : [moved({ _tag: "LandBegin", run: action.run, visit, base: "base-1", at })]
    default:
      return intent(action, at)
  }
}

/** The same value, with every object in it frozen. */
export const frozen = <A>(value: A): A => {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}
