/** One event that a person makes happen to one task: legal or refused with what would be, and written once. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Policy } from "../../core/policy/Policy.ts"
import { encode } from "../../core/stage/Stage.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import { record } from "../../core/task/Record.ts"
import type { Task } from "../../core/task/Task.ts"
import { Store, type StoreError } from "../store/Store.ts"
import * as ExitCode from "./ExitCode.ts"
import * as Verbs from "./Verbs.ts"

/** How often a task is read anew when someone else was faster. */
const tries = 5

/** Why nothing was done, and what could be. */
const illegal = (name: Verbs.Name, task: Task): ExitCode.Failed => {
  const words = Verbs.legal(task)
  const now = `#${task.id} is ${encode(task.stage).stage.replaceAll("_", " ")}`
  const then = words.length === 0 ? "nothing can be done with it any more" : `legal now: ${words.join(", ")}`
  return new ExitCode.Failed({ message: `can not ${name} #${task.id}: ${now}; ${then}` })
}

/** Something has to end by itself before the event may come. */
const notYet = (id: TaskId, what: string): ExitCode.Failed =>
  new ExitCode.Failed({ message: `#${id} is ${what}, try again` })

/** Moves a task as it was read; fails with `Conflict` when somebody else wrote it in between. */
const move = (name: Verbs.Name, task: Task, words: Verbs.Words, policy: Policy) =>
  Effect.gen(function* () {
    const store = yield* Store
    const { id } = task
    const at = yield* Clock.currentTimeMillis
    const verb: Verbs.Verb = Verbs.verbs[name]
    const event = yield* Effect.mapError(verb.event(task, words, at), (message) => new ExitCode.UsageError({ message }))
    const recorded = record(task, [{ _tag: "StageMoved", event }], "operator", policy)
    if (Either.isLeft(recorded)) {
      return yield* recorded.left._tag === "LandingArmed" ? notYet(id, "landing") : illegal(name, task)
    }
    if (name === "archive" && task.execution._tag !== "Idle") return yield* notYet(id, "still being stopped")
    yield* store.write({
      epoch: null,
      at,
      task: id,
      expectedRevision: task.revision,
      recorded: recorded.right,
      attempt: null,
      verification: null,
      attention: []
    })
    return recorded.right.task
  })

const present = (id: TaskId) =>
  Effect.gen(function* () {
    const store = yield* Store
    const found = yield* store.task(id)
    return Option.isSome(found) ? found.value : yield* new ExitCode.NoSuchTask({ id })
  })

/** Reads and writes again while the supervisor is faster. */
const again = <A, E extends { readonly _tag: string }, R>(once: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.retry(once, { times: tries, while: ({ _tag }) => _tag === "Conflict" })

export const operate = (name: Verbs.Name, id: TaskId, words: Verbs.Words, policy: Policy) =>
  again(Effect.flatMap(present(id), (task) => move(name, task, words, policy)))

/** The same for a task of which `may` holds as it is then; null for another one, to which nothing is done. */
export const operateIf = (
  may: (task: Task) => Effect.Effect<boolean, StoreError>,
  name: Verbs.Name,
  id: TaskId,
  words: Verbs.Words,
  policy: Policy
) =>
  again(
    Effect.gen(function* () {
      const task = yield* present(id)
      return (yield* may(task)) ? yield* move(name, task, words, policy) : null
    })
  )
