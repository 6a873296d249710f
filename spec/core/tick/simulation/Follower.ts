/** A reconciler beside the whole tick: it is told only what changed, and must answer the same. */
import { isDeepStrictEqual } from "node:util"
import type { TaskId } from "../../../../core/task/Identifiers.ts"
import * as Reconciler from "../../../../core/tick/Reconciler.ts"
import type { Plan } from "../../../../core/tick/Tick.ts"
import type { TaskView, World } from "../../../../core/tick/World.ts"
import type { Safety } from "./Safety.ts"

const own = ({ dependencies: _, ...rest }: TaskView) => rest

export const make = (safety: Safety) => {
  const views = new Map<TaskId, TaskView>()
  let reconciler: Reconciler.Reconciler | null = null

  const changed = (tasks: ReadonlyArray<TaskView>): ReadonlyArray<TaskView> =>
    tasks.filter((view) => {
      const before = views.get(view.task.id)
      views.set(view.task.id, view)
      return before === undefined || !isDeepStrictEqual(own(before), own(view))
    })

  /** Follows a tick of the fleet. */
  const follow = ({ now, tasks, ...parameters }: World, { actions, waiting }: Plan): void => {
    reconciler ??= Reconciler.make(parameters)
    const advance = reconciler.advance({ ...parameters, tasks: changed(tasks) }, now)
    if (!isDeepStrictEqual(advance.actions, actions)) {
      safety.broken("TCK-7", `from changes ${JSON.stringify(advance.actions)}, from all ${JSON.stringify(actions)}`)
    }
    for (const { task } of tasks) {
      const [found, expected] = [reconciler.waitOf(task.id), waiting.get(task.id) ?? null]
      if (!isDeepStrictEqual(found, expected)) {
        safety.broken("TCK-7", `#${task.id} waits for ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`)
      }
    }
  }

  return { follow } as const
}
