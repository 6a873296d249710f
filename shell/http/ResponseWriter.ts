/** Answers written to a client of `node:http`: one that does not read what it asked for is not waited for without end. */
import { once } from "node:events"
import type { ServerResponse } from "node:http"
import type * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { version } from "../config/ProgramVersion.ts"
import * as Compression from "./Compression.ts"

/** Milliseconds in which a client that asked for something takes nothing of it: it is cut off, and may ask again. */
export const patienceMs = 30_000

/** Of whatever is told: nobody keeps it, nobody takes it for something else, and everybody knows which version said it. */
const always = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  server: `drover/${version}`
} as const

/** Its client has gone, or was cut off. */
class Gone extends Data.TaggedError("Gone") {}

/** Goes on when there is room for more; a client that makes none in time is cut off. */
const room = (response: ServerResponse): Effect.Effect<void, Gone> =>
  Effect.tryPromise((signal) => once(response, "drain", { signal })).pipe(
    Effect.timeout(patienceMs),
    Effect.catchAll(() => {
      response.destroy()
      return new Gone()
    })
  )

const send = (response: ServerResponse, bytes: Uint8Array): Effect.Effect<void, Gone> =>
  Effect.suspend(() => {
    if (response.destroyed) return new Gone()
    return response.write(bytes) ? Effect.void : room(response)
  })

const end = (response: ServerResponse, bytes?: Uint8Array): void => {
  // From here on only its client is waited for.
  response.setTimeout(patienceMs, () => response.destroy())
  response.end(bytes)
}

const writeSmaller = (
  response: ServerResponse,
  { headers, status }: HttpServerResponse.HttpServerResponse,
  bytes: Uint8Array
): Effect.Effect<void> =>
  Effect.map(
    Effect.promise(() => Compression.compressed(bytes)),
    (smaller) => {
      if (response.destroyed) return
      const { "content-length": _, ...rest } = headers
      const coding = smaller === null ? {} : { "content-encoding": "gzip" }
      const length = (smaller ?? bytes).length
      response.writeHead(status, { ...always, ...rest, ...coding, vary: "accept-encoding", "content-length": length })
      end(response, smaller ?? bytes)
    }
  )

export const write = (
  response: ServerResponse,
  answer: HttpServerResponse.HttpServerResponse,
  isHead: boolean
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { body, headers, status } = answer
    // Its client may be gone by now.
    if (response.writableEnded || response.destroyed) return Effect.void
    if (body._tag === "Uint8Array" && !isHead && Compression.isWanted(response.req)) {
      return writeSmaller(response, answer, body.body)
    }
    response.writeHead(status, { ...always, ...headers })
    if (isHead) return Effect.sync(() => end(response))
    switch (body._tag) {
      case "Uint8Array":
        return Effect.sync(() => end(response, body.body))
      case "Stream":
        return Effect.zipRight(
          Effect.catchAllCause(
            Stream.runForEach(body.stream, (bytes) => send(response, bytes)),
            (cause) => Effect.logDebug("a stream was broken off", cause)
          ),
          Effect.sync(() => end(response))
        )
      case "Empty":
      case "Raw":
      case "FormData":
        return Effect.sync(() => end(response))
    }
  })
