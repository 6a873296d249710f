/**
 * Several events of one task as one change: the next task and the rows its ledger gets, consequences included.
 *
 * A row is one event. What an event brings with it (a pass moves the stage, too many rounds block) is a row of its own,
 * so that folding needs no policy: `fold` applies each row and nothing more.
 */
import * as Either from "effect/Either"
import type { Policy } from "../policy/Policy.ts"
import type { StageEvent } from "../stage/StageEvent.ts"
import * as Apply from "./Apply.ts"
import type { Task } from "./Task.ts"

/** Who or what made an event happen. */
export type Cause = "tick" | "operator" | "consequence" | "submission"

export interface LedgerEntry {
  readonly revision: number
  readonly event: Apply.TaskEvent
  readonly cause: Cause
  readonly before: Task
  readonly after: Task
}

/** The base may move at any moment: a person's word waits until it is known whether it did. */
export interface LandingArmed {
  readonly _tag: "LandingArmed"
}

const isArmed = ({ execution }: Task): boolean => execution._tag === "Landing" && execution.candidate !== null

export interface Recorded {
  readonly task: Task
  readonly entries: ReadonlyArray<LedgerEntry>
}

/**
 * Applies the events in order. An event that is Ignored leaves no row; the first that is illegal refuses the whole
 * change; a consequence that is illegal by now is dropped, and what brought it stands. A person's events are refused
 * while a landing is armed.
 */
export const record = (
  task: Task,
  events: ReadonlyArray<Apply.TaskEvent>,
  cause: Cause,
  policy: Pick<Policy, "maxQaRounds">
): Either.Either<Recorded, Apply.Illegal | LandingArmed> => {
  if (cause === "operator" && isArmed(task)) return Either.left({ _tag: "LandingArmed" })
  let current = task
  const entries: Array<LedgerEntry> = []
  const push = (event: Apply.TaskEvent, after: Task, why: Cause): void => {
    entries.push({ revision: after.revision, event, cause: why, before: current, after })
    current = after
  }
  for (const event of events) {
    const first = Apply.apply(current, event)
    if (Either.isLeft(first)) return Either.left(first.left)
    if (first.right._tag === "Ignored") continue
    push(event, first.right.task, cause)
    let pending = followUp(current, event, first.right.consequence, policy)
    while (pending !== null) {
      const moved: Apply.TaskEvent = { _tag: "StageMoved", event: pending }
      const result = Apply.apply(current, moved)
      if (Either.isLeft(result) || result.right._tag === "Ignored") break
      push(moved, result.right.task, "consequence")
      pending = followUp(current, moved, null, policy)
    }
  }
  return Either.right({ task: current, entries })
}

const followUp = (
  task: Task,
  event: Apply.TaskEvent,
  consequence: StageEvent | null,
  policy: Pick<Policy, "maxQaRounds">
): StageEvent | null => {
  if (consequence !== null) return consequence
  const isSentBack = event._tag === "StageMoved" && event.event._tag === "GatesFailed"
  return isSentBack && task.facts.qaRounds > policy.maxQaRounds ? { _tag: "Block", reason: { _tag: "QaRounds" } } : null
}

/** The task that a ledger leads to, from the state it was created in; null when a row does not apply. */
export const fold = (created: Task, events: Iterable<Apply.TaskEvent>): Task | null => {
  let task = created
  for (const event of events) {
    const result = Apply.apply(task, event)
    if (Either.isLeft(result) || result.right._tag === "Ignored") return null
    task = result.right.task
  }
  return task
}
