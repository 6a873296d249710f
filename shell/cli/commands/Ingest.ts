/**
 * `drover ingest`: takes a hook event from standard input. The built program answers most calls before this is loaded
 * (`shell/bin/ingest.ts`).
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { hookNames } from "../../../core/hook/HookName.ts"
import { ingest, report } from "../../hooks/SpoolIngest.ts"
import { Failed } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"

const options = {
  hook: Options.text("hook").pipe(
    Options.withDescription(`The hook's name, such as ${hookNames[0]}`),
    Options.optional
  ),
  json: Flags.json
}

export const command = Command.make("ingest", options, ({ hook, json }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const answer = yield* Effect.promise(() => ingest(Option.getOrNull(hook), process.env))
    if (answer._tag === "Refused") return yield* new Failed({ message: answer.message })
    if (json) yield* output.json(report(answer))
  })
)
