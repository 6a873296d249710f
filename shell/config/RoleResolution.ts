/** The agents that judge and merge for a task: looked up when it is submitted, and stored with it. */
import * as Either from "effect/Either"
import type { AgentDefinition } from "../../core/task/AgentDefinition.ts"
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
    const wanted = named ?? roles[role]
    if (wanted === null) return
    const key = named === undefined ? flow : own
    const agent = findAgent(wanted, (named === undefined ? configured : programs).agents)
    if (Either.isRight(agent)) found.push({ role, definition: agent.right, key })
    else problems.push(problem(agent.left.kind, key, agent.left.message, agent.left.suggestion))
  }
  if (table.qa === "agent") name("qa", "qa_agent", "qa")
  if (table.merge === "squash") name("merger", "merge_agent", "merge")
  return { found, problems }
}
