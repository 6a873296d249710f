/**
 * `drover init`: writes a task file that runs as it is, and its schema, into this directory.
 */
import { relative } from "node:path"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import { UsageError } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"

const options = {
  force: Options.boolean("force").pipe(Options.withDescription("Write the task file anew, whatever is in it")),
  upgrade: Options.boolean("upgrade").pipe(Options.withDescription("Refresh the schema and the file's header only")),
  json: Flags.json
}

export const command = Command.make("init", options, ({ force, json, upgrade }) =>
  Effect.gen(function* () {
    const output = yield* Output
    if (force && upgrade) return yield* new UsageError({ message: "--force and --upgrade exclude each other" })
    const Scaffold = yield* Effect.promise(() => import("../../config/Scaffold.ts"))
    const folder = process.cwd()
    const written = yield* Scaffold.init(folder, force ? "Force" : upgrade ? "Upgrade" : "New")
    if (json) return yield* output.json({ files: written })
    for (const { path, was } of written) yield* output.line(`${relative(folder, path)}: ${was}`)
    if (!upgrade) yield* output.line("next: drover run tasks.toml")
  })
)
