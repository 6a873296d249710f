/** The edges of both machines by name, and those that a move of a life took. */
import type { Execution } from "../../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import * as Executions from "../../../core/execution/Step.ts"
import type { Edge } from "../../../core/machine/Table.ts"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import * as Stages from "../../../core/stage/Transition.ts"
import type { TaskEvent } from "../../../core/task/Apply.ts"
import type { Task } from "../../../core/task/Task.ts"
import type { Moment } from "./Walk.ts"

const name = ({ from, on, to, when }: Edge): string => `${from} ─ ${on} → ${to}${when === null ? "" : ` (${when})`}`

const executionName = (edge: Executions.Edge): string =>
  edge.consequence === null ? name(edge) : `${name(edge)}, ${edge.consequence}`

export const ofStages: ReadonlyArray<string> = Stages.edges.map(name)
export const ofExecutions: ReadonlyArray<string> = Executions.edges.map(executionName)

const isOf = ({ from, on }: Pick<Edge, "on"> & { readonly from: ReadonlyArray<string> }, tag: string, event: string) =>
  on === event && from.includes(tag)

/** The edge that an event takes from a stage; null: it takes none. */
export const ofStageEvent = ({ flow, stage }: Pick<Task, "flow" | "stage">, event: StageEvent): string | null => {
  for (const row of Stages.rows.filter((each) => isOf(each, stage._tag, event._tag))) {
    const next: Stage | null = row.apply(stage, event, flow)
    if (next !== null) return name({ from: stage._tag, on: event._tag, to: next._tag, when: row.when })
  }
  return null
}

const executionEdge = (execution: Execution, event: ExecutionEvent): string | null => {
  const step = Executions.step(execution, event)
  const row = Executions.rows.find((each) => isOf(each, execution._tag, event._tag) && each.apply(execution, event))
  if (step._tag !== "Next" || row === undefined) return null
  const { consequence, when } = row
  return executionName({ from: execution._tag, on: event._tag, to: step.execution._tag, when, consequence })
}

const edge = (task: Task, event: TaskEvent): string | null => {
  switch (event._tag) {
    case "StageMoved":
      return ofStageEvent(task, event.event)
    case "ExecutionMoved":
      return executionEdge(task.execution, event.event)
    case "Respecified":
      return null
  }
}

/** The edges that a move took, its consequences' included. What an attempt says on its way has no row in the ledger. */
export const taken = ({ asked, before, entries, isRefused }: Moment): ReadonlyArray<string> => {
  const edges = entries.map((entry) => edge(entry.before, entry.event))
  if (asked !== null && !isRefused && entries.length === 0) edges.push(edge(before, asked))
  return edges.filter((each) => each !== null)
}
