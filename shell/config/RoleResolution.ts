/** The agents of a task, who works, judges and merges: looked up when it is submitted, and stored with it. */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { answerOf } from "../../core/policy/SessionPolicy.ts"
import { AgentDefinition } from "../../core/task/AgentDefinition.ts"
import { defaults } from "../../core/task/Spec.ts"
import type { ConfigProblem } from "./ConfigProblem.ts"
import type { Named, Roles } from "./RoleTable.ts"
import type { TaskTable } from "./TaskTable.ts"
import { findAgent, type Programs } from "./VerifierResolution.ts"

interface Asking {
  /** The defaults filled in. */
  readonly table: TaskTable
  readonly problem: (
    kind: ConfigProblem["kind"],
    key: keyof TaskTable,
    message: string,
    suggestion?: string | null
  ) => ConfigProblem
}

interface Given {
  /** What a task may name, and what the user's file does. */
  readonly programs: Programs
  readonly configured: Programs
  readonly roles: Roles
}

interface RoleAgent {
  readonly role: Named
  readonly definition: AgentDefinition
  /** Where a problem with it is told. */
  readonly key: keyof TaskTable
}

/** Whom a task or the user's file names for the roles that the task has. */
export const roleAgentsOf = (
  { problem, table }: Asking,
  { configured, programs, roles }: Given
): { readonly found: ReadonlyArray<RoleAgent>; readonly problems: ReadonlyArray<ConfigProblem> } => {
  const found: Array<RoleAgent> = []
  const problems: Array<ConfigProblem> = []
  const name = (role: Named, own: "qa_agent" | "merge_agent", flow: "qa" | "merge"): void => {
    const named = table[own]
    const wanted = named ?? roles.get(role)
    if (wanted === undefined) return
    const key = named === undefined ? flow : own
    const agent = findAgent(wanted, (named === undefined ? configured : programs).agents)
    if (Either.isRight(agent)) found.push({ role, definition: agent.right, key })
    else problems.push(problem(agent.left.kind, key, agent.left.message, agent.left.suggestion))
  }
  if (table.qa === "agent") name("qa", "qa_agent", "qa")
  if (table.merge === "squash") name("merger", "merge_agent", "merge")
  return { found, problems }
}

/** A session works where it is, commits nothing for drover to land, and has no marker by which its tools could be held. */
export const unsupported = ({ table, problem }: Asking): ReadonlyArray<ConfigProblem> => {
  const not = (key: keyof TaskTable): ReadonlyArray<ConfigProblem> => [
    problem("Unsupported", key, `${key} = ${JSON.stringify(table[key])} does not go with role in this version`)
  ]
  if (table.role === undefined) return []
  const apart = table.merge === "squash" ? not("merge") : table.isolate === "worktree" ? not("isolate") : []
  return [...apart, ...(table.approve === "manual" ? not("approve") : [])]
}

/** The one that the task names, that of its role, which is the user's own, or that of all. */
export const agentOf = (
  draft: Asking,
  { configured, programs, roles }: Given
): Either.Either<AgentDefinition, ConfigProblem> => {
  const { agent, role } = draft.table
  const ofRole = agent !== undefined || role === undefined ? undefined : roles.get(role)
  const found =
    ofRole === undefined ? findAgent(agent ?? defaults.agent, programs.agents) : findAgent(ofRole, configured.agents)
  return Either.mapLeft(found, ({ kind, message, suggestion }) => draft.problem(kind, "agent", message, suggestion))
}

const isSame = Schema.equivalence(AgentDefinition)

/** Agents for roles that have the name of the one who works, and are another program: who judges would not be who is named. */
export const confused = (
  { problem }: Asking,
  agent: AgentDefinition,
  found: ReadonlyArray<RoleAgent>
): ReadonlyArray<ConfigProblem> =>
  found.flatMap(({ definition, key, role }) => {
    if (definition.name !== agent.name || isSame(definition, agent)) return []
    const name = JSON.stringify(agent.name)
    const where = key === "qa" || key === "merge" ? `in your configuration, where [roles.${role}] names it` : "here"
    const why = "limits and conversations go by name, so call one of the two something else"
    return [problem("Value", key, `agent ${name} is another program ${where}: ${why}`)]
  })

/** Agents whose tools nobody can hold until a person allows them, of a task that asks for that. */
export const unholdable = (
  { problem, table }: Asking,
  agents: ReadonlyArray<AgentDefinition>
): ReadonlyArray<ConfigProblem> => {
  if (table.approve !== "manual") return []
  const names = new Set(agents.flatMap(({ kind, name }) => (answerOf(kind) === null ? [name] : [])))
  return [...names].map((name) =>
    problem(
      "Value",
      "approve",
      `the tools of agent ${JSON.stringify(name)} can not be held: those of claude-code and codex can`
    )
  )
}
