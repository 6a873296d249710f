/**
 * What running guards say of themselves: asked at once and from memory, so that whoever asks waits for nobody.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Runtime, Status } from "../../core/guard/Runtime.ts"
import type { Key } from "./Declarations.ts"

export class Guards extends Context.Tag("drover/Guards")<
  Guards,
  {
    /** Until the scope ends `status` answers for that guard; of several the last one that registered is asked. */
    readonly register: (key: Key, status: () => Status) => Effect.Effect<void, never, Scope.Scope>
    /** What is known of it now. A status that throws is an answer too. */
    readonly read: (key: Key) => Runtime
  }
>() {}

interface Registered {
  readonly since: number
  readonly status: () => Status
}

/** There is nothing outside this process to register with, so that this is the layer for specs as well. */
export const layer: Layer.Layer<Guards> = Layer.sync(Guards, () => {
  const registered = new Map<Key, ReadonlyArray<Registered>>()
  const of = (key: Key): ReadonlyArray<Registered> => registered.get(key) ?? []
  return {
    register: (key, status) =>
      Effect.acquireRelease(
        Effect.map(Clock.currentTimeMillis, (since) => {
          const own: Registered = { since, status }
          registered.set(key, [...of(key), own])
          return own
        }),
        (own) =>
          Effect.sync(() => {
            registered.set(
              key,
              of(key).filter((each) => each !== own)
            )
          })
      ),
    read: (key) => {
      const last = of(key).at(-1)
      if (last === undefined) return { _tag: "Unregistered" }
      try {
        return { _tag: "Registered", since: last.since, status: last.status() }
      } catch (cause) {
        return { _tag: "Threw", message: cause instanceof Error ? cause.message : String(cause) }
      }
    }
  }
})

/** A guard that says after every turn of its loop how it went. */
export interface Pulse {
  /** `trouble`: why it could not see what it should look at; null when it could. */
  readonly beat: (trouble: string | null) => Effect.Effect<void>
  /** It has ended by an error of drover's own: it is off until it beats again. */
  readonly died: (why: string) => Effect.Effect<void>
}

/** Registers a guard that is on as long as the scope. */
export const pulse = (key: Key): Effect.Effect<Pulse, never, Guards | Scope.Scope> =>
  Effect.gen(function* () {
    const guards = yield* Guards
    let status: Status = { enabled: true }
    yield* guards.register(key, () => status)
    return {
      beat: (trouble) =>
        Effect.map(Clock.currentTimeMillis, (lastTickAt) => {
          status = { enabled: true, lastTickAt, ...(trouble === null ? {} : { blind: true, reason: trouble }) }
        }),
      died: (why) => Effect.sync(() => void (status = { ...status, enabled: false, reason: `it died: ${why}` }))
    }
  })
