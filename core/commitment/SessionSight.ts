/**
 * What is known of the session that made a promise, from what drover has stored of it. One that an attempt of a task has
 * carried is at work as long as anything is done about that task, or it is about to be resumed: whether anybody goes on with
 * it shows only then. None can be resumed because of a promise alone: what moves a task is the tick's (docs/decisions/0031).
 */
import type { AttemptRecord } from "../execution/AttemptRecord.ts"
import type { HookEvent } from "../hook/HookEvent.ts"
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
  const { execution } = task
  const isResumed =
    execution._tag === "Backoff" && execution.mode !== "Retry" && execution.attempt.number === record.attempt.number
  if (isResumed || (execution._tag !== "Idle" && execution._tag !== "Backoff")) return { _tag: "Live" }
  const at = record.endedAt
  return at === null ? { _tag: "Unknown" } : { _tag: "Ended", at, canResume: false }
}
