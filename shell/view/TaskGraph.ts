/** The tasks around one: those that it waits for, those that wait for it, and those of its batch. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Projection from "../../core/stage/Projection.ts"
import { type TaskState, taskState } from "../../core/stage/TaskState.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { NoSuchTask } from "../operator/Operation.ts"
import { Store } from "../store/Store.ts"
import { loopTurn } from "../store/LoopTurn.ts"
import { BoardCards } from "./BoardCards.ts"

/** Nodes of one graph. */
const mostNodes = 500
/** Tasks that are read at once. */
const readAtOnce = 100

const node = ({ execution, id, spec, stage }: Task, known: TaskState | null) => ({
  id,
  name: spec.name,
  column: Projection.pipeline(stage),
  badge: Projection.status(stage),
  state: known ?? taskState(stage, execution)
})

/** The nearest first, in both directions; then those of its batch that nothing connects. */
export const read = (id: TaskId) =>
  Effect.gen(function* () {
    const store = yield* Store
    const cards = yield* BoardCards
    const found = Option.getOrNull(yield* store.task(id))
    if (found === null) return yield* new NoSuchTask({ id })
    const nodes = new Map<TaskId, Task>([[id, found]])
    let isCut = false

    /** Takes in as many as there is room for. */
    const take = (tasks: ReadonlyArray<Task>): ReadonlyArray<Task> => {
      const fresh = tasks.filter((task) => !nodes.has(task.id))
      const fitting = fresh.slice(0, mostNodes - nodes.size)
      for (const task of fitting) nodes.set(task.id, task)
      isCut ||= fitting.length < fresh.length
      return fitting
    }

    let edge: ReadonlyArray<Task> = [found]
    while (edge.length > 0) {
      const before = edge.flatMap(({ dependsOn }) => dependsOn)
      const after = yield* cards.dependents(new Set(edge.map((task) => task.id)))
      const wanted = [...new Set([...before, ...after])].filter((other) => !nodes.has(other))
      // One more than there is room for tells that there are more.
      const room = mostNodes - nodes.size + 1
      const next: Array<Task> = []
      for (let at = 0; at < Math.min(room, wanted.length); at += readAtOnce) {
        next.push(...take(yield* store.tasks({ ids: wanted.slice(at, Math.min(room, at + readAtOnce)) })))
        yield* loopTurn
      }
      edge = next
    }
    if (found.batch !== null) {
      let after: TaskId | null = null
      for (;;) {
        const filter = { batch: found.batch, limit: readAtOnce, ...(after === null ? {} : { after }) }
        const tasks: ReadonlyArray<Task> = yield* store.tasks(filter)
        take(tasks)
        after = tasks.at(-1)?.id ?? null
        if (isCut || tasks.length < readAtOnce) break
        yield* loopTurn
      }
    }
    const all = [...nodes.values()]
    const edges = all.flatMap((task) =>
      task.dependsOn.filter((other) => nodes.has(other)).map((other) => ({ from: other, to: task.id }))
    )
    return { id, nodes: all.map((task) => node(task, cards.stateOf(task.id))), edges, is_cut: isCut }
  })
