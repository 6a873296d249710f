/**
 * What a person has done by a command: by the supervisor where one answers, in the store where none does. Each is done
 * once, whoever does it, and told the same way (decision 23).
 */
import { randomUUID } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { encode } from "../../core/stage/Stage.ts"
import { taskState } from "../../core/stage/TaskState.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { SubmitFlags } from "../config/TaskFile.ts"
import { Places } from "../config/Places.ts"
import * as Header from "../http/api/Header.ts"
import type { Problem } from "../http/api/Problem.ts"
import type * as TaskOrders from "../http/api/TaskOrders.ts"
import { isDoneSince, NoSuchTask, NotLegal, NotYet, operateIf } from "../operator/Operation.ts"
import * as Verbs from "../operator/Verbs.ts"
import { type NewTask, Store } from "../store/Store.ts"
import * as ExitCode from "./ExitCode.ts"
import * as Services from "./Services.ts"
import * as SupervisorSocket from "./SupervisorSocket.ts"

// Where there is nobody to ask, none of it is loaded.
const taskOrders = () => import("../http/api/TaskOrders.ts")
const fleetWire = () => import("../http/api/FleetWire.ts")

/** A task after what was done with it. */
export type Moved = typeof TaskOrders.Moved.Type

const moved = (task: Task): Moved => ({
  id: task.id,
  name: task.spec.name,
  state: taskState(task.stage, task.execution),
  stage: encode(task.stage)
})

/** What a refusal means to a command; null where the store has to say it. */
const refused = ({ code, error, legal = [] }: Problem) => {
  switch (code) {
    case "not_found":
      return new ExitCode.NoSuchThing({ message: error })
    case "not_legal":
      return new NotLegal({ message: error, legal: Verbs.names.filter((name) => legal.includes(name)) })
    case "not_yet":
      return new NotYet({ message: error })
    default:
      return null
  }
}

const operateHere = (name: Verbs.Name, id: TaskId, words: Verbs.Words, since: number | null) =>
  Effect.gen(function* () {
    const store = yield* Store
    const policy = yield* Services.policy
    const may = () =>
      since === null ? Effect.succeed(true) : Effect.map(isDoneSince(since, name, id), (isDone) => !isDone)
    const done = yield* operateIf(may, name, id, words, policy)
    if (done !== null) return moved(done)
    const task = yield* store.task(id)
    return Option.isSome(task) ? moved(task.value) : yield* new NoSuchTask({ id })
  })

/** Moves tasks, one after the other; a supervisor that did not answer once is not asked again. */
export const operator = Effect.gen(function* () {
  const scope = yield* Effect.scope
  const store = yield* Effect.cached(Layer.buildWithScope(Services.existing, scope))
  let isAsked = true
  return (name: Verbs.Name, id: TaskId, words: Verbs.Words) =>
    Effect.gen(function* () {
      const before = yield* Clock.currentTimeMillis
      const path = `/api/tasks/${id}/${name}`
      const asked: SupervisorSocket.Asked<Moved> = isAsked
        ? yield* SupervisorSocket.post(path, async () => {
            const { bodyOf, Moved } = await taskOrders()
            return { body: bodyOf(words), schema: Moved }
          })
        : { _tag: "Nobody" }
      if (asked._tag === "Answered") return asked.value
      const refusal = asked._tag === "Refused" ? refused(asked.problem) : null
      if (refusal !== null) return yield* refusal
      isAsked = asked._tag === "Refused"
      const since = asked._tag === "Nobody" ? null : before
      return yield* Effect.provide(operateHere(name, id, words, since), yield* store)
    })
})

export const setDraining = (isDraining: boolean) =>
  Effect.gen(function* () {
    const path = isDraining ? "/api/drain" : "/api/undrain"
    const asked = yield* SupervisorSocket.post(path, async () => ({ body: {}, schema: (await fleetWire()).Draining }))
    if (asked._tag === "Answered") return
    // Twice is once.
    yield* Effect.provide(
      Effect.flatMap(Store, (store) => store.setDraining(isDraining)),
      Services.writable
    )
  })

/** The account after that; none where nothing is known of it. */
export const resumeAccount = (name: string) =>
  Effect.gen(function* () {
    const asked = yield* SupervisorSocket.post(`/api/accounts/${encodeURIComponent(name)}/resume`, async () => ({
      body: {},
      schema: (await fleetWire()).AccountAnswer
    }))
    const read = (isThere: boolean) =>
      Effect.gen(function* () {
        const accounts = yield* (yield* Store).accounts
        const account = accounts.find(({ id }) => id === name)
        return { isThere, account: account ?? null, known: accounts.map(({ id }) => id) }
      })
    if (asked._tag === "Answered") return yield* Effect.provide(read(true), Services.existing)
    const resume = Effect.gen(function* () {
      const at = yield* Clock.currentTimeMillis
      return yield* read(yield* (yield* Store).resumeAccount(name, at))
    })
    return yield* Effect.provide(resume, Services.existing)
  })

interface Submitted {
  readonly id: number
  readonly name: string
  readonly was: "added" | "updated" | "unchanged"
}

/**
 * Stores one task that was resolved here: a supervisor resolves it again, by the same file, and its key makes it one task
 * whoever stores it.
 */
export const submit = (flags: SubmitFlags, task: NewTask) =>
  Effect.gen(function* () {
    const { configFile } = yield* Places
    const key = flags.key ?? `submit:${randomUUID()}`
    const { agent, dependsOn, model, name, prompt, role, upcoming, verify } = flags
    const body: TaskOrders.NewTask = {
      name,
      prompt,
      cwd: task.spec.cwd,
      ...(agent === null ? {} : { agent }),
      ...(role === null ? {} : { role }),
      ...(model === null ? {} : { model }),
      verify,
      depends_on: dependsOn,
      key,
      upcoming
    }
    const asked = yield* SupervisorSocket.post(
      "/api/tasks",
      async () => ({ body, schema: (await taskOrders()).Stored }),
      { [Header.configuration]: Header.pathText(configFile) }
    )
    if (asked._tag === "Answered") return [asked.value] satisfies ReadonlyArray<Submitted>
    const isUnsure = asked._tag === "Silent"
    const at = yield* Clock.currentTimeMillis
    const tasks = [isUnsure ? { ...task, key } : task]
    const store = Effect.flatMap(Store, ({ submit }) => submit({ path: null, again: false, tasks, at }))
    const submitted = yield* Effect.provide(store, Services.writable)
    // Nobody else has that key: what is there already was stored for this command.
    const isOwn = flags.key === null
    return submitted.tasks.map((each): Submitted => (isOwn ? { ...each, was: "added" } : each))
  })
