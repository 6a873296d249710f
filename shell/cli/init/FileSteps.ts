/** The files that a person edits, as steps of `drover init`: the task file with its schema, and the configuration. */
import { basename, dirname } from "node:path"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import { defaults } from "../../../core/policy/Policy.ts"
import { Places } from "../../config/Places.ts"
import * as Scaffold from "../../config/Scaffold.ts"
import * as SettingsFile from "../../hooks/SettingsFile.ts"
import { type Agent, vendorOf } from "../../hooks/SettingsPlaces.ts"
import { idle, orFailed, type Step } from "./Step.ts"

const titleOf = (path: string): string => (basename(path).endsWith(".json") ? "schema of task files" : "task file")

const step = (planned: Scaffold.Planned): Step => ({
  what: titleOf(planned.file.path),
  path: planned.file.path,
  was: planned.was,
  note: null,
  apply: Effect.as(Scaffold.write(planned), null)
})

/** The task file with its schema. */
export const taskFile = (mode: "New" | "Force", agent: Scaffold.ExampleAgent) =>
  Effect.map(Scaffold.plan(process.cwd(), mode, agent), (planned) => planned.map(step))

/** What of them is here. */
export const upgrade = Scaffold.plan(process.cwd(), "Upgrade").pipe(
  Effect.map((planned) => planned.map(step)),
  orFailed("task file", process.cwd())
)

const agentText = (agent: Agent): string => `# ${agent} is an agent without this; say here what is to be different.
# [agents.${agent}]
# kind = "${vendorOf(agent)}"
# command = "${agent}"
# model = "…"
`

/** The configuration of somebody who has none: what was answered, and where the rest is said. */
const configurationText = (maxConcurrent: number, agents: ReadonlyArray<Agent>): string =>
  [
    "# drover's configuration. Every key can be left out; `drover doctor` says whether it is right.\n",
    `[policy]
max_concurrent = ${maxConcurrent} # tasks that hold a slot at once
`,
    ...agents.map(agentText)
  ].join("\n")

/** One that is there is a person's, and stays. */
export const configuration = (maxConcurrent: number | null, agents: ReadonlyArray<Agent>) =>
  Effect.gen(function* () {
    const { configFile } = yield* Places
    const what = "configuration"
    const file = yield* SettingsFile.read(configFile, null)
    if (file.text !== null) {
      const note =
        maxConcurrent === null ? null : `max_concurrent = ${maxConcurrent} in [policy] is yours to write there`
      return [idle(what, configFile, note === null ? "unchanged" : "left", note)]
    }
    const text = configurationText(maxConcurrent ?? defaults.maxConcurrent, agents)
    const fileSystem = yield* FileSystem.FileSystem
    const write = Effect.zipRight(
      fileSystem.makeDirectory(dirname(configFile), { recursive: true, mode: 0o700 }),
      SettingsFile.write(file, text)
    )
    const step: Step = { what, path: configFile, was: "written", note: null, apply: Effect.as(write, null) }
    return [step]
  }).pipe(orFailed("configuration", "the configuration"))
