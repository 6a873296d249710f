/** A `node:http` server on the Unix socket of a state directory, for its owner alone, as long as a scope is open. */
import { chmod, lstat, rm } from "node:fs/promises"
import { createServer, type RequestListener, type Server } from "node:http"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

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

const bind = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    // The path comes to be within this call: from its first moment on it is its owner's alone.
    const before = process.umask(0o177)
    try {
      server.listen(path, resolve)
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

/** Listens when it succeeds. */
export const listen = (path: string, handle: RequestListener): Effect.Effect<Server, SocketUnusable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        await clear(path)
        const server = createServer({ requestTimeout: requestTimeoutMs, keepAliveTimeout: requestTimeoutMs }, handle)
        await bind(server, path)
        await chmod(path, 0o600)
        return server
      },
      catch: (cause) => new SocketUnusable({ path, cause })
    }),
    (server) => Effect.promise(() => close(server))
  )

/** Whether that path still leads to the server: somebody may have removed it. */
export const isReachable = (path: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    lstat(path).then(
      (found) => found.isSocket(),
      () => false
    )
  )
