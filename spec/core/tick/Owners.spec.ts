/** No dead ends: whatever a restart finds, a rule or somebody named moves it on, and every rule's events fit. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Executions from "../../../core/execution/Step.ts"
import type { Edge } from "../../../core/machine/Table.ts"
import { isTerminal, role } from "../../../core/stage/Projection.ts"
import * as Stages from "../../../core/stage/Transition.ts"
import * as Record from "../../../core/task/Record.ts"
import type { Flow } from "../../../core/task/Flow.ts"
import type { Facts } from "../../../core/task/Facts.ts"
import type { Task } from "../../../core/task/Task.ts"
import type { Action } from "../../../core/tick/Action.ts"
import { decide, plan } from "../../../core/tick/Tick.ts"
import type { TaskView, TreeState } from "../../../core/tick/World.ts"
import { viewArbitrary } from "./Fleets.ts"
import { attemptsFor, executionsOf, observationsOf, runsOf, stages } from "./Pairs.ts"
import { cleanTree, dirtyTree, intentOf, muchLater, now, policy, taskOf, viewOf, worldOf } from "./Worlds.ts"

const trees: ReadonlyArray<TreeState | null> = [null, cleanTree, dirtyTree]

/** All views: stage × execution × what is seen × tree. */
const everyView = (flow: Partial<Flow>, facts: Partial<Facts>, of = stages): ReadonlyArray<TaskView> =>
  of.flatMap((stage) =>
    attemptsFor(role(stage), 2).flatMap((attempt) =>
      executionsOf(attempt).flatMap((execution) =>
        observationsOf(execution).flatMap((observation) =>
          runsOf(execution).flatMap((run) =>
            (execution._tag === "Idle" || execution._tag === "Backoff" ? trees : [null]).map((tree) =>
              viewOf(taskOf({ stage, execution, flow, facts }), { observation, run, tree })
            )
          )
        )
      )
    )
  )

const context = { now, policy }

/** Milliseconds for some forty thousand views, on a machine that is busy with other things. */
const exhaustive = 60_000

const told = ({ observation, run, task, tree }: TaskView): string =>
  JSON.stringify({ stage: task.stage, execution: task.execution, observation, run, tree })

/** Somebody is at work on it, and what becomes of that will be seen. */
const isAttended = ({ isLandingAttended, observation, run, task: { execution } }: TaskView): boolean => {
  switch (execution._tag) {
    case "Launching":
      return observation?._tag === "Preparing"
    case "Stopping":
      return observation?._tag === "BeingStopped"
    case "Verifying":
      return run?._tag === "Alive"
    case "Landing":
      return isLandingAttended
    default:
      return false
  }
}

/** A sensor looks at it by itself, and each thing it can see is a case of its own. */
const isToBeLookedAt = ({ observation, run, task: { execution } }: TaskView): boolean => {
  switch (execution._tag) {
    case "Launching":
    case "Running":
    case "Limited":
      return observation === null
    case "Verifying":
      return execution.run !== null && run === null
    default:
      return false
  }
}

/** A person put it aside, or is told of it: by an item that is open and stays so, or one that is raised. */
const isPersons = (view: TaskView): boolean => {
  const { attention, task } = view
  if (task.execution._tag !== "Idle") return false
  if (task.stage._tag === "Frozen") return true
  const key = `task:${task.id}:held`
  const changes = plan(worldOf([view])).actions.filter((action) => "key" in action && action.key === key)
  return attention.includes(key) ? changes.length === 0 : changes.some(({ _tag }) => _tag === "RaiseAttention")
}

/** Who moves a task that no rule moves now; null: nobody. */
const ownerOf = (view: TaskView): string | null => {
  if (isAttended(view)) return "an effect under way"
  if (isToBeLookedAt(view)) return "a sensor"
  if (isPersons(view)) return "a person"
  return decide(view, { now: muchLater, policy })._tag === "Rest" ? null : "a deadline"
}

const someFlow: Partial<Flow> = { qa: "server", merge: "squash" }

/** An action's events, applied: the change, or why it is none. */
const applied = (task: Task, action: Action) => Record.record(task, intentOf(task, action, now), "tick", policy)

const changesNothing = new Set<Action["_tag"]>([
  "RaiseAttention",
  "ClearAttention",
  "RemoveWorktree",
  "WriteSessionPolicy",
  "ClearSessionPolicy"
])

const isEffectAlone = (task: Task, action: Action): boolean =>
  changesNothing.has(action._tag) ||
  (action._tag === "Stop" && action.why === null) ||
  (action._tag === "Land" && task.execution._tag === "Landing")

const misfits = (view: TaskView): ReadonlyArray<string> =>
  plan(worldOf([view])).actions.flatMap((action) => {
    const result = applied(view.task, action)
    if (Either.isLeft(result)) return [`${action._tag} is illegal: ${told(view)}`]
    const isEmpty = result.right.entries.length === 0
    return isEmpty && !isEffectAlone(view.task, action) ? [`${action._tag} changes nothing: ${told(view)}`] : []
  })

/** All the states that the edges of a table know. */
const statesOf = (edges: ReadonlyArray<Edge>): ReadonlyArray<string> => [
  ...new Set(edges.flatMap(({ from, to }) => [from, to]))
]

describe("owners", () => {
  it(
    "TCK-8 the pairs that are looked at are all there are: every stage of its table with every execution of its",
    () => {
      const looked = new Set(everyView(someFlow, {}).map(({ task }) => `${task.stage._tag} × ${task.execution._tag}`))
      const pairs = statesOf(Stages.edges).flatMap((stage) =>
        statesOf(Executions.edges).map((execution) => `${stage} × ${execution}`)
      )
      expect(pairs).toHaveLength(15 * 9)
      expect(pairs.filter((pair) => !looked.has(pair))).toEqual([])
    },
    exhaustive
  )

  it(
    "TCK-8 every pair of a stage and an execution that is not at rest has an owner after a restart",
    () => {
      const withAgents = stages.filter((stage) => role(stage) !== null)
      const orphans = [...everyView(someFlow, {}), ...everyView({ qa: "agent", merge: "none" }, {}, withAgents)]
        .filter(({ task }) => !(isTerminal(task.stage) && task.execution._tag === "Idle"))
        .filter((view) => decide(view, context)._tag === "Rest" && ownerOf(view) === null)
      expect(orphans.map(told).slice(0, 5)).toEqual([])
    },
    exhaustive
  )

  it("TCK-8 whatever was counted and judged before, nothing is left without an owner", () => {
    fc.assert(
      fc.property(viewArbitrary(1), (view) => {
        fc.pre(!(isTerminal(view.task.stage) && view.task.execution._tag === "Idle"))
        expect(decide(view, context)._tag === "Rest" && ownerOf(view) === null ? told(view) : "").toBe("")
      })
    )
  })

  it(
    "TCK-8 every action fits the task it is for, and changes it or asks for an effect",
    () => {
      const wrong = everyView(someFlow, { worked: 1 }).flatMap(misfits)
      expect(wrong.slice(0, 5)).toEqual([])
    },
    exhaustive
  )

  it("TCK-8 every action fits, whatever was counted and judged before", () => {
    fc.assert(
      fc.property(viewArbitrary(1), (view) => {
        expect(misfits(view)).toEqual([])
      })
    )
  })
})
