/** What a landing leaves behind: the ref that arms it, its worktree and the files of its checks. */
import * as Effect from "effect/Effect"
import type * as Context from "effect/Context"
import type { RunNumber } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { PlacesService } from "../config/Places.ts"
import type { Landings } from "../git/Landings.ts"
import type { Run } from "../git/LandingService.ts"
import type { Store } from "../store/Store.ts"
import * as LandingChecks from "./LandingChecks.ts"

interface Services {
  readonly landings: Context.Tag.Service<Landings>
  readonly places: PlacesService
  readonly store: Context.Tag.Service<Store>
}

/** How long what could not be looked at is left alone. */
const sweepAgain = "1 minute"

/** Takes all of it away. */
export const clear = ({ landings, places }: Omit<Services, "store">, landing: Run) =>
  Effect.zipRight(landings.disarm(landing), landings.clear(landing)).pipe(
    Effect.zipRight(LandingChecks.forget(places, landing))
  )

const isAt = ({ execution }: Task, run: RunNumber): boolean =>
  execution._tag === "Landing"
    ? execution.run === run
    : execution._tag === "Stopping" && execution.subject._tag === "Landing" && execution.subject.run === run

/**
 * Takes away what is left of landings that are over: of supervisors that ended before they could, or went on when another
 * had taken over. The store is read after it was looked what there is, so that a landing that is begun meanwhile, by
 * whomever, is none of them.
 */
const sweepOnce = Effect.fnUntraced(function* (services: Services) {
  const left = yield* services.landings.left
  if (left.length === 0) return
  const tasks = new Map(
    (yield* services.store.tasks({ ids: left.map(({ task }) => task) })).map((task) => [task.id, task])
  )
  for (const { run, task: id } of left) {
    const task = tasks.get(id)
    if (task?.spec.target === undefined || isAt(task, run)) continue
    yield* clear(services, { task, target: task.spec.target, run })
    yield* Effect.logInfo(`what was left of a landing of #${id} is gone`)
  }
})

/** Until it could be done. */
export const sweep = (services: Services): Effect.Effect<void> =>
  Effect.catchAll(sweepOnce(services), ({ message }) =>
    Effect.logWarning(`what is left of landings could not be taken away: ${message}`).pipe(
      Effect.zipRight(Effect.sleep(sweepAgain)),
      Effect.zipRight(Effect.suspend(() => sweep(services)))
    )
  )
