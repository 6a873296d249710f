/** How a request is refused: one shape for all, JSON, told apart by `code`; `error` is for people. */
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Schema from "effect/Schema"

const Field = Schema.Struct({
  /** Where it stands: `verify[0]`, `limit`; empty for the whole. */
  field: Schema.String,
  message: Schema.String,
  /** The valid key or word that was probably meant. */
  suggestion: Schema.NullOr(Schema.String)
})

/** One field that is wrong. */
export type Field = typeof Field.Type

const problem = <const Codes extends ReadonlyArray<string>>(
  status: number,
  identifier: string,
  description: string,
  ...codes: Codes
) =>
  Schema.Struct({
    error: Schema.String,
    code: Schema.Literal(...codes),
    /** What is wrong with the request, each place by itself. */
    fields: Schema.optionalWith(Schema.Array(Field), { exact: true }),
    /** What could be done instead. */
    legal: Schema.optionalWith(Schema.Array(Schema.String), { exact: true })
  }).annotations({ identifier, description, ...HttpApiSchema.annotations({ status }) })

export const Invalid = problem(
  400,
  "Invalid",
  "The request is not understood (`invalid`, each wrong field is named), or the task can not be stored (`refused`)",
  "invalid",
  "refused"
)
export const Unauthorized = problem(
  401,
  "Unauthorized",
  "Over TCP: the token is missing or wrong, or the page has signed out",
  "unauthorized"
)
export const Forbidden = problem(
  403,
  "Forbidden",
  "Over TCP: `Host` is no name of this machine, or a page of another origin asks",
  "forbidden"
)
export const NotFound = problem(404, "NotFound", "There is no such task, attempt, account or place", "not_found")
export const MethodNotAllowed = problem(
  405,
  "MethodNotAllowed",
  "The place is there, and not for that method",
  "method_not_allowed"
)
export const Conflict = problem(
  409,
  "Conflict",
  "Nothing was done: the event is not legal now (`legal` has those that are), something has to end first (`not_yet`), " +
    "`X-Drover-Deadline` is over (`overdue`), or the supervisor reads another configuration (`other_configuration`)",
  "not_legal",
  "not_yet",
  "overdue",
  "other_configuration"
)
export const TooLarge = problem(413, "TooLarge", "The body is larger than 256 KiB", "too_large")
export const Unsupported = problem(415, "Unsupported", "The body is not JSON", "unsupported")
export const Failed = problem(500, "Failed", "A mistake in drover; its log says more", "failed")
export const Unavailable = problem(
  503,
  "Unavailable",
  "The store or the configuration can not be used now",
  "unavailable"
)

/** Any of them, as a client reads it. */
export const Problem = Schema.Union(
  Invalid,
  Unauthorized,
  Forbidden,
  NotFound,
  MethodNotAllowed,
  Conflict,
  TooLarge,
  Unsupported,
  Failed,
  Unavailable
)
export type Problem = typeof Problem.Type

export const invalid = (error: string, fields: ReadonlyArray<Field> = []): typeof Invalid.Type => ({
  error,
  code: "invalid",
  fields
})

export const notFound = (error: string): typeof NotFound.Type => ({ error, code: "not_found" })

export const unavailable = (error: string): typeof Unavailable.Type => ({ error, code: "unavailable" })
