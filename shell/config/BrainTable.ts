/**
 * The `[brain]` table of a user's file or a task file: the model command that `brain` verifiers ask. Without one it is
 * Claude Code, under the account of the agent `claude`.
 */
import type * as Schema from "effect/Schema"
import * as AgentDefinition from "../../core/task/AgentDefinition.ts"
import * as AgentTable from "./AgentTable.ts"
import type { ConfigProblem } from "./ConfigProblem.ts"
import * as Toml from "./Toml.ts"

/** Any number of questions may be asked at once. */
export const BrainTable = AgentTable.AgentTable.omit("exclusive")
type BrainTable = Schema.Schema.Type<typeof BrainTable>

const name = "brain"
const defaultKind = "claude-code"

/** What the table's own schema can not say: a program of the user's own needs its kind, and `command` its program. */
export const problems = (document: Toml.Document): ReadonlyArray<ConfigProblem> => {
  const at = (key: string) => Toml.valueAt(document.data, [name, key])
  const missing = (key: string, question: string): ReadonlyArray<ConfigProblem> => [
    Toml.problem(document, "Key", [name, key], `missing key "${key}": ${question}`)
  ]
  if (at("kind") === undefined && at("command") !== undefined)
    return missing("kind", "what kind of program is the brain?")
  if (at("kind") === "command" && at("command") === undefined) return missing("command", "which program is the brain?")
  return []
}

/** The table as a definition, for a document in which `problems` found none. */
export const resolve = (table: BrainTable, folder: string): AgentDefinition.AgentDefinition | null => {
  const kind = table.kind ?? defaultKind
  // The program that is an agent too has the same limits.
  const account = table.account ?? AgentDefinition.builtIn.find((agent) => agent.kind === kind)?.name
  return AgentTable.definition(name, kind, { ...table, ...(account === undefined ? {} : { account }) }, folder)
}
