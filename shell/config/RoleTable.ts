/**
 * The `[roles.NAME]` tables of a user's file: which agent judges (`qa`) and which merges (`merger`) for tasks that do not
 * say, and which does the work of any other role where no long-lived session takes it.
 */
import * as Schema from "effect/Schema"
import type { ConfigProblem } from "./ConfigProblem.ts"
import { nearest } from "./Nearest.ts"
import * as Toml from "./Toml.ts"
import { maybe, Name, RoleName } from "./Values.ts"

/** Roles that agents have in the course of a task. */
export type Named = "qa" | "merger"

const RoleTable = Schema.Struct({
  agent: maybe(Name, "The agent that has that role where the task names none for it")
})

export const RoleTables = Schema.Record({ key: RoleName, value: RoleTable })

/** The name of the agent of each role that has one. */
export type Roles = ReadonlyMap<string, string>

export const resolve = (tables: typeof RoleTables.Type = {}): Roles =>
  new Map(Object.entries(tables).flatMap(([role, { agent }]) => (agent === undefined ? [] : [[role, agent]])))

/** Names of no agent, each where the file names it; `agents`: the names that there are. */
export const problems = (
  document: Toml.Document,
  named: Roles,
  agents: ReadonlyArray<string>
): ReadonlyArray<ConfigProblem> =>
  [...named].flatMap(([role, name]) => {
    if (agents.includes(name)) return []
    const meant = nearest(name, agents)
    const list = meant === null ? ` (known: ${agents.join(", ")})` : ""
    const message = `there is no agent ${JSON.stringify(name)}${list}`
    return [Toml.problem(document, "Name", ["roles", role, "agent"], message, meant)]
  })
