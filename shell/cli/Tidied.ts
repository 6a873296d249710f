/** Whether the worktrees of ended tasks are gone: a batch is over when nothing of it lies about that nobody needs. */
import * as Effect from "effect/Effect"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { Places } from "../config/Places.ts"
import * as Records from "../git/WorktreeRecord.ts"

/** What has not landed stays for a person to take, until it is archived. */
const isInTheWay = ({ stage }: Task): boolean =>
  (stage._tag === "Done" && stage.landing._tag === "Merged") ||
  stage._tag === "Abandoned" ||
  stage._tag === "Superseded"

/** Looks until it is so, for a while; what is left by then the next supervisor takes away. */
export const untilTidy = (tasks: ReadonlyArray<Task>): Effect.Effect<void, never, Places> =>
  Effect.gen(function* () {
    const { worktrees } = yield* Places
    const own = new Set<TaskId>(tasks.filter(isInTheWay).map(({ id }) => id))
    if (own.size === 0) return
    const isTidy = Effect.map(
      Effect.tryPromise(() => Records.readAll(worktrees)),
      ({ records }) => !records.some(({ gone, task }) => gone === null && own.has(task))
    )
    yield* Effect.repeat(Effect.zipLeft(isTidy, Effect.sleep("50 millis")), { until: (is) => is })
  }).pipe(Effect.timeout("10 seconds"), Effect.ignore)
