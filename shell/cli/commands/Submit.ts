/**
 * `drover submit`: stores one task.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Flags from "../Flags.ts"
import * as Orders from "../Orders.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"
import * as VersionWarnings from "../VersionWarnings.ts"

const optional = (name: string, meaning: string) =>
  Options.text(name).pipe(Options.withDescription(meaning), Options.optional)
const repeated = (name: string, meaning: string) =>
  Options.text(name).pipe(Options.withDescription(meaning), Options.repeated)

const options = {
  name: Options.text("name").pipe(Options.withDescription("What people call the task")),
  prompt: Options.text("prompt").pipe(Options.withDescription("What the agent is asked to do")),
  cwd: optional("cwd", "The directory to work in; this one if nothing is said"),
  agent: optional("agent", "Which agent does it"),
  role: optional("role", "The role of a long-lived session that does it instead"),
  model: optional("model", "Which model the agent uses"),
  verify: repeated("verify", "A shell command that must succeed; can be given several times"),
  dependsOn: repeated("depends-on", "The id of a task that must be done first; can be given several times"),
  key: optional("key", "The same key again is the same task, not another one"),
  upcoming: Options.boolean("upcoming").pipe(Options.withDescription("Store it, but wait until it is triaged")),
  json: Flags.json
}

export const command = Command.make("submit", options, ({ dependsOn, json, upcoming, ...given }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const TaskFile = yield* Effect.promise(() => import("../../config/TaskFile.ts"))
    const flags = {
      name: given.name,
      prompt: given.prompt,
      cwd: Option.getOrNull(given.cwd),
      agent: Option.getOrNull(given.agent),
      role: Option.getOrNull(given.role),
      model: Option.getOrNull(given.model),
      verify: given.verify,
      dependsOn: yield* Flags.parseIds(dependsOn),
      key: Option.getOrNull(given.key),
      upcoming
    }
    const { programs, task, warnings } = yield* TaskFile.submitFlags(flags, process.cwd())
    const tellVersions = yield* VersionWarnings.begin(programs)
    const submitted = yield* Orders.submit(flags, task)
    for (const warning of warnings) yield* output.error(warning)
    for (const { id, name, was } of submitted) {
      if (json) yield* output.json({ id, name, was })
      else yield* output.line(was === "added" ? `#${id}` : `#${id} is there already`)
    }
    yield* tellVersions
  }).pipe(Effect.provide(Services.configuration), Effect.provide(Services.places))
)
