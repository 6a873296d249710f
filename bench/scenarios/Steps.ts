/**
 * L6 for the execution machine. Ours looks the event up in the whole table and tries its rows; the reference knows the
 * steps of one turn and nothing else.
 */
import { type Execution, idle } from "../../core/execution/Execution.ts"
import { type Step, step } from "../../core/execution/Step.ts"
import type { ExecutionEvent } from "../../core/execution/ExecutionEvent.ts"
import { rate } from "../harness/Rate.ts"
import * as PlainExecution from "../references/PlainExecution.ts"
import type { Place, Scenario } from "../Scenario.ts"
import { turn } from "../workload/Attempts.ts"

/** Where every execution goes, so that no side can do without making it. */
const kept: Array<Execution> = Array.from({ length: 1024 }, () => idle)

const turns = (count: number, place: Place, next: (execution: Execution, event: ExecutionEvent) => Step) => {
  let made = 0
  return rate(count, turn.length, idle._tag, place, () => {
    let execution: Execution = idle
    for (const event of turn) {
      const result = next(execution, event)
      if (result._tag !== "Next") return result._tag
      execution = result.execution
      kept[made++ % kept.length] = execution
    }
    return execution._tag
  })
}

export const steps: Scenario = {
  id: "L6-execution",
  title: "steps of the execution machine",
  kind: "cpu",
  unit: "M/s",
  better: "higher",
  subjectIs: "process",
  subject: { name: "Execution.step", run: (place) => turns(20_000, place, step) },
  references: [{ name: "plain switch", run: (place) => turns(40_000, place, PlainExecution.next) }],
  goals: [
    { id: "L6-execution rate", reference: null, relation: "atLeast", limit: 3 },
    { id: "L6-execution switch", reference: "plain switch", relation: "atLeast", limit: 0.35 }
  ]
}
