/** The service of worktrees where there is no git: each is a folder that is only said to be there. */
import * as Effect from "effect/Effect"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Service } from "./WorktreeService.ts"

interface Known {
  readonly number: number
  isSetUp: boolean
}

export const make = (): Service => {
  const known = new Map<TaskId, Known>()
  const topOf = (task: TaskId, number: number): string => `/worktrees/${task}.${number}`
  return {
    reload: Effect.void,
    alone: (work) => work,
    tasks: () => [...known.keys()],
    numberOf: (task) => known.get(task)?.number ?? null,
    baseOf: () => null,
    directoryOf: ({ id, spec, visit }) =>
      spec.isolate === "in-place" ? spec.cwd : topOf(id, known.get(id)?.number ?? visit),
    ensure: ({ id, visit }) =>
      Effect.sync(() => {
        const own = known.get(id) ?? { number: visit, isSetUp: false }
        known.set(id, own)
        return { top: topOf(id, own.number), needsSetup: !own.isSetUp }
      }),
    noteSetup: (task) =>
      Effect.sync(() => {
        const own = known.get(task)
        if (own !== undefined) own.isSetUp = true
      }),
    restore: () => Effect.void,
    remove: (task, number) =>
      Effect.sync(() => {
        if (known.get(task)?.number === number) known.delete(task)
        return null
      })
  }
}
