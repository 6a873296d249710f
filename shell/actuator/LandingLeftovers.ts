/**
 * What is left of landings that nobody is at any more: a supervisor that was superseded in the middle of one may have made
 * a worktree, or armed a run, after the one that came next had put that away.
 */
import { readdir } from "node:fs/promises"
import * as Effect from "effect/Effect"
import type { RunNumber } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { Places } from "../config/Places.ts"
import * as LandingNames from "../git/LandingNames.ts"
import { Landings } from "../git/Landings.ts"
import type { Run } from "../git/LandingService.ts"
import { Store } from "../store/Store.ts"

const runOf = ({ execution }: Task): RunNumber | null => {
  if (execution._tag === "Landing") return execution.run
  return execution._tag === "Stopping" && execution.subject._tag === "Landing" ? execution.subject.run : null
}

/** In the repositories on which those tasks land. */
export const find = Effect.fnUntraced(function* (open: ReadonlyArray<Task>) {
  const landings = yield* Landings
  const { attempts } = yield* Places
  const store = yield* Store
  const repositories = new Set(
    open.flatMap(({ spec: { target } }) => (target === undefined ? [] : [target.repository]))
  )
  const files = Effect.tryPromise({
    try: () => LandingNames.inFolder(attempts, readdir),
    catch: (cause) => ({ message: `${attempts} can not be read: ${String(cause)}` })
  })
  const left = [...(yield* landings.left([...repositories])), ...(yield* files)]
  if (left.length === 0) return []
  // Read after what is there was: a landing is stored before it makes anything, so what is stored as over then is over.
  const tasks = new Map(
    (yield* store.tasks({ ids: [...new Set(left.map(({ task }) => task))] })).map((task) => [task.id, task])
  )
  const runs = left.flatMap(({ run, task: id }): ReadonlyArray<Run> => {
    const task = tasks.get(id)
    const target = task?.spec.target
    return task === undefined || target === undefined || runOf(task) === run ? [] : [{ task, target, run }]
  })
  return [...new Map(runs.map((run) => [`${run.task.id}.${run.run}`, run])).values()]
})
