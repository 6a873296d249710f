/**
 * A supervisor asked over its socket, by plain `node:http`: a client made from the definition would cost a command more
 * than what it asks for. Whoever does not answer is not waited for: then the store is there (decision 23).
 */
import { stat } from "node:fs/promises"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { Places } from "../config/Places.ts"
import * as Header from "../http/api/Header.ts"
import type { Problem } from "../http/api/Problem.ts"
import { Failed } from "./ExitCode.ts"

export type Asked<A> =
  | { readonly _tag: "Answered"; readonly value: A }
  /** It was understood, and not done. */
  | { readonly _tag: "Refused"; readonly problem: Problem }
  /** Nobody was asked, or nobody who understands it: nothing was done, and nothing will be. */
  | { readonly _tag: "Nobody" }
  /**
   * It may have been done, by whoever was asked and did not answer. It will not be any more: what was asked for was to be
   * done by now.
   */
  | { readonly _tag: "Silent" }

/** Milliseconds until a supervisor is left alone that was asked; it answers in a few, whatever it is at. */
const patienceMs = 2000

/** Bytes of an answer that are read. */
const longest = 16 * 1024 * 1024

type Reply =
  | { readonly _tag: "Whole"; readonly status: number; readonly text: string }
  /** `isSent`: it may have been read. */
  | { readonly _tag: "None"; readonly isSent: boolean }

interface Wanted {
  readonly socket: string
  readonly method: "GET" | "POST"
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

const nobody = { _tag: "Nobody" } as const

const request = ({ body, headers, method, path, socket }: Wanted) =>
  Effect.gen(function* () {
    const http = yield* Effect.promise(() => import("node:http"))
    return yield* Effect.async<Reply>((resume) => {
      let isSent = false
      const end = (reply: Reply): void => {
        clearTimeout(late)
        asked.destroy()
        resume(Effect.succeed(reply))
      }
      const none = (): void => end({ _tag: "None", isSent })
      const asked = http.request({ socketPath: socket, method, path, headers, agent: false }, (response) => {
        const chunks: Array<Buffer> = []
        let bytes = 0
        response.on("data", (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > longest) return none()
          chunks.push(chunk)
        })
        response.once("error", none)
        response.once("close", none)
        response.once("end", () =>
          end({ _tag: "Whole", status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") })
        )
      })
      const late = setTimeout(none, patienceMs)
      asked.once("socket", (own) => own.once("connect", () => (isSent = true)))
      asked.on("error", none)
      asked.end(body ?? undefined)
      return Effect.sync(() => {
        clearTimeout(late)
        asked.destroy()
      })
    })
  })

const isThere = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    stat(path).then(
      (found) => found.isSocket(),
      () => false
    )
  )

const understood = async <A, I>(schema: Schema.Schema<A, I>, status: number, text: string): Promise<Asked<A>> => {
  const data: unknown = Either.getOrNull(Either.try(() => JSON.parse(text)))
  if (status === 200) {
    const value = Schema.decodeUnknownEither(schema)(data)
    // Whatever it has done, it has done: only what it says is not for this program.
    return Either.isRight(value) ? { _tag: "Answered", value: value.right } : nobody
  }
  const { Problem } = await import("../http/api/Problem.ts")
  const problem = Schema.decodeUnknownEither(Problem)(data)
  return Either.isRight(problem) ? { _tag: "Refused", problem: problem.right } : nobody
}

/** What is asked for, loaded where there is somebody to ask. */
interface Order<A, I> {
  readonly body: unknown
  readonly schema: Schema.Schema<A, I>
}

/** Reads something; one that does not answer is nobody. */
export const get = <A, I>(
  path: string,
  load: () => Promise<Schema.Schema<A, I>>
): Effect.Effect<Asked<A>, never, Places> =>
  Effect.gen(function* () {
    const { socket } = yield* Places
    if (!(yield* isThere(socket))) return nobody
    const schema = yield* Effect.promise(load)
    const reply = yield* request({ socket, method: "GET", path, headers: {}, body: null })
    return reply._tag === "None" ? nobody : yield* Effect.promise(() => understood(schema, reply.status, reply.text))
  })

/** The body of a good answer as it came; null where nobody listens. One that is silent or refuses is a failure to be told. */
export const text = (path: string, accept: string): Effect.Effect<string | null, Failed, Places> =>
  Effect.gen(function* () {
    const { socket } = yield* Places
    const reply = yield* request({ socket, method: "GET", path, headers: { accept }, body: null })
    if (reply._tag === "None") {
      if (!reply.isSent) return null
      return yield* unasked("no whole answer came")
    }
    return reply.status === 200 ? reply.text : yield* unasked(`it answered ${reply.status}: ${reply.text.trim()}`)
  })

const unasked = (why: string): Failed => new Failed({ message: `the supervisor can not be asked: ${why}` })

/** Has something done, in time or not at all. */
export const post = <A, I>(
  path: string,
  load: () => Promise<Order<A, I>>,
  more: Readonly<Record<string, string>> = {}
): Effect.Effect<Asked<A>, never, Places> =>
  Effect.gen(function* () {
    const { socket } = yield* Places
    if (!(yield* isThere(socket))) return nobody
    const { body, schema } = yield* Effect.promise(load)
    const deadline = (yield* Clock.currentTimeMillis) + patienceMs
    const text = JSON.stringify(body)
    const headers = {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(text)),
      [Header.deadline]: String(deadline),
      ...more
    }
    const reply = yield* request({ socket, method: "POST", path, headers, body: text })
    if (reply._tag === "Whole") {
      const asked = yield* Effect.promise(() => understood(schema, reply.status, reply.text))
      return asked._tag === "Nobody" && reply.status < 300 ? { _tag: "Silent" } : asked
    }
    if (!reply.isSent) return nobody
    // Who was asked may be at it until then, and not any more after that.
    const now = yield* Clock.currentTimeMillis
    yield* Effect.sleep(Math.max(0, deadline + 1 - now))
    return { _tag: "Silent" }
  })
