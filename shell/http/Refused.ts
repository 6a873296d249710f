/** What went wrong inside, as a client is told of it. */
import * as Effect from "effect/Effect"
import type { ConfigInvalid, ConfigUnreadable } from "../config/ConfigProblem.ts"
import type { NotLegal, NotYet, Incomplete, NoSuchTask, Overdue } from "../operator/Operation.ts"
import type { Conflict, Fenced, MalformedRow, StoreUnavailable, SubmissionRefused } from "../store/Store.ts"
import type { NoSuchAttempt } from "../view/TaskLog.ts"
import type { OutputUnreadable } from "../view/FilePiece.ts"
import * as Problem from "./api/Problem.ts"
import { fieldOf } from "./api/TaskOrders.ts"
import * as RequestBody from "./RequestBody.ts"

type Broken = StoreUnavailable | MalformedRow | OutputUnreadable | Conflict | Fenced

/** What can be tried again later. */
export const broken = <A, E, R>(effect: Effect.Effect<A, E | Broken, R>) =>
  Effect.catchIf(
    effect,
    (error): error is Extract<E | Broken, Broken> => isBroken(error),
    ({ message }) => Effect.fail(Problem.unavailable(message))
  )

const brokenTags: ReadonlySet<unknown> = new Set<Broken["_tag"]>([
  "StoreUnavailable",
  "MalformedRow",
  "OutputUnreadable",
  "Conflict",
  "Fenced"
])

const isBroken = (error: unknown): error is Broken =>
  typeof error === "object" && error !== null && "_tag" in error && brokenTags.has(error._tag)

export const missing = ({ message }: NoSuchTask | NoSuchAttempt) => Effect.fail(Problem.notFound(message))

export const incomplete = ({ message, word }: Incomplete) =>
  Effect.fail(RequestBody.refusal([{ key: word === null ? "" : fieldOf[word], message, suggestion: null }]))

export const conflicting = (error: NotLegal | NotYet | Overdue): Effect.Effect<never, typeof Problem.Conflict.Type> => {
  switch (error._tag) {
    case "NotLegal":
      return Effect.fail({ error: error.message, code: "not_legal", legal: error.legal })
    case "NotYet":
      return Effect.fail({ error: error.message, code: "not_yet" })
    case "Overdue":
      return Effect.fail({ error: error.message, code: "overdue" })
  }
}

export const notStored = ({ message }: SubmissionRefused): Effect.Effect<never, typeof Problem.Invalid.Type> =>
  Effect.fail({ error: message, code: "refused" })

/** Every problem of a task that was submitted names its field. */
export const notResolved = ({ problems }: ConfigInvalid): Effect.Effect<never, typeof Problem.Invalid.Type> =>
  Effect.fail({ ...RequestBody.refusal(problems), code: "refused" })

/** The user's own file is wrong: that is no mistake of who asks. */
export const unconfigured = ({ message }: ConfigInvalid | ConfigUnreadable) =>
  Effect.fail(Problem.unavailable(`the configuration can not be read: ${message}`))
