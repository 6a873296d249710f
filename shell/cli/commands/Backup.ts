/**
 * `drover backup FILE`: copies the store into one file, whether a supervisor works on it or not.
 */
import { resolve } from "node:path"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { Places } from "../../config/Places.ts"
import { Failed } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as Size from "../Size.ts"
import { plain } from "../Text.ts"

const options = {
  file: Args.text({ name: "file" }).pipe(Args.withDescription("Where the copy goes; a file that is not there yet")),
  json: Flags.json
}

export const command = Command.make("backup", options, ({ file, json }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { database } = yield* Places
    const { backUp } = yield* Effect.promise(() => import("../../store/Backup.ts"))
    const path = resolve(file)
    const { bytes, schema } = yield* backUp(database, path)
    if (json) return yield* output.json({ path, schema, bytes })
    yield* output.line(`${plain(path)}: schema ${schema}, ${Size.short(bytes)}, checked`)
  }).pipe(
    Effect.catchTag("BackupFailed", ({ message }) => new Failed({ message })),
    Effect.provide(Services.places)
  )
)
