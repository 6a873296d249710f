/**
 * What a supervisor leaves when it ends by an error of drover's own: nobody supervises then, and the guards say nothing any
 * more, so that a person is told before it is gone. The next that lives takes it back.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mechanism from "../guards/Mechanism.ts"
import type { AttentionChange, Store } from "../store/Store.ts"

/** The key of the attention item. */
export const diedKey = "supervisor:died"

/** One that has lived for so long does not die at once, as the one before it. */
const livesAfter = "5 minutes"

type Stored = Context.Tag.Service<Store>

const note = (store: Stored, change: AttentionChange): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (at) => store.noteAttention(at, null, [change])).pipe(
    Effect.catchAll(({ message }) => Effect.logWarning(`how the supervisor stands is not written: ${message}`))
  )

const takeBack = (store: Stored): Effect.Effect<void> =>
  store.attention.pipe(
    Effect.orElseSucceed(() => []),
    Effect.flatMap((open) =>
      open.some(({ key }) => key === diedKey) ? note(store, { _tag: "Clear", key: diedKey }) : Effect.void
    )
  )

const ended = (store: Stored, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> => {
  if (Exit.isSuccess(exit) || Cause.isInterruptedOnly(exit.cause)) return takeBack(store)
  // An error that is known says by itself what it is: mostly that another supervisor is there.
  if (!Cause.isDie(exit.cause)) return Effect.void
  const text = `the supervisor died, agents go on without one: ${Mechanism.said(Cause.squash(exit.cause))}`
  return note(store, { _tag: "Raise", key: diedKey, text })
}

/** Says how a supervisor ends, before what tells people ends with its scope. */
export const leaving =
  (store: Stored) =>
  <A, E, R>(supervisor: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.onExit(supervisor, (exit) => ended(store, exit))

/** In the scope of one that has begun. */
export const living = (store: Stored) => Effect.forkScoped(Effect.delay(takeBack(store), livesAfter))
