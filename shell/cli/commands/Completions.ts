/**
 * `drover completions`: prints the script by which a shell completes drover's commands and options.
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"

const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

const shell = Args.choice<Shell>(
  shells.map((name) => [name, name]),
  { name: "shell" }
).pipe(Args.withDescription("bash, zsh or fish"))

/** The command, over what makes the script of the whole program. */
export const make = (script: (shell: Shell) => Effect.Effect<string>) =>
  Command.make("completions", { shell, json: Flags.json }, ({ json, shell }) =>
    Effect.gen(function* () {
      const output = yield* Output
      const text = yield* script(shell)
      yield* json ? output.json({ shell, script: text }) : output.line(text)
    })
  )
