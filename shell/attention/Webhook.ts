/** Sends what a person is to be told to a URL. The URL may be a secret: of it only the host is ever told. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { within } from "./Channels.ts"
import type { Message } from "./Message.ts"

const codeOf = (cause: unknown): string | null =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : null

/** Node's own words for a request that failed can have the URL in them; the code of its cause has not. */
const explain = (cause: unknown): string => codeOf(cause instanceof Error ? cause.cause : null) ?? "no connection"

/** Fails with why nobody can be sure that it arrived. Any status but 2xx is a failure, and a redirection is not followed. */
export const send = (url: Redacted.Redacted, { json }: Message): Effect.Effect<void, string> => {
  const { host } = new URL(Redacted.value(url))
  const sent = Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(Redacted.value(url), {
        method: "POST",
        headers: { "content-type": "application/json", "user-agent": "drover" },
        body: json,
        redirect: "manual",
        signal
      })
      // What it says beside its status is nobody's business here, and may be endless.
      await response.body?.cancel()
      return response.status
    },
    catch: (cause) => `${host} can not be reached: ${explain(cause)}`
  })
  return within(sent, (seconds) => `${host} has not answered within ${seconds} s`).pipe(
    Effect.filterOrFail(
      (status) => status >= 200 && status < 300,
      (status) => `${host} answered ${status}`
    ),
    Effect.asVoid
  )
}
