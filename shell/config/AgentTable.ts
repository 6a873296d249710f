/**
 * The `[agents.NAME]` tables of a user's file or a task file. A table defines its agent whole: it replaces an agent of
 * the same name, and takes nothing over from it but, for `claude`, `codex` and `opencode`, their kind.
 */
import { isAbsolute, resolve as resolvePath } from "node:path"
import * as Schema from "effect/Schema"
import * as AgentDefinition from "../../core/task/AgentDefinition.ts"
import type { ConfigProblem } from "./ConfigProblem.ts"
import * as Toml from "./Toml.ts"
import { Command, maybe, Model, Name, VariableName, Word } from "./Values.ts"

export const AgentTable = Schema.Struct({
  kind: maybe(AgentDefinition.Kind, "How the program is spoken to; `command` is any program"),
  command: maybe(Command, "The program: a name in PATH, or a path, relative to the folder of this file"),
  args: maybe(Schema.Array(Word), "Passed as they are; relative paths in them are relative to the task's directory"),
  env: maybe(Schema.Record({ key: VariableName, value: Word }), "Added to the agent's environment"),
  pass_env: maybe(Schema.Array(VariableName), "Variables of the supervisor's environment that the agent gets too"),
  model: maybe(Model, "For tasks that name no model"),
  account: maybe(Name, "Agents that name the same account share its limits; without it an agent has one of its own"),
  exclusive: maybe(Schema.Boolean, "Whether only one task at a time may have it")
})

export const AgentTables = Schema.Record({ key: Name, value: AgentTable })
export type AgentTables = typeof AgentTables.Type

const builtInKind = (name: string): AgentDefinition.Kind | undefined =>
  AgentDefinition.builtIn.find((agent) => agent.name === name)?.kind

/** What a table's own schema can not say: a new agent needs a kind, and a `command` its program. */
export const problems = (document: Toml.Document): ReadonlyArray<ConfigProblem> => {
  const tables = Toml.valueAt(document.data, ["agents"])
  if (typeof tables !== "object" || tables === null) return []
  return Object.keys(tables).flatMap((name) => {
    const table = ["agents", name]
    const value = Toml.valueAt(document.data, table)
    if (typeof value !== "object" || value === null) return []
    const kind = Toml.valueAt(document.data, [...table, "kind"]) ?? builtInKind(name)
    if (kind === undefined) {
      return [
        Toml.problem(document, "Key", [...table, "kind"], `missing key "kind": what kind of program is agent ${name}?`)
      ]
    }
    const command = Toml.valueAt(document.data, [...table, "command"])
    if (kind === "command" && command === undefined) {
      return [
        Toml.problem(document, "Key", [...table, "command"], `missing key "command": which program is agent ${name}?`)
      ]
    }
    return []
  })
}

/** One table as a definition; null where only the user can know its program. `folder`: that of the file. */
export const definition = (
  name: string,
  kind: AgentDefinition.Kind,
  table: typeof AgentTable.Type,
  folder: string
): AgentDefinition.AgentDefinition | null => {
  const command = table.command ?? AgentDefinition.defaultCommand(kind)
  if (command === null) return null
  const isRelativePath = command.includes("/") && !isAbsolute(command)
  return {
    name,
    kind,
    command: isRelativePath ? resolvePath(folder, command) : command,
    args: table.args ?? [],
    env: table.env ?? {},
    passEnv: table.pass_env ?? [],
    model: table.model ?? null,
    ...(table.account === undefined || table.account === name ? {} : { account: table.account }),
    ...(table.exclusive === undefined ? {} : { exclusive: table.exclusive })
  }
}

/** The tables as definitions, for a document in which `problems` found none. */
export const resolve = (
  tables: AgentTables | undefined,
  folder: string
): ReadonlyArray<AgentDefinition.AgentDefinition> =>
  Object.entries(tables ?? {}).flatMap(([name, table]) => {
    const kind = table.kind ?? builtInKind(name)
    const found = kind === undefined ? null : definition(name, kind, table, folder)
    return found === null ? [] : [found]
  })
