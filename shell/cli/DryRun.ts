/**
 * What a task file would do: which tasks it adds or changes, and which of them would start at once. Nothing is stored.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Policy } from "../../core/policy/Policy.ts"
import * as Apply from "../../core/task/Apply.ts"
import { Flow } from "../../core/task/Flow.ts"
import { BatchId, TaskId } from "../../core/task/Identifiers.ts"
import { asked as askedOf, Spec } from "../../core/task/Spec.ts"
import { create, type Task } from "../../core/task/Task.ts"
import { plan } from "../../core/tick/Tick.ts"
import * as Wait from "../../core/tick/Wait.ts"
import { unaddressed, unobserved } from "../../core/tick/World.ts"
import type { NewTask } from "../store/Store.ts"

export interface Preview {
  readonly name: string
  readonly will: "add" | "update" | "keep" | "refuse"
  /** What the first tick would do with it. */
  readonly first: string
}

export interface Given {
  readonly asked: ReadonlyArray<NewTask>
  /** The tasks of the file's batch as they are stored; empty for a new batch. */
  readonly stored: ReadonlyArray<Task>
  /** All other tasks that are open. */
  readonly others: ReadonlyArray<Task>
  readonly policy: Policy
  readonly isDraining: boolean
  readonly now: number
}

const encodeSpec = Schema.encodeSync(Schema.parseJson(Spec))
const encodeFlow = Schema.encodeSync(Schema.parseJson(Flow))

const start: Apply.TaskEvent = { _tag: "StageMoved", event: { _tag: "Start" } }

/** A task after one event that is legal; itself where it is not. */
const after = (task: Task, event: Apply.TaskEvent): Task => {
  const applied = Apply.apply(task, event)
  return Either.isRight(applied) && applied.right._tag === "Applied" ? applied.right.task : task
}

export const preview = ({ asked, isDraining, now, others, policy, stored }: Given): ReadonlyArray<Preview> => {
  const byName = new Map(stored.map((task) => [task.spec.name, task]))
  let lastId = [...stored, ...others].reduce((last, { id }) => Math.max(last, id), 0)
  const ids = new Map(asked.map(({ spec: { name } }) => [name, byName.get(name)?.id ?? TaskId.make(++lastId)]))
  const names = new Map([...ids].map(([name, id]) => [id, name]))

  const planned = asked.map((one) => {
    const { flow, spec, upcoming } = one
    const dependsOn = [...one.dependsOnIds, ...one.dependsOnNames.flatMap((name) => ids.get(name) ?? [])].toSorted(
      (a, b) => a - b
    )
    const id = ids.get(spec.name) ?? TaskId.make(1)
    const known = byName.get(spec.name)
    if (known === undefined) {
      const task = create({ id, batch: BatchId.make(1), spec, flow, dependsOn, upcoming, createdAt: now })
      return { task, will: "add" as const }
    }
    // Demote changes how a task that was started starts again; what was asked for is still the same.
    const start = known.visit === 1 ? known.flow.start : flow.start
    const isSame =
      encodeSpec(askedOf(known.spec)) === encodeSpec(askedOf(spec)) &&
      encodeFlow({ ...known.flow, start }) === encodeFlow(flow) &&
      known.dependsOn.join() === dependsOn.join()
    if (isSame) return { task: known, will: "keep" as const }
    const respecified = after(known, { _tag: "Respecified", spec, flow, dependsOn })
    return respecified === known
      ? { task: known, will: "refuse" as const }
      : { task: respecified, will: "update" as const }
  })

  const first = firstPlan(
    [...others, ...planned.map(({ task }) => task)],
    { isDraining, now, policy },
    (id) => names.get(id) ?? `#${id}`
  )
  return planned.map(({ task, will }) => ({ name: task.spec.name, will, first: first(task.id) }))
}

/** What the first ticks make of the tasks: those that need no wait are started, then admission decides. */
const firstPlan = (
  tasks: ReadonlyArray<Task>,
  { isDraining, now, policy }: Pick<Given, "isDraining" | "now" | "policy">,
  nameOf: (id: TaskId) => string
): ((id: TaskId) => string) => {
  const look = (each: ReadonlyArray<Task>) => {
    const stages = new Map(each.map((task) => [task.id, task.stage]))
    const views = each.map((task) => ({
      ...unobserved(
        task,
        task.dependsOn.map((id) => ({ id, stage: stages.get(id) ?? null }))
      ),
      tree: unaddressed
    }))
    return plan({ now, policy, isDraining, pressure: null, tasks: views, accounts: [] })
  }
  const promoted = new Set(look(tasks).actions.flatMap((action) => (action._tag === "Promote" ? [action.task] : [])))
  const { actions, waiting } = look(tasks.map((task) => (promoted.has(task.id) ? after(task, start) : task)))
  const spawned = new Set(actions.flatMap((action) => (action._tag === "Spawn" ? [action.task] : [])))
  return (id) => {
    if (spawned.has(id)) return "starts at once"
    const wait = waiting.get(id)
    if (wait === undefined) return "nothing to do"
    return Wait.describe(wait).replaceAll(/#(\d+)/g, (_, digits: string) => nameOf(TaskId.make(Number(digits))))
  }
}
