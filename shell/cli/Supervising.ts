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
import { OwnershipRefused } from "../ownership/OwnershipError.ts"
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
const supervise = (options: Options) =>
  Effect.gen(function* () {
    const supervisor = yield* Supervisor
    const { stateDirectory } = yield* Places
    const about = Effect.annotateLogs({ process: process.pid, directory: stateDirectory })
    return yield* supervisor
      .supervise({ ...options, onReady: Effect.zipRight(Effect.logInfo("supervising").pipe(about), options.onReady) })
      .pipe(Effect.onExit((exit) => logEnd(exit).pipe(about)))
  })

/** A lock that could not be had is told by whoever tries for it. */
const logEnd = <E extends { readonly _tag: string }>(exit: Exit.Exit<void, E>): Effect.Effect<void> =>
  Exit.match(exit, {
    onSuccess: () => Effect.logInfo("ended: every agent is stopped"),
    onFailure: (cause) => {
      if (Cause.isInterruptedOnly(cause)) return Effect.logInfo("ended: agents that ran go on")
      const failure = Cause.failureOption(cause)
      return Option.isSome(failure) && isRefused(failure.value)
        ? Effect.void
        : Effect.logError("ended by a failure", cause)
    }
  })

const isRefused = (error: { readonly _tag: string }): boolean =>
  error instanceof OwnershipRefused && error.why !== "Lost"

/** Between two tries for a lock: a live owner may end at any moment, the rest takes minutes or a person. */
const pauseAfter = ({ why }: OwnershipRefused) => (why === "LiveOwner" ? "1 second" : "5 seconds")

/**
 * Supervises as soon as the lock can be had. `again` is asked after every refusal whether to try again; one that is not
 * the last one over again is news, and logged. A lock that was had and is lost is not tried for again.
 */
export const whenFree = <E, R>(
  options: Options,
  again: (refused: OwnershipRefused, isNews: boolean) => Effect.Effect<boolean, E, R>
) =>
  Effect.suspend(() => {
    let last: string | null = null
    const onRefused = (refused: OwnershipRefused) =>
      Effect.gen(function* () {
        if (refused.why === "Lost") return yield* refused
        const about = JSON.stringify([refused.reason, refused.record?.owner])
        const isNews = about !== last
        last = about
        if (isNews)
          yield* Effect.logWarning(`refused: ${refused.message}; ${refused.remedy}`).pipe(
            Effect.annotateLogs({ process: process.pid })
          )
        if (!(yield* again(refused, isNews))) return yield* refused
        yield* Effect.sleep(pauseAfter(refused))
        return false
      })
    return Effect.iterate(false, {
      while: (isOver) => !isOver,
      body: () => supervise(options).pipe(Effect.as(true), Effect.catchTag("OwnershipRefused", onRefused))
    })
  }).pipe(Effect.asVoid)

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
  /** Whether a refusal is waited out. */
  readonly again: (refused: OwnershipRefused, isNews: boolean) => Effect.Effect<boolean>
  /** A signal stops the agents too. */
  readonly isStopping: boolean
  /** Runs as long as the supervisor does; its failure ends both. */
  readonly beside: Effect.Effect<never, E, R>
}

/** Supervises until a signal comes or the agents are stopped; says whether agents may be left. */
export const untilSignal = <E, R>({ again, beside, isStopping, onReady, stopAgents }: Watched<E, R>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const signal = yield* (yield* Signals).claim
      const loop = yield* Effect.forkScoped(whenFree({ onReady, stopAgents }, again))
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
