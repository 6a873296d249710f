/** Until when whoever asks waits for an answer. */
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Effect from "effect/Effect"
import * as Header from "./api/Header.ts"
import type * as Problem from "./api/Problem.ts"
import * as RequestBody from "./RequestBody.ts"

/** Epoch milliseconds; null where nothing is said. */
export const deadlineOf = ({
  headers
}: HttpServerRequest.HttpServerRequest): Effect.Effect<number | null, typeof Problem.Invalid.Type> => {
  const text = headers[Header.deadline]
  if (text === undefined) return Effect.succeed(null)
  if (/^[0-9]{1,15}$/.test(text)) return Effect.succeed(Number(text))
  const message = `${Header.deadline}: expected milliseconds since 1970, got ${JSON.stringify(text)}`
  return Effect.fail(RequestBody.refusal([{ key: Header.deadline, message, suggestion: null }]))
}
