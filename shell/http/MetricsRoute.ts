/**
 * `GET /metrics`: everything that is measured, as Prometheus reads it; as JSON for who accepts nothing else. It writes
 * nothing.
 */
import type { IncomingMessage, ServerResponse } from "node:http"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import { contentType, render } from "../../core/metrics/Exposition.ts"
import type { Family } from "../../core/metrics/Family.ts"
import * as Answer from "./Answer.ts"

type Told =
  | { readonly _tag: "Told"; readonly families: ReadonlyArray<Family> }
  | { readonly _tag: "Untold"; readonly why: string }

export interface Door {
  readonly metrics: (use: (told: Told) => void) => void
}

export const make = (
  families: Effect.Effect<ReadonlyArray<Family>, { readonly message: string }>
): Effect.Effect<Door["metrics"]> =>
  Effect.map(Effect.runtime(), (runtime) => (use) => {
    Runtime.runCallback(runtime)(families, {
      onExit: (exit) => {
        if (Exit.isSuccess(exit)) return use({ _tag: "Told", families: exit.value })
        const failure = Cause.failureOption(exit.cause)
        use({ _tag: "Untold", why: failure._tag === "Some" ? failure.value.message : Cause.pretty(exit.cause) })
      }
    })
  })

export const isAsked = ({ url }: IncomingMessage): boolean => url?.split("?")[0] === "/metrics"

export const handle = ({ metrics }: Door, request: IncomingMessage, response: ServerResponse): void => {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return Answer.refused(response, 405, "metrics are asked for by GET", {}, { allow: "GET, HEAD" })
  }
  metrics((told) => {
    if (told._tag === "Untold") return Answer.refused(response, 503, told.why)
    if (request.headers.accept === "application/json") return Answer.ok(response, { metrics: told.families })
    Answer.text(response, contentType, render(told.families))
  })
}
