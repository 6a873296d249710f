/** One task for programs, as commands and HTTP tell it. Names are those of the events, version 1. */
import * as Stage from "../../core/stage/Stage.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Seen } from "./FleetView.ts"
import * as Moment from "./Moment.ts"
import * as Money from "./Money.ts"

/** The number of its latest attempt; 0 before the first. */
export const attemptsOf = ({ facts }: Task): number => facts.nextAttempt - 1

export const costOf = ({ facts }: Task): Money.Cost => ({ usd: facts.spentUsd, isUnknown: facts.hasUnknownCost })

export const toJson = (seen: Seen) => {
  const { task } = seen
  return {
    id: task.id,
    name: task.spec.name,
    batch: task.batch,
    state: seen.state,
    stage: Stage.encode(task.stage),
    execution: task.execution,
    waiting: seen.waiting,
    stuck_on: seen.stuckOn,
    needs_person: seen.person,
    attempt: attemptsOf(task),
    ...Money.toJson(costOf(task)),
    depends_on: task.dependsOn,
    agent: task.spec.agent.name,
    qa_agent: task.spec.roleAgents?.qa?.name ?? null,
    merge_agent: task.spec.roleAgents?.merger?.name ?? null,
    cwd: task.spec.cwd,
    priority: task.spec.priority,
    created_at: Moment.iso(task.createdAt)
  }
}
