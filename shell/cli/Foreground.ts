/** A program that takes the place of the command at the terminal, until it ends. */
import { spawn } from "node:child_process"
import * as Effect from "effect/Effect"
import * as ExitCode from "./ExitCode.ts"
import { Signals } from "./Signals.ts"

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Wanted {
  /** An absolute path. */
  readonly file: string
  readonly args: ReadonlyArray<string>
  readonly cwd: string
  /** Added to the environment of the command. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Runs it with this process's own terminal, and in its process group: what a person types there, Ctrl-C and Ctrl-Z too, is
 * for it alone. A signal that somebody else sends to this process is passed on.
 */
export const run = ({ args, cwd, env, file }: Wanted) =>
  Effect.scoped(
    Effect.gen(function* () {
      const signals = yield* Signals
      const child = yield* Effect.sync(() =>
        spawn(file, [...args], { cwd, env: { ...process.env, ...env }, stdio: "inherit" })
      )
      const ended = Effect.async<Ended, ExitCode.Failed>((resume) => {
        child.once("error", (cause) =>
          resume(new ExitCode.Failed({ message: `${file} can not be started: ${cause.message}` }))
        )
        child.once("exit", (code, signal) => resume(Effect.succeed({ code, signal })))
      })
      yield* signals.leave((signal) => void child.kill(signal))
      return yield* ended
    })
  )
