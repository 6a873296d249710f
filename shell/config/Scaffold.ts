/**
 * What `drover init` writes: a task file that runs as it is, and the schema with which an editor checks it.
 */
import { join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as JSONSchema from "effect/JSONSchema"
import * as SettingsFile from "../hooks/SettingsFile.ts"
import { TaskFileSchema } from "./TaskFile.ts"

/** Nothing was written: that file is there already. */
export class ScaffoldExists extends Data.TaggedError("ScaffoldExists")<{ readonly path: string }> {
  override get message(): string {
    return `${this.path} is there already: --force writes it anew, --upgrade refreshes its header and schema only`
  }
}

const taskFile = "tasks.toml"
const schemaFile = ".drover/tasks.schema.json"

/** `#:schema` is how Taplo, and with it most editors, finds the schema of a TOML file. */
const header = [
  `#:schema ${schemaFile}`,
  "# drover task file, format 1 (`drover init --upgrade` refreshes these two lines and the schema)"
]
const headerLine = /^#(?::schema .*| drover task file, format .*)$/

/** An agent of the example: none of a vendor's is `shell`, which needs no model. */
export type ExampleAgent = "shell" | "claude" | "codex" | "opencode"

const shell = `# An agent is a program that is given the prompt on standard input and in the file $DROVER_PROMPT_FILE. This one needs
# no language model: it runs the prompt as a shell script.
[agents.shell]
kind = "command"
command = "sh"
# account = "shell"      # whose usage limits it is under: agents that name the same account share them
`

const vendor = (
  agent: ExampleAgent
): string => `# An agent is a program that does the work. ${agent} is there without being defined here; docs/agents.md says what is
# asked of it, and how to define others.
`

const prompts = {
  greeting: { shell: "echo 'hello, world' > greeting.txt", vendor: "Write the line 'hello, world' into greeting.txt." },
  shout: {
    shell: `tr a-z A-Z < greeting.txt > shout.txt   # a prompt keeps its "quotes" and its # signs`,
    vendor: `Write what is in greeting.txt into shout.txt, in upper case.   # a prompt keeps its "quotes" and its # signs`
  }
}

const example = (agent: ExampleAgent): string => {
  const kind = agent === "shell" ? "shell" : "vendor"
  return `
# Check it with \`drover validate tasks.toml\`, run it with \`drover run tasks.toml\`.

${agent === "shell" ? shell : vendor(agent)}
# Any key of a task can stand here. The values shown are those that hold when nothing is said.
[defaults]
agent = "${agent}"
# cwd = "."              # relative to this file
# max_retries = 2        # attempts after the first
# timeout_min = 45       # active time of one attempt
# max_tool_turns = 80
# inactivity_secs = 300
# budget_usd = 5.0       # no limit when nothing is said
# priority = 0           # larger goes first
# qa = "server"          # server: the verifiers alone; human: then a person
# approve = "inherit"    # manual: no tool of a vendor's agent runs unless a person allows it
# start = "auto"         # manual: waits for \`drover start\`

[[task]]
name = "greeting"
prompt = "${prompts.greeting[kind]}"

# Done is verified, never claimed: exit status 0 passes, and what is printed is the feedback of the next attempt.
[[task.verify]]
run = "grep -q hello greeting.txt"
timeout_min = 15

# What no command can tell a model or an agent may judge; it passes by the last line VERDICT: PASS and nothing else.
#
#     [[task.verify]]
#     brain = "Is it polite?"      # asks the command of [brain], which is claude when nothing is said
#
#     [[task.verify]]
#     agent = "claude"
#     prompt = "Try to break it."
#     model = "opus"               # of brain and agent
#     budget_usd = 0.5             # of one run

[[task]]
name = "shout"
depends_on = ["greeting"]
prompt = """
${prompts.shout[kind]}
"""

[[task.verify]]
run = "grep -q 'HELLO, WORLD' shout.txt"
`
}

/** The task file that `init` writes. */
export const template = (agent: ExampleAgent = "shell"): string => `${header.join("\n")}\n${example(agent)}`

/** The JSON Schema (draft 7) of a task file. */
export const jsonSchema = (): string => `${JSON.stringify(JSONSchema.make(TaskFileSchema), null, 2)}\n`

const byteOrderMark = "\ufeff"

/** The same text under the present header; without one of its own, the header is put before it. A byte order mark stays first. */
export const upgraded = (text: string): string => {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : ""
  const end = text.includes("\r\n") ? "\r\n" : "\n"
  const rest = text.slice(mark.length).split("\n")
  let count = 0
  while (count < header.length && headerLine.test((rest[count] ?? "").replace(/\r$/, ""))) count++
  return mark + [...header.map((line) => line + end.slice(0, -1)), ...rest.slice(count)].join("\n")
}

/** A file as it is, what it is to hold, and what that makes of it. Nothing is written yet. */
export interface Planned {
  readonly file: SettingsFile.SettingsFile
  readonly was: "written" | "refreshed" | "unchanged"
  readonly text: string
}

const planned = (file: SettingsFile.SettingsFile, text: string): Planned => ({
  file,
  was: file.text === null ? "written" : file.text === text ? "unchanged" : "refreshed",
  text
})

/**
 * The example and its schema for a folder that is there. `New` refuses to touch a task file that is there; `Force` replaces
 * it; `Upgrade` refreshes the schema and the header of the task file where they are, and keeps the rest byte for byte. Fails
 * where a file can not be read, or a link leads out of the folder.
 */
export const plan = (
  folder: string,
  mode: "New" | "Force" | "Upgrade",
  agent: ExampleAgent = "shell"
): Effect.Effect<ReadonlyArray<Planned>, ScaffoldExists | SettingsFile.SettingsUnusable> =>
  Effect.gen(function* () {
    const tasks = yield* SettingsFile.read(join(folder, taskFile), folder)
    const schema = yield* SettingsFile.read(join(folder, schemaFile), folder)
    if (mode === "Upgrade") {
      return [
        ...(tasks.text === null && schema.text === null ? [] : [planned(schema, jsonSchema())]),
        ...(tasks.text === null ? [] : [planned(tasks, upgraded(tasks.text))])
      ]
    }
    if (tasks.text !== null && mode === "New") return yield* new ScaffoldExists({ path: tasks.path })
    return [planned(schema, jsonSchema()), { file: tasks, was: "written", text: template(agent) }]
  })

/** Puts it there, and the folder where there is none. A reader sees the old file or the new one; its mode and links stay. */
export const write = ({ file, text, was }: Planned): Effect.Effect<void, SettingsFile.SettingsUnusable> =>
  was === "unchanged" ? Effect.void : SettingsFile.write(file, text)
