/** One event that a person makes happen to one task: legal or refused with what would be, and written once. */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { Policy } from "../../core/policy/Policy.ts"
import { encode } from "../../core/stage/Stage.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import { record } from "../../core/task/Record.ts"
import type { Task } from "../../core/task/Task.ts"
import { Store, type StoreError } from "../store/Store.ts"
import * as Verbs from "./Verbs.ts"

/** There is no task with that id. */
export class NoSuchTask extends Data.TaggedError("NoSuchTask")<{ readonly id: TaskId }> {
  override get message(): string {
    return `there is no task #${this.id}`
  }
}

/** The event means nothing for the task as it is; `legal` names those that do. */
export class NotLegal extends Data.TaggedError("NotLegal")<{
  readonly message: string
  readonly legal: ReadonlyArray<Verbs.Name>
}> {}

/** Something has to end by itself before the event may come. */
export class NotYet extends Data.TaggedError("NotYet")<{ readonly message: string }> {}

/** What was said beside the event is not enough, or makes no sense; `word` is what it is about. */
export class Incomplete extends Data.TaggedError("Incomplete")<{
  readonly word: keyof Verbs.Words | null
  readonly message: string
}> {}

/** Whoever asked does not wait for it any more, and may have done it otherwise: nothing was written. */
export class Overdue extends Data.TaggedError("Overdue")<{ readonly message: string }> {}

export type Refusal = NoSuchTask | NotLegal | NotYet | Incomplete

/** How often a task is read anew when someone else was faster. */
const tries = 5

/** Why nothing was done, and what could be. */
const illegal = (name: Verbs.Name, task: Task): NotLegal => {
  const legal = Verbs.legal(task)
  const now = `#${task.id} is ${encode(task.stage).stage.replaceAll("_", " ")}`
  const then = legal.length === 0 ? "nothing can be done with it any more" : `legal now: ${legal.join(", ")}`
  return new NotLegal({ message: `can not ${name} #${task.id}: ${now}; ${then}`, legal })
}

const notYet = (id: TaskId, what: string): NotYet => new NotYet({ message: `#${id} is ${what}, try again` })

const present = (id: TaskId) =>
  Effect.gen(function* () {
    const store = yield* Store
    const found = yield* store.task(id)
    return Option.isSome(found) ? found.value : yield* new NoSuchTask({ id })
  })

/** A task that takes another's place is there, and is another. */
const checkBy = (task: Task, by: TaskId) =>
  Effect.gen(function* () {
    if (by === task.id) return yield* new Incomplete({ word: "by", message: `#${by} can not take its own place` })
    yield* present(by)
  })

/** Moves a task as it was read; fails with `Conflict` when somebody else wrote it in between. */
const move = (name: Verbs.Name, task: Task, words: Verbs.Words, policy: Policy) =>
  Effect.gen(function* () {
    const store = yield* Store
    const { id } = task
    const at = yield* Clock.currentTimeMillis
    const verb: Verbs.Verb = Verbs.verbs[name]
    if (words.by !== null) yield* checkBy(task, words.by)
    const event = yield* Effect.mapError(
      verb.event(task, words, at),
      (message) => new Incomplete({ word: verb.option ?? null, message })
    )
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

/** Reads and writes again while the supervisor is faster. */
const again = <A, E extends { readonly _tag: string }, R>(once: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.retry(once, { times: tries, while: ({ _tag }) => _tag === "Conflict" })

export const operate = (name: Verbs.Name, id: TaskId, words: Verbs.Words, policy: Policy) =>
  again(Effect.flatMap(present(id), (task) => move(name, task, words, policy)))

/** The same for a task of which `may` holds as it is then; null for another one, to which nothing is done. */
export const operateIf = <E extends { readonly _tag: string }, R>(
  may: (task: Task) => Effect.Effect<boolean, E, R>,
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

/**
 * Fails when the time is over until which somebody waits (epoch milliseconds). It is looked at after every read of a task:
 * what was changed since by the one who gave up waiting is not changed once more.
 */
export const inTime = (deadline: number | null): Effect.Effect<true, Overdue> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    deadline !== null && now > deadline
      ? new Overdue({ message: "nothing was done: whoever asked has given up waiting" })
      : Effect.succeed(true)
  )

/**
 * Whether a person has made it happen since that moment (epoch milliseconds). To be asked by who asked a supervisor and
 * got no answer: it may have done it all the same.
 */
export const isDoneSince = (since: number, name: Verbs.Name, id: TaskId): Effect.Effect<boolean, StoreError, Store> =>
  Effect.gen(function* () {
    const tags: ReadonlyArray<string> = Verbs.makes(name)
    return (yield* (yield* Store).ledger(id)).some(
      ({ at, cause, event }) =>
        cause === "operator" && at >= since && event._tag === "StageMoved" && tags.includes(event.event._tag)
    )
  })
