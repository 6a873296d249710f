/**
 * The supervisor inside a command: what it needs, how it is told to stop its agents, and what a signal does to it.
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { Places } from "../config/Places.ts"
import { type Options, Supervisor } from "../supervisor/Supervisor.ts"
import { Output } from "./Output.ts"
import * as Services from "./Services.ts"
import { Signals } from "./Signals.ts"
import * as SupervisorLog from "./SupervisorLog.ts"

const log = Layer.unwrapEffect(
  Effect.gen(function* () {
    const { log } = yield* Places
    const output = yield* Output
    return SupervisorLog.layer(log, output.error)
  })
)

/** The supervisor, the store that it shares with the views beside it, its configuration and its log. */
export const layer = Services.supervisor.pipe(
  Layer.provideMerge(Layer.mergeAll(Services.writable, Services.configuration)),
  Layer.provideMerge(log)
)

/** The supervisor until it ends, with a line in its log for its beginning and its end. */
export const supervise = (options: Options) =>
  Effect.gen(function* () {
    const supervisor = yield* Supervisor
    const { stateDirectory } = yield* Places
    const about = Effect.annotateLogs({ process: process.pid, directory: stateDirectory })
    return yield* supervisor
      .supervise({ ...options, onReady: Effect.zipRight(Effect.logInfo("supervising").pipe(about), options.onReady) })
      .pipe(Effect.onExit((exit) => logEnd(exit).pipe(about)))
  })

/** A lock that another has is tried again and again: no news. */
const logEnd = <E extends { readonly _tag: string }>(exit: Exit.Exit<void, E>): Effect.Effect<void> =>
  Exit.match(exit, {
    onSuccess: () => Effect.logInfo("ended: every agent is stopped"),
    onFailure: (cause) => {
      if (Cause.isInterruptedOnly(cause)) return Effect.logInfo("ended: agents that ran go on")
      const failure = Cause.failureOption(cause)
      return Option.isSome(failure) && failure.value._tag === "OwnershipRefused"
        ? Effect.void
        : Effect.logError("ended by a failure", cause)
    }
  })

/** Completed when another process asks that every agent be stopped: `drover down --stop-agents` sends SIGUSR2. */
export const stopRequested: Effect.Effect<Deferred.Deferred<void>, never, Scope.Scope> = Effect.gen(function* () {
  const deferred = yield* Deferred.make<void>()
  const on = (): void => Deferred.unsafeDone(deferred, Effect.void)
  yield* Effect.acquireRelease(
    Effect.sync(() => process.on("SIGUSR2", on)),
    () => Effect.sync(() => process.off("SIGUSR2", on))
  )
  return deferred
})

export interface Watched<E, R> {
  readonly onReady: Effect.Effect<void>
  readonly stopAgents: Deferred.Deferred<void>
  /** A signal stops the agents too. */
  readonly isStopping: boolean
  /** Runs as long as the supervisor does; its failure ends both. */
  readonly beside: Effect.Effect<never, E, R>
}

/** Supervises until a signal comes or the agents are stopped; says whether agents may be left. */
export const untilSignal = <E, R>({ beside, isStopping, onReady, stopAgents }: Watched<E, R>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const signal = yield* (yield* Signals).claim
      const loop = yield* Effect.forkScoped(supervise({ onReady, stopAgents }))
      const first = yield* Effect.raceFirst(
        Effect.either(Fiber.join(loop)),
        Effect.raceFirst(Effect.as(signal, "Signal" as const), beside)
      )
      if (first !== "Signal") return Either.isRight(first) ? ("Stopped" as const) : yield* first.left
      if (!isStopping) {
        yield* Fiber.interrupt(loop)
        return "Left" as const
      }
      yield* Deferred.succeed(stopAgents, undefined)
      yield* Fiber.join(loop)
      return "Stopped" as const
    })
  )
