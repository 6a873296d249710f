/**
 * Whose program works on a task: its own agent, or the one that was named for who judges or who merges. Limits, costs,
 * conversations and records are of the agent that works.
 */
import { attemptOf, type Attempt } from "../execution/Execution.ts"
import { role } from "../stage/Projection.ts"
import type { AgentDefinition } from "./AgentDefinition.ts"
import type { Spec } from "./Spec.ts"
import type { Task } from "./Task.ts"

type Role = Attempt["role"]
type Agents = Pick<Spec, "agent" | "roleAgents">

export const agentFor = ({ agent, roleAgents }: Agents, role: Role): AgentDefinition =>
  role === "coder" ? agent : (roleAgents?.[role] ?? agent)

/** The model of the task is that of its own agent; another program has its own, and knows no other. */
export const modelFor = (spec: Agents & Pick<Spec, "model">, role: Role): string | null => {
  const agent = agentFor(spec, role)
  return agent === spec.agent ? (spec.model ?? agent.model) : agent.model
}

/** Who is at work on a task, or would be next. */
export const agentAtWork = ({ execution, spec, stage }: Pick<Task, "execution" | "spec" | "stage">): AgentDefinition =>
  agentFor(spec, attemptOf(execution)?.role ?? role(stage) ?? "coder")
