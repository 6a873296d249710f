/**
 * What is known of the session that made a promise, from what drover has stored of it. One that an attempt of a task has
 * carried is at work as long as anything is done about that task: whether anybody goes on with it shows only then.
 */
import { resumableSession } from "../agent/Resume.ts"
import type { AttemptRecord } from "../execution/AttemptRecord.ts"
import type { HookEvent } from "../hook/HookEvent.ts"
import { agentFor } from "../task/RoleAgents.ts"
import type { Task } from "../task/Task.ts"
import type { SessionSeen } from "./FollowThrough.ts"

export interface Sight {
  /** The latest attempt that it has carried, with its task; null: it is nobody's that drover started. */
  readonly attempt: { readonly record: AttemptRecord; readonly task: Task } | null
  /** What was heard of it last. */
  readonly last: { readonly hook: HookEvent["hook"]; readonly at: number } | null
}

export const sessionSeen = ({ attempt, last }: Sight): SessionSeen => {
  if (attempt === null) {
    if (last === null) return { _tag: "Unknown" }
    return last.hook === "SessionEnd" ? { _tag: "Ended", at: last.at, canResume: false } : { _tag: "Live" }
  }
  const { record, task } = attempt
  const { execution, stage } = task
  if (execution._tag !== "Idle" && execution._tag !== "Backoff") return { _tag: "Live" }
  const at = record.endedAt
  if (at === null) return { _tag: "Unknown" }
  const isNext = record.attempt.number === task.facts.nextAttempt - 1
  const session = resumableSession(agentFor(task.spec, record.attempt.role).kind, record.progress)
  return { _tag: "Ended", at, canResume: stage._tag === "Coding" && isNext && session !== null }
}
