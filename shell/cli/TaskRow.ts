/**
 * One task in a listing: the same facts for people, as cells of a table, and for programs, as an object.
 */
import * as Execution from "../../core/execution/Execution.ts"
import * as Stage from "../../core/stage/Stage.ts"
import type { Task } from "../../core/task/Task.ts"
import { type Colour, ofState, paint } from "./Colour.ts"
import type { Seen } from "./FleetView.ts"
import * as Moment from "./Moment.ts"
import * as Money from "./Money.ts"
import type { Column, Dress } from "./Table.ts"
import { oneLine } from "./Text.ts"

/** The number of its latest attempt; 0 before the first. */
export const attemptsOf = ({ facts }: Task): number => facts.nextAttempt - 1

export const costOf = ({ facts }: Task): Money.Cost => ({ usd: facts.spentUsd, isUnknown: facts.hasUnknownCost })

/** What there is to say beside the state, in one line. */
export const note = ({ person, stuckOn, task, waiting }: Seen): string => {
  const { execution, stage } = task
  if (person !== null) return oneLine(person)
  if (stuckOn !== null) return `stuck on #${stuckOn}`
  if (waiting !== null) return waiting
  switch (stage._tag) {
    case "Done":
      return stage.verified ? "verified" : "done, unverified"
    case "Superseded":
      return `superseded by #${stage.by}`
    case "Rejected":
      return oneLine(stage.reason)
    case "Frozen":
      return "frozen"
    default:
  }
  if (execution._tag === "Stopping") return execution.ending._tag === "Stopped" ? "stopping" : "ending"
  if (execution._tag === "Landing") return `landing on ${task.spec.target?.branch ?? "its branch"}`
  const attempt = Execution.attemptOf(execution)
  if (attempt === null || execution._tag === "Backoff") return ""
  if (execution._tag === "Verifying") {
    const verifier = task.spec.verify[execution.index]
    return verifier?._tag === "Run" ? `verifying: ${oneLine(verifier.command)}` : "verifying"
  }
  if (attempt.role !== "coder") return attempt.role === "qa" ? "judging" : "merging"
  return attempt.number > 1 ? `attempt ${attempt.number}` : ""
}

export const columns: ReadonlyArray<Column> = [
  { title: "ID", align: "right" },
  { title: "NAME", least: 8 },
  { title: "STATE" },
  { title: "ATTEMPT", align: "right" },
  { title: "COST", align: "right" },
  { title: "NOTE", least: 10 }
]

export const cells = (seen: Seen): ReadonlyArray<string> => {
  const { state, task } = seen
  const attempts = attemptsOf(task)
  const cost = costOf(task)
  return [
    `#${task.id}`,
    task.spec.name,
    state,
    attempts === 0 ? "" : String(attempts),
    attempts === 0 || (cost.usd === 0 && !cost.isUnknown) ? "" : cost.isUnknown ? "unknown" : Money.show(cost),
    note(seen)
  ]
}

/** The colours of a table whose rows are these tasks. */
export const dress =
  (rows: ReadonlyArray<Seen>, hasColour: boolean): Dress =>
  (text, row, column) => {
    if (!hasColour) return text
    if (row < 0) return paint(text, "dim")
    const state = rows[row]?.state
    const colour: Colour | null = column === 2 && state !== undefined ? ofState(state) : null
    return paint(text, colour)
  }

/** For programs. Names are those of the events, version 1. */
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
