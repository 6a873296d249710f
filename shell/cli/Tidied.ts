/**
 * What a batch waits for when nothing of it moves any more: that the worktrees of its ended tasks are gone, and that who
 * is needed is about to be told.
 */
import * as Effect from "effect/Effect"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { needsPerson } from "../../core/tick/Attention.ts"
import { Places } from "../config/Places.ts"
import { Store } from "../store/Store.ts"
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

/** Looks until each task that needs a person has its item, for a while: a supervisor that ends tells what is raised by then. */
export const untilRaised = (tasks: ReadonlyArray<Task>): Effect.Effect<void, never, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    const wanted = tasks.filter((task) => needsPerson(task) !== null).map(({ id }) => id)
    if (wanted.length === 0) return
    const isRaised = Effect.map(store.attention, (items) => {
      const known = new Set(items.map(({ task }) => task))
      return wanted.every((id) => known.has(id))
    })
    yield* Effect.repeat(Effect.zipLeft(isRaised, Effect.sleep("50 millis")), { until: (is) => is })
  }).pipe(Effect.timeout("5 seconds"), Effect.ignore)
