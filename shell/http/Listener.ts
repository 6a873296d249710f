/** `node:http` servers, on the Unix socket of a state directory, for its owner alone, or on a port, as long as a scope is open. */
import { chmod, lstat, rm } from "node:fs/promises"
import { createServer, type RequestListener, type Server } from "node:http"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "../config/HttpTable.ts"

/** Nobody can connect: something else has its path, or the folder can not be written. */
export class SocketUnusable extends Data.TaggedError("SocketUnusable")<{
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `nobody can connect to ${this.path}: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

/** Milliseconds; longer than the clients of a hook wait, shorter than anybody minds. */
const requestTimeoutMs = 30_000
const closingMs = 2000

/** The lock on the state directory is ours: a socket that is there is what a dead supervisor left. */
const clear = async (path: string): Promise<void> => {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket()) throw new Error("something that is no socket has its path")
  await rm(path, { force: true })
}

const bound = (server: Server, listen: () => void): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.once("listening", resolve)
    listen()
  })

/** The path comes to be within the call: from its first moment on it is its owner's alone. */
const bindPath = (server: Server, path: string): Promise<void> =>
  bound(server, () => {
    const before = process.umask(0o177)
    try {
      server.listen(path)
    } finally {
      process.umask(before)
    }
  })

/** Who is being answered gets its answer, for a moment; nobody else is waited for. */
const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), closingMs)
    server.close(() => {
      clearTimeout(late)
      resolve()
    })
    server.closeIdleConnections()
  })

const serve = (path: string, handle: RequestListener, bind: (server: Server) => Promise<void>) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        const server = createServer({ requestTimeout: requestTimeoutMs, keepAliveTimeout: requestTimeoutMs }, handle)
        await bind(server)
        return server
      },
      catch: (cause) => new SocketUnusable({ path, cause })
    }),
    (server) => Effect.promise(() => close(server))
  )

/** Listens when it succeeds. */
export const onPath = (path: string, handle: RequestListener): Effect.Effect<Server, SocketUnusable, Scope.Scope> =>
  serve(path, handle, async (server) => {
    await clear(path)
    await bindPath(server, path)
    await chmod(path, 0o600)
  })

/** The same on this machine's own network. */
export const onPort = (
  { host, port }: Address,
  handle: RequestListener
): Effect.Effect<Server, SocketUnusable, Scope.Scope> =>
  serve(`port ${port} of ${host}`, handle, (server) => bound(server, () => void server.listen({ host, port })))

/** Whether that path still leads to the server: somebody may have removed it. */
export const isReachable = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    lstat(path).then(
      (found) => found.isSocket(),
      () => false
    )
  )
