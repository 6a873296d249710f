/** What a landing leaves behind in a repository: the ref that arms it, and its worktree. */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { RunNumber } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { PlacesService } from "../config/Places.ts"
import type { Landings } from "../git/Landings.ts"
import type { Run } from "../git/LandingService.ts"
import type { Processes } from "../process/Processes.ts"
import type { Store } from "../store/Store.ts"
import * as LandingChecks from "./LandingChecks.ts"

interface Services {
  readonly landings: Context.Tag.Service<Landings>
  readonly places: PlacesService
  readonly processes: Context.Tag.Service<Processes>
  readonly store: Context.Tag.Service<Store>
  readonly stopGraceMs: number
}

/** How long what could not be looked at is left alone. */
const sweepAgain = "1 minute"

/** Takes both away. */
export const clear = ({ landings }: Pick<Services, "landings">, landing: Run) =>
  Effect.zipRight(landings.disarm(landing), landings.clear(landing))

const isAt = ({ execution }: Task, run: RunNumber): boolean =>
  execution._tag === "Landing"
    ? execution.run === run
    : execution._tag === "Stopping" && execution.subject._tag === "Landing" && execution.subject.run === run

/**
 * What is there of landings that are over, of supervisors that ended before they could take it away, or went on when
 * another had taken over. The store is read after it was looked what there is, so that a landing that is begun meanwhile,
 * by whomever, is none of them.
 */
const over = Effect.fnUntraced(function* ({ landings, store }: Services, open: ReadonlyArray<Task>) {
  const repositories = new Set(open.flatMap(({ spec: { target } }) => target?.repository ?? []))
  const left = yield* landings.left([...repositories])
  if (left.length === 0) return []
  const tasks = yield* store.tasks({ ids: [...new Set(left.map(({ task }) => task))] })
  const byId = new Map(tasks.map((task) => [task.id, task]))
  const runs = left.flatMap(({ run, task: id }): ReadonlyArray<Run> => {
    const task = byId.get(id)
    const target = task?.spec.target
    return task === undefined || target === undefined || isAt(task, run) ? [] : [{ task, target, run }]
  })
  return [...new Map(runs.map((run) => [`${run.task.id}.${run.run}`, run])).values()]
})

/** Takes it away, however often it takes. `open`: the tasks that are not over. */
export const sweep = (services: Services, open: ReadonlyArray<Task>): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (const landing of yield* over(services, open)) {
      yield* LandingChecks.stop(services.places, services.processes, landing, services.stopGraceMs)
      yield* clear(services, landing)
      yield* Effect.logInfo(`what was left of a landing of #${landing.task.id} is gone`)
    }
  }).pipe(
    Effect.catchAll(({ message }) =>
      Effect.logWarning(`what is left of landings could not be taken away: ${message}`).pipe(
        Effect.zipRight(Effect.sleep(sweepAgain)),
        Effect.zipRight(Effect.suspend(() => sweep(services, open)))
      )
    )
  )
