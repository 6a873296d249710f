/** `[roles.qa]` and `[roles.merger]` of a user's file: who judges and who merges, for tasks that do not say. */
import * as Schema from "effect/Schema"
import type { ConfigProblem } from "./ConfigProblem.ts"
import { nearest } from "./Nearest.ts"
import * as Toml from "./Toml.ts"
import { maybe, Name } from "./Values.ts"

const roles = ["qa", "merger"] as const
export type Named = (typeof roles)[number]

/** The names of agents; null: the task's own. */
export type Roles = { readonly [R in Named]: string | null }

export const none: Roles = { qa: null, merger: null }

const RoleTable = Schema.Struct({ agent: maybe(Name, "Which agent has that role, instead of the task's own") })

export const RoleTables = Schema.Struct({
  qa: maybe(RoleTable, 'Who judges where qa = "agent"'),
  merger: maybe(RoleTable, 'Who merges what conflicts where merge = "squash"')
})

export const resolve = (tables: typeof RoleTables.Type = {}): Roles => ({
  qa: tables.qa?.agent ?? null,
  merger: tables.merger?.agent ?? null
})

/** Names of no agent; `agents`: the names that there are. */
export const problems = (
  document: Toml.Document,
  named: Roles,
  agents: ReadonlyArray<string>
): ReadonlyArray<ConfigProblem> =>
  roles.flatMap((role) => {
    const name = named[role]
    if (name === null || agents.includes(name)) return []
    const meant = nearest(name, agents)
    const list = meant === null ? ` (known: ${agents.join(", ")})` : ""
    const message = `there is no agent ${JSON.stringify(name)}${list}`
    return [Toml.problem(document, "Name", ["roles", role, "agent"], message, meant)]
  })
