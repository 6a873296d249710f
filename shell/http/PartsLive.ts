/** What one task is made of over HTTP, a part at a time. */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import type { TaskId } from "../../core/task/Identifiers.ts"
import * as OutputWindow from "../view/OutputWindow.ts"
import * as TaskDiff from "../view/TaskDiff.ts"
import * as TaskGraph from "../view/TaskGraph.ts"
import * as TaskPages from "../view/TaskPages.ts"
import { Api } from "./api/Api.ts"
import * as Problem from "./api/Problem.ts"
import type * as TaskParts from "./api/TaskParts.ts"
import * as Refused from "./Refused.ts"
import * as RequestBody from "./RequestBody.ts"

/** Looks of git at once: each takes a processor while it lasts. */
const mostDiffs = 1

const run = (id: TaskId, number: number) =>
  Effect.gen(function* () {
    const found = yield* TaskPages.run(id, number)
    return found ?? (yield* Effect.fail(Problem.notFound(`#${id} has no run ${number} of a verifier`)))
  }).pipe(Effect.catchTag("NoSuchTask", Refused.missing), Refused.broken)

const whereOf = ({ before, from, near }: typeof TaskParts.OutputQuery.Type) => {
  const said: ReadonlyArray<OutputWindow.Where> = [
    ...(from === undefined ? [] : [{ _tag: "From" as const, at: from }]),
    ...(near === undefined ? [] : [{ _tag: "Near" as const, at: near }]),
    ...(before === undefined ? [] : [{ _tag: "Before" as const, at: before }])
  ]
  const [where = { _tag: "End" as const }, ...more] = said
  if (more.length === 0) return Effect.succeed(where)
  const message = "one of from, near and before, or none of them"
  return Effect.fail(RequestBody.refusal([{ key: "from", message, suggestion: null }]))
}

const output = (id: TaskId, query: typeof TaskParts.OutputQuery.Type) =>
  Effect.gen(function* () {
    const where = yield* whereOf(query)
    const { attempt, limit, run = null, stream } = query
    const file = yield* TaskPages.file({ id, attempt, stream, run })
    if (file === null) {
      const which = run === null ? stream : `${stream} of run ${run}`
      return yield* Effect.fail(Problem.notFound(`attempt ${attempt} of #${id} has no ${which}`))
    }
    const { end, isThere, lines, size, start } = yield* OutputWindow.read(file.path, where, limit, file.isOver)
    return {
      ...file.toJson(isThere ? size : null),
      id,
      start,
      end,
      lines: lines.map(({ at, isPiece, text }) => ({ at, text, is_piece: isPiece }))
    }
  }).pipe(
    Effect.catchTag("NoSuchTask", Refused.missing),
    Effect.catchTag("NoSuchAttempt", Refused.missing),
    Refused.broken
  )

export const layer = HttpApiBuilder.group(Api, "parts", (handlers) =>
  Effect.gen(function* () {
    const diffs = yield* Effect.makeSemaphore(mostDiffs)
    return handlers
      .handle("taskLedger", ({ path, urlParams: { before = null, limit } }) =>
        TaskPages.ledger({ task: path.id, before, limit }).pipe(
          Effect.catchTag("NoSuchTask", Refused.missing),
          Refused.broken
        )
      )
      .handle("taskAttempts", ({ path, urlParams: { before = null, limit } }) =>
        TaskPages.attempts({ task: path.id, before, limit }).pipe(
          Effect.catchTag("NoSuchTask", Refused.missing),
          Refused.broken
        )
      )
      .handle("verifierRun", ({ path }) => run(path.id, path.run))
      .handle("taskOutputs", ({ path, urlParams: { before = null, limit } }) =>
        TaskPages.files({ task: path.id, before, limit }).pipe(
          Effect.catchTag("NoSuchTask", Refused.missing),
          Refused.broken
        )
      )
      .handle("taskOutput", ({ path, urlParams }) => output(path.id, urlParams))
      .handle("taskGraph", ({ path }) =>
        TaskGraph.read(path.id).pipe(Effect.catchTag("NoSuchTask", Refused.missing), Refused.broken)
      )
      .handle("taskDiff", ({ path }) =>
        diffs
          .withPermits(1)(TaskDiff.read(path.id))
          .pipe(Effect.catchTag("NoSuchTask", Refused.missing), Refused.broken)
      )
  })
)
