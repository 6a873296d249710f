/**
 * The steps of `workload/Attempts.ts` as a programmer would write them in a hurry: one switch, the attempt compared, and
 * the same answer. It knows no other step.
 */
import { type Attempt, type Execution, idle, type Of } from "../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../core/execution/ExecutionEvent.ts"
import type { Step } from "../../core/execution/Step.ts"

const ignored: Step = { _tag: "Ignored" }

const to = (execution: Execution): Step => ({ _tag: "Next", execution, consequence: null })

const isOf = (attempt: Attempt, event: { readonly attempt: number | null }): boolean => attempt.number === event.attempt

const verifying = (attempt: Attempt): Of<"Verifying"> => ({
  _tag: "Verifying",
  attempt,
  index: 0,
  run: null,
  passed: [],
  restarts: 0,
  notBefore: null
})

export const next = (execution: Execution, event: ExecutionEvent): Step => {
  switch (event._tag) {
    case "Launch": {
      if (execution._tag === "Backoff" && event.at < execution.until) return ignored
      if (execution._tag !== "Idle" && execution._tag !== "Backoff") return ignored
      return to({ _tag: "Launching", attempt: event.attempt, since: event.at, preparing: event.preparing })
    }
    case "Started": {
      if (execution._tag !== "Launching" || !isOf(execution.attempt, event)) return ignored
      const { attempt } = execution
      return to({ _tag: "Running", attempt, carrier: { _tag: "Process", process: event.process }, since: event.at })
    }
    case "RateLimited": {
      if (execution._tag !== "Running" || !isOf(execution.attempt, event)) return ignored
      const { attempt, carrier, since } = execution
      return to({ _tag: "Limited", attempt, carrier, resumeAt: event.resumeAt, limitedAt: event.at, since })
    }
    case "LimitLifted": {
      if (execution._tag !== "Limited" || !isOf(execution.attempt, event) || execution.carrier === null) return ignored
      const { attempt, carrier, limitedAt, since } = execution
      return to({ _tag: "Running", attempt, carrier, since: since + Math.max(0, event.at - limitedAt) })
    }
    case "Ended": {
      if (execution._tag !== "Running" || !isOf(execution.attempt, event)) return ignored
      const { attempt, carrier } = execution
      return to({ _tag: "Stopping", subject: { _tag: "Agent", attempt }, carrier, ending: event.how, since: event.at })
    }
    case "VerifiedDead": {
      if (execution._tag !== "Stopping" || execution.subject._tag !== "Agent") return ignored
      return isOf(execution.subject.attempt, event) ? to(verifying(execution.subject.attempt)) : ignored
    }
    case "RunBegin":
      if (execution._tag !== "Verifying" || !isOf(execution.attempt, event)) return ignored
      return execution.index === event.index ? to({ ...execution, run: event.run, notBefore: null }) : ignored
    case "Verdict": {
      if (execution._tag !== "Verifying" || !isOf(execution.attempt, event) || execution.run !== event.run) {
        return ignored
      }
      const { at, failure, verdict, work } = event
      if (verdict === "PASS") {
        return { _tag: "Next", execution: idle, consequence: { _tag: "Passed", verified: true, work, at } }
      }
      const { feedback, until } = failure
      return to({ _tag: "Backoff", attempt: execution.attempt, until, mode: "Retry", feedback })
    }
    default:
      return ignored
  }
}
