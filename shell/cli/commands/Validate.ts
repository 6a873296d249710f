/**
 * `drover validate`: checks a task file and stores nothing.
 */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ExitCode from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as VersionWarnings from "../VersionWarnings.ts"

const options = { file: Flags.taskFile, json: Flags.json }

export const command = Command.make("validate", options, ({ file, json }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const TaskFile = yield* Effect.promise(() => import("../../config/TaskFile.ts"))
    const loaded = yield* Effect.either(TaskFile.load(file))
    if (Either.isLeft(loaded)) {
      if (json) yield* output.json({ file, valid: false, problems: problemsOf(loaded.left) })
      return yield* json ? new ExitCode.ExitWith({ code: ExitCode.codeOf(loaded.left) }) : loaded.left
    }
    const { path, programs, tasks } = loaded.right
    const warnings = [...loaded.right.warnings, ...(yield* VersionWarnings.of(programs))]
    if (json) {
      yield* output.json({ file: path, valid: true, tasks: tasks.map(({ spec }) => spec.name), warnings })
    } else {
      for (const warning of warnings) yield* output.error(warning)
      yield* output.line(`${file}: ${tasks.length === 1 ? "1 task" : `${tasks.length} tasks`}, nothing is wrong`)
    }
  }).pipe(Effect.provide(Services.configuration), Effect.provide(Services.places))
)

const problemsOf = (error: Extract<ExitCode.Failure, { readonly _tag: "ConfigInvalid" | "ConfigUnreadable" }>) =>
  error._tag === "ConfigInvalid"
    ? error.problems
    : [{ kind: "Unreadable", file: error.file, line: null, column: null, message: error.message, suggestion: null }]
