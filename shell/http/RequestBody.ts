/** The JSON of a request, decoded: every mistake is told with its field, and with what was probably meant. */
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Schema from "effect/Schema"
import type { ConfigProblem } from "../config/ConfigProblem.ts"
import * as Toml from "../config/Toml.ts"
import * as Problem from "./api/Problem.ts"

const hint = (suggestion: string | null): string =>
  suggestion === null ? "" : `: did you mean ${JSON.stringify(suggestion)}?`

/** What is wrong with the fields of a request. */
export const refusal = (problems: ReadonlyArray<Pick<ConfigProblem, "key" | "message" | "suggestion">>) =>
  Problem.invalid(
    problems.map(({ message, suggestion }) => message + hint(suggestion)).join("; "),
    problems.map(({ key, message, suggestion }) => ({ field: key, message, suggestion }))
  )

/** What is no JSON is told before (`ApiListener.ts`). */
export const decode = <A, I>(
  schema: Schema.Schema<A, I>
): Effect.Effect<A, typeof Problem.Invalid.Type, HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const data = yield* Effect.orDie(request.json)
    if (typeof data !== "object" || data === null || Array.isArray(data)) {
      return yield* Effect.fail(Problem.invalid("the body is to be one JSON object"))
    }
    const document: Toml.Document = { file: "body", data, place: () => ({ line: null, column: null }) }
    return yield* Either.mapLeft(Toml.decode(schema, document), refusal)
  })
