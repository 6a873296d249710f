/** The tasks over HTTP: listed, shown, read, stored and moved, by the functions that the commands use. */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { encode } from "../../core/stage/Stage.ts"
import { taskState } from "../../core/stage/TaskState.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import * as Configuration from "../config/Configuration.ts"
import { nearest } from "../config/Nearest.ts"
import { Places } from "../config/Places.ts"
import * as TaskFile from "../config/TaskFile.ts"
import { inTime, operateIf } from "../operator/Operation.ts"
import * as Verbs from "../operator/Verbs.ts"
import { Store } from "../store/Store.ts"
import * as AccountJson from "../view/AccountJson.ts"
import * as PresentSupervisor from "../view/PresentSupervisor.ts"
import * as TaskDocument from "../view/TaskDocument.ts"
import * as TaskJson from "../view/TaskJson.ts"
import * as TaskListing from "../view/TaskListing.ts"
import * as TaskLog from "../view/TaskLog.ts"
import * as TaskOutput from "../view/TaskOutput.ts"
import { Api } from "./api/Api.ts"
import * as Header from "./api/Header.ts"
import type * as Problem from "./api/Problem.ts"
import * as TaskOrders from "./api/TaskOrders.ts"
import type * as TaskWire from "./api/TaskWire.ts"
import { deadlineOf } from "./Deadline.ts"
import * as Refused from "./Refused.ts"
import * as RequestBody from "./RequestBody.ts"

type Request = HttpServerRequest.HttpServerRequest

const list = (query: typeof TaskWire.ListQuery.Type) =>
  Effect.gen(function* () {
    const store = yield* Store
    const { policy } = yield* Configuration.Configuration
    const { accounts, isDraining, next, rows } = yield* TaskListing.read(store, policy, {
      states: new Set(query.state),
      batch: query.batch ?? null,
      after: query.after ?? null,
      limit: query.limit
    })
    return {
      tasks: rows.map(TaskJson.toJson),
      next,
      accounts: accounts.map(AccountJson.toJson),
      draining: isDraining,
      supervisor: yield* PresentSupervisor.read(store)
    }
  }).pipe(Refused.broken)

const show = (id: TaskId) =>
  Effect.gen(function* () {
    const { policy } = yield* Configuration.Configuration
    return TaskDocument.toJson(yield* TaskDocument.read(id, policy))
  }).pipe(Effect.catchTag("NoSuchTask", Refused.missing), Refused.broken)

const log = (id: TaskId, query: typeof TaskWire.LogQuery.Type) =>
  Effect.gen(function* () {
    const { limit } = query
    const [attempt, offset, stream] = [query.attempt ?? null, query.offset ?? null, query.stream ?? null]
    const wanted = { id, attempt, isVerifier: stream === "verifier" }
    const { sources: all, task } = yield* TaskLog.look(wanted)
    const sources = all.filter((source) => stream === null || source.stream === stream)
    const about = { id: task.id, name: task.spec.name, removed: yield* TaskLog.removedOf(sources) }
    if (offset === null) {
      const { isCut, lines } = yield* TaskOutput.tail(sources, limit)
      return { ...about, is_cut: isCut, lines, next_offset: null }
    }
    const [source] = sources
    if (attempt === null || stream === null || source === undefined || sources.length > 1) {
      const message =
        "offset goes with one attempt and one stream that is one file: attempt=N and stream=stdout or stderr"
      return yield* Effect.fail(RequestBody.refusal([{ key: "offset", message, suggestion: null }]))
    }
    const { isCut, lines, next } = yield* TaskOutput.from(source, offset, limit)
    return { ...about, is_cut: isCut, lines, next_offset: next }
  }).pipe(
    Effect.catchTag("NoSuchTask", Refused.missing),
    Effect.catchTag("NoSuchAttempt", Refused.missing),
    Refused.broken
  )

const refuseOther = (request: Request) =>
  Effect.gen(function* () {
    const { configFile } = yield* Places
    const other = request.headers[Header.configuration]
    if (other === undefined || other === Header.pathText(configFile)) return
    const refusal: typeof Problem.Conflict.Type = {
      error: `this supervisor reads ${configFile}`,
      code: "other_configuration"
    }
    return yield* Effect.fail(refusal)
  })

/** The configuration is read anew: agents that a person has just added can be named. */
const resolved = (given: TaskOrders.NewTask) =>
  TaskFile.submitFlags(
    {
      name: given.name,
      prompt: given.prompt,
      cwd: given.cwd,
      agent: given.agent ?? null,
      role: given.role ?? null,
      model: given.model ?? null,
      verify: given.verify ?? [],
      dependsOn: given.depends_on ?? [],
      key: given.key ?? null,
      upcoming: given.upcoming ?? false
    },
    "/"
  ).pipe(
    Effect.catchTag("ConfigInvalid", Refused.notResolved),
    Effect.provide(Configuration.layer),
    Effect.catchTags({ ConfigInvalid: Refused.unconfigured, ConfigUnreadable: Refused.unconfigured })
  )

const submit = (request: Request) =>
  Effect.gen(function* () {
    yield* refuseOther(request)
    const given = yield* RequestBody.decode(TaskOrders.NewTask)
    const { task, warnings } = yield* resolved(given)
    yield* inTime(yield* deadlineOf(request))
    const at = yield* Clock.currentTimeMillis
    const { tasks } = yield* (yield* Store).submit({ path: null, again: false, tasks: [task], at })
    const [stored] = tasks
    if (stored === undefined) return yield* Effect.dieMessage("a submission of one task stored none")
    return { ...stored, warnings }
  }).pipe(
    Effect.catchTag("SubmissionRefused", Refused.notStored),
    Effect.catchTag("Overdue", Refused.conflicting),
    Refused.broken
  )

/** What was said that the event has no use for is a mistake. */
const wordsOf = (
  name: Verbs.Name,
  body: TaskOrders.EventBody
): Either.Either<Verbs.Words, typeof Problem.Invalid.Type> => {
  const verb: Verbs.Verb = Verbs.verbs[name]
  const own = verb.option === undefined ? null : TaskOrders.fieldOf[verb.option]
  const stray = Object.keys(body).filter((key) => key !== own)
  if (stray.length > 0) {
    const valid = own === null ? `${name} takes no fields` : `${name} takes ${own}`
    return Either.left(
      RequestBody.refusal(
        stray.map((key) => ({
          key,
          message: `unknown key ${JSON.stringify(key)} (${valid})`,
          suggestion: own === null ? null : nearest(key, [own])
        }))
      )
    )
  }
  const { budget_usd: budgetUsd = null, by = null, commit = null, feedback = null, reason = null } = body
  return Either.right({ budgetUsd, by, commit, feedback, reason })
}

const moved = (task: Task): typeof TaskOrders.Moved.Type => ({
  id: task.id,
  name: task.spec.name,
  state: taskState(task.stage, task.execution),
  stage: encode(task.stage)
})

const operate = ({ event, id }: typeof TaskOrders.EventPath.Type, request: Request) =>
  Effect.gen(function* () {
    const { policy } = yield* Configuration.Configuration
    const words = yield* wordsOf(event, yield* RequestBody.decode(TaskOrders.EventBody))
    const deadline = yield* deadlineOf(request)
    const task = yield* operateIf(() => inTime(deadline), event, id, words, policy)
    if (task === null) return yield* Effect.dieMessage("an event that is in time was not tried")
    return moved(task)
  }).pipe(
    Effect.catchTag("NoSuchTask", Refused.missing),
    Effect.catchTag("Incomplete", Refused.incomplete),
    Effect.catchTag("NotLegal", Refused.conflicting),
    Effect.catchTag("NotYet", Refused.conflicting),
    Effect.catchTag("Overdue", Refused.conflicting),
    Refused.broken
  )

export const layer = HttpApiBuilder.group(Api, "tasks", (handlers) =>
  handlers
    .handle("listTasks", ({ urlParams }) => list(urlParams))
    .handle("showTask", ({ path }) => show(path.id))
    .handle("readLog", ({ path, urlParams }) => log(path.id, urlParams))
    .handleRaw("submitTask", ({ request }) => submit(request))
    .handleRaw("operateTask", ({ path, request }) => operate(path, request))
)
