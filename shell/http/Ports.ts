/**
 * The ports of this machine on which a supervisor is asked: the one that its user has set, and, where there is none and the
 * board is asked for, one of the system's choice. Behind each is the same; nobody is let in without leave (`Access.ts`).
 */
import type { RequestListener, Server } from "node:http"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import type { Address } from "../config/HttpTable.ts"
import * as Access from "./Access.ts"
import * as Answer from "./Answer.ts"
import { BoardFolder, type BoardFiles, load } from "./BoardFiles.ts"
import * as BoardPage from "./BoardPage.ts"
import * as BoardSessions from "./BoardSessions.ts"
import * as Listener from "./Listener.ts"
import * as Token from "./Token.ts"

/** Nobody listens where the user wants it. */
class NotListening extends Data.TaggedError("NotListening")<{ readonly port: number }> {
  override get message(): string {
    return `port ${this.port} is not open: something else may have it; supervisor.log says more`
  }
}

/** A link by which one browser signs in, once. */
interface Link {
  readonly url: string
  readonly expiresAt: number
  /** Where the board is for whoever has signed in. */
  readonly board: string
}

type Trouble = Listener.SocketUnusable | Token.TokenUnusable

export interface Ports {
  /** Listens there until the scope ends. */
  readonly open: (address: Address) => Effect.Effect<Server, Trouble, Scope.Scope>
  readonly link: Effect.Effect<Link, Trouble | NotListening>
}

const guarded =
  (listener: RequestListener, door: BoardPage.Door): RequestListener =>
  (request, response) => {
    const { headers, url = "" } = request
    const port = request.socket.localPort ?? 0
    const asked = { headers, url, port, now: door.now() }
    const isForAll = BoardPage.isAsked(request)
    const refusal = isForAll ? Access.nameless(asked) : Access.refusal(asked, door.sessions, door.token)
    if (refusal !== null) {
      const { code, error, status } = refusal
      // Nothing of a body is read of whoever is not let in.
      return Answer.refused(response, status, error, { code }, { connection: "close" })
    }
    if (isForAll) return BoardPage.handle(door, port, request, response)
    const own = Access.session(asked)
    if (own !== null) {
      // What is still being answered, an open stream above all, ends with its session.
      response.once(
        "close",
        door.sessions.hold(own, door.token, asked.now, () => response.destroy())
      )
    }
    listener(request, response)
  }

/** Where nobody has said where. */
const anyPort: Address = { host: "127.0.0.1", port: 0 }

/** Read when somebody asks for it first; where that fails, when somebody asks again. */
const readOnce = (folder: string | null): (() => Promise<BoardFiles>) => {
  let found: Promise<BoardFiles> | null = null
  return () => {
    found ??= load(folder).catch((cause: unknown) => {
      found = null
      throw cause
    })
    return found
  }
}

const patience = Schedule.intersect(Schedule.spaced("100 millis"), Schedule.recurs(8))

export interface Options {
  readonly listener: RequestListener
  /** Ends the streams that are open: a server waits for who is being answered. */
  readonly hangUp: Effect.Effect<void>
  readonly tokenFile: string
  /** Where the user wants it, which somebody else sees to. */
  readonly wanted: Address | null
}

/** What the board opens is open as long as the scope. */
export const make = ({ hangUp, listener, tokenFile, wanted }: Options): Effect.Effect<Ports, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const clock = yield* Effect.clock
    const files = readOnce(yield* BoardFolder)
    const sessions = BoardSessions.make()
    const now = () => clock.unsafeCurrentTimeMillis()
    const alone = yield* Effect.makeSemaphore(1)
    let origin: string | null = null

    const open: Ports["open"] = (address) =>
      Effect.gen(function* () {
        const token = yield* Token.ensure(tokenFile)
        const server = yield* Listener.onPort(address, guarded(listener, { sessions, token, now, files }))
        const bound = server.address()
        const port = typeof bound === "object" && bound !== null ? bound.port : address.port
        const own = `http://${address.host === "::1" ? "[::1]" : address.host}:${port}`
        origin = own
        yield* Effect.addFinalizer(() => {
          if (origin === own) origin = null
          return hangUp
        })
        return server
      })

    const listening: Effect.Effect<string, Trouble | NotListening> = Effect.suspend(() => {
      if (origin !== null) return Effect.succeed(origin)
      if (wanted !== null) return new NotListening({ port: wanted.port })
      return Effect.flatMap(Scope.extend(open(anyPort), scope), () =>
        origin === null ? new NotListening({ port: 0 }) : Effect.succeed(origin)
      )
    })

    const link = Effect.gen(function* () {
      const at = yield* Effect.retry(listening, { schedule: patience, while: ({ _tag }) => _tag === "NotListening" })
      const { code, expiresAt } = sessions.issue(yield* Clock.currentTimeMillis)
      return { url: `${at}${BoardPage.signInPath}?code=${code}`, expiresAt, board: `${at}/` }
    })

    return { open, link: alone.withPermits(1)(link) }
  })
