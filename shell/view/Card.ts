/** One task on the board: all that is told of it at a glance, each text bounded. */
import { accountOf } from "../../core/account/Account.ts"
import { startOf } from "../../core/agent/Excerpt.ts"
import { attemptOf, type Execution } from "../../core/execution/Execution.ts"
import * as Projection from "../../core/stage/Projection.ts"
import * as Stage from "../../core/stage/Stage.ts"
import { agentAtWork } from "../../core/task/RoleAgents.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Seen } from "./FleetView.ts"
import * as Moment from "./Moment.ts"
import * as Money from "./Money.ts"
import { attemptsOf, costOf } from "./TaskJson.ts"

/** Characters of a reason: some of it may come from an agent. */
const longestText = 400

/** The beginning of a text. */
export const shortened = (text: string, most = longestText): string =>
  text.length <= most ? text : `${startOf(text, most - 1)}…`

const shown = (text: string | null): string | null => (text === null ? null : shortened(text))

const iso = (at: number | null): string | null => (at === null ? null : Moment.iso(at))

const sinceOf = (execution: Execution): number | null => {
  if (execution._tag === "Limited") return execution.limitedAt
  return "since" in execution ? execution.since : null
}

const untilOf = (execution: Execution): number | null => {
  switch (execution._tag) {
    case "Limited":
      return execution.resumeAt
    case "Backoff":
      return execution.until
    case "Verifying":
      return execution.notBefore
    default:
      return null
  }
}

/** Of the work that is there: that of an earlier feedback was judged, and does not count. */
const verdictOf = ({ facts, spec, stage }: Task): "passed" | "failed" | "unverified" | null => {
  if (stage._tag === "Done") return stage.verified ? "passed" : "unverified"
  if (spec.verify.length === 0) return null
  const isPresent = (judged: { readonly feedbackNumber: number } | null): boolean =>
    judged?.feedbackNumber === facts.feedbackNumber
  if (isPresent(facts.passed)) return "passed"
  return isPresent(facts.failed) ? "failed" : null
}

const endedOf = (stage: Stage.Stage): number | null => (Projection.isTerminal(stage) && "at" in stage ? stage.at : null)

/** Null for one that is archived. */
export const make = ({ person, state, stuckOn, task, waiting }: Seen) => {
  const { execution, facts, spec, stage } = task
  const column = Projection.pipeline(stage)
  if (column === "archived") return null
  return {
    id: task.id,
    revision: task.revision,
    name: spec.name,
    batch: task.batch,
    cwd: spec.cwd,
    column,
    badge: Projection.status(stage),
    state,
    stage: Stage.encode(stage).stage,
    execution: execution._tag,
    is_held: Projection.isHeld(stage),
    agent: agentAtWork(task).name,
    account: accountOf(task),
    role: attemptOf(execution)?.role ?? Projection.role(stage),
    attempt: attemptsOf(task),
    attempts_used: facts.attemptsUsed,
    attempts_most: spec.maxRetries + 1,
    since: iso(sinceOf(execution)),
    until: iso(untilOf(execution)),
    verifying: execution._tag === "Verifying" ? { index: execution.index + 1, of: spec.verify.length } : null,
    verdict: verdictOf(task),
    ...Money.toJson(costOf(task)),
    budget_usd: facts.budgetUsd ?? spec.budgetUsd,
    waiting: shown(waiting),
    stuck_on: stuckOn,
    needs_person: shown(person),
    depends_on: task.dependsOn,
    priority: spec.priority,
    created_at: Moment.iso(task.createdAt),
    ended_at: iso(endedOf(stage))
  }
}
