/** An HTTP server on loopback that keeps what it is sent, and answers as it is told. */
import { createServer, type IncomingHttpHeaders } from "node:http"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

interface Request {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Sink {
  readonly url: string
  readonly requests: Array<Request>
  /** A status, or nothing at all. */
  answer: number | "silence"
}

export const sink: Effect.Effect<Sink, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.async<{ readonly server: ReturnType<typeof createServer>; readonly sink: Sink }>((resume) => {
      const requests: Array<Request> = []
      const found: { url: string; requests: Array<Request>; answer: number | "silence" } = {
        url: "",
        requests,
        answer: 204
      }
      const server = createServer((request, response) => {
        let body = ""
        request.setEncoding("utf8").on("data", (text: string) => {
          body += text
        })
        request.on("end", () => {
          requests.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body })
          if (found.answer === "silence") return
          response.writeHead(found.answer, found.answer === 302 ? { location: "/elsewhere" } : {}).end()
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        found.url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
        resume(Effect.succeed({ server, sink: found }))
      })
    }),
    ({ server }) =>
      Effect.promise(
        () =>
          new Promise((resolve) => {
            server.close(resolve)
            server.closeAllConnections()
          })
      )
  ),
  ({ sink }) => sink
)
