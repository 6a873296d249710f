/** The `[roles.NAME]` tables of a user's file: who does the work of a role where no session takes it. */
import * as Schema from "effect/Schema"
import { nearest } from "./Nearest.ts"
import type { ConfigProblem } from "./ConfigProblem.ts"
import * as Toml from "./Toml.ts"
import { maybe, Name, RoleName } from "./Values.ts"

const RoleTable = Schema.Struct({
  agent: maybe(Name, "The agent that does its work where no session takes it; the task's own where it names one")
})

export const RoleTables = Schema.Record({ key: RoleName, value: RoleTable })

/** The name of the agent of each role that has one. */
export type Roles = ReadonlyMap<string, string>

export const resolve = (tables: typeof RoleTables.Type | undefined): Roles =>
  new Map(Object.entries(tables ?? {}).flatMap(([role, { agent }]) => (agent === undefined ? [] : [[role, agent]])))

/** An agent that is not there is told where the file names it. `known`: the names of all agents. */
export const problems = (document: Toml.Document, known: ReadonlySet<string>): ReadonlyArray<ConfigProblem> => {
  const tables = Toml.valueAt(document.data, ["roles"])
  if (typeof tables !== "object" || tables === null) return []
  return Object.keys(tables).flatMap((role) => {
    const path = ["roles", role, "agent"]
    const agent = Toml.valueAt(document.data, path)
    if (typeof agent !== "string" || known.has(agent)) return []
    return [
      Toml.problem(document, "Name", path, `there is no agent ${JSON.stringify(agent)}`, nearest(agent, [...known]))
    ]
  })
}
