/**
 * The two signals that ask a program to end. A command may take the first one as its own business; a second one always
 * ends the process at once.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export type Signal = "SIGINT" | "SIGTERM"
const names: ReadonlyArray<Signal> = ["SIGINT", "SIGTERM"]

/** 128 and the signal's number, as shells have it. */
export const codeOf = (signal: Signal): number => (signal === "SIGINT" ? 130 : 143)

/** 128 + SIGPIPE: nobody reads what is written. */
const pipeClosed = 141

export class Signals extends Context.Tag("drover/cli/Signals")<
  Signals,
  {
    /** Until the scope ends a first signal interrupts nothing: it completes the effect that is returned. */
    readonly claim: Effect.Effect<Effect.Effect<Signal>, never, Scope.Scope>
    /**
     * Until the scope ends signals are for a program in the foreground: they end nothing here, however many come, and
     * neither does the end of the terminal. `pass` is given those that a terminal would not have sent to both.
     */
    readonly leave: (pass: (signal: NodeJS.Signals) => void) => Effect.Effect<void, never, Scope.Scope>
  }
>() {}

export interface Listening {
  readonly service: typeof Signals.Service
  /** The first signal that came, if one did. */
  readonly received: () => Signal | null
  /** From now on a signal that nobody has claimed calls `interrupt`. */
  readonly listen: (interrupt: () => void) => void
}

/** The signals of this process. */
export const make = (): Listening => {
  let claimed: Deferred.Deferred<Signal> | null = null
  let received: Signal | null = null
  let interrupt = (): void => {}
  let left: ((signal: NodeJS.Signals) => void) | null = null
  const on = (signal: Signal): void => {
    if (left !== null) {
      if (signal === "SIGTERM") left(signal)
      return
    }
    if (received !== null) process.exit(codeOf(signal))
    received = signal
    if (claimed === null) interrupt()
    else Deferred.unsafeDone(claimed, Effect.succeed(signal))
  }
  // A reader that goes away ends a command that only prints, but not one that supervises.
  const onPipe = (): void => {
    if (claimed === null && left === null) process.exit(pipeClosed)
  }
  return {
    received: () => received,
    listen: (then) => {
      interrupt = then
      for (const name of names) process.on(name, on)
      process.stdout.on("error", onPipe)
      process.stderr.on("error", onPipe)
    },
    service: {
      claim: Effect.acquireRelease(
        Effect.map(Deferred.make<Signal>(), (deferred) => {
          claimed = deferred
          return Deferred.await(deferred)
        }),
        () =>
          Effect.sync(() => {
            claimed = null
          })
      ),
      leave: (pass) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            left = pass
            process.on("SIGHUP", pass)
          }),
          () =>
            Effect.sync(() => {
              process.off("SIGHUP", pass)
              left = null
            })
        )
    }
  }
}
