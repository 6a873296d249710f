/** What V8 saw of a part of this process, in the form that browsers' developer tools read. */
import { open } from "node:fs/promises"
import { Session } from "node:inspector/promises"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

export class CpuProfileFailed extends Data.TaggedError("CpuProfileFailed")<{
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `no profile was written to ${this.path}: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

/** Runs the effect, and writes its profile into a file that is not there yet, for its owner alone; not if it fails. */
export const into = <A, E, R>(
  path: string,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | CpuProfileFailed, R> => {
  const attempt = <B>(act: () => Promise<B>) =>
    Effect.tryPromise({ try: act, catch: (cause) => new CpuProfileFailed({ path, cause }) })
  return Effect.scoped(
    Effect.gen(function* () {
      // First: nobody waits for a profile that has no place.
      const file = yield* Effect.acquireRelease(
        attempt(() => open(path, "wx", 0o600)),
        (file) => Effect.promise(() => file.close())
      )
      const session = yield* Effect.acquireRelease(
        Effect.sync(() => {
          const session = new Session()
          session.connect()
          return session
        }),
        (session) => Effect.sync(() => session.disconnect())
      )
      yield* attempt(() => session.post("Profiler.enable"))
      yield* attempt(() => session.post("Profiler.start"))
      const answer = yield* effect
      const { profile } = yield* attempt(() => session.post("Profiler.stop"))
      yield* attempt(() => file.writeFile(JSON.stringify(profile)))
      return answer
    })
  )
}
