/**
 * What to do about a task whose verifiers are being worked: one run at a time, in order, none twice.
 */
import type { Of } from "../execution/Execution.ts"
import type { Failure } from "../execution/ExecutionEvent.ts"
import { failure, moved, reached, type Timed } from "./Context.ts"
import type { Proposal } from "./Proposal.ts"
import { act, of, record, rest, wait } from "./Proposal.ts"
import type { OwnView } from "./World.ts"
import { unaddressed } from "./World.ts"

export const decideVerifying = (view: OwnView, execution: Of<"Verifying">, context: Timed): Proposal => {
  const { run: seen, task } = view
  const { attempt, index, notBefore, run } = execution
  const at = context.now
  const here = view.tree ?? (task.flow.merge === "none" ? unaddressed : null)
  if (task.spec.verify.length === 0) {
    if (here === null) return wait({ _tag: "Unobserved" })
    return record(task, [moved({ _tag: "NoVerifiers", attempt: attempt.number, at, work: here.work, tree: here.tree })])
  }
  const start = (revokes: typeof run): Proposal =>
    act({
      _tag: "RunVerifier",
      ...of(task),
      attempt: attempt.number,
      index,
      run: task.facts.nextRun,
      revokes
    })
  if (run === null)
    return notBefore !== null && !reached(context, notBefore)
      ? wait({ _tag: "Limited", until: notBefore })
      : start(null)
  const told = (feedback: string | null): Failure => failure(task, context, 0, feedback)
  switch (seen?._tag) {
    case "Finished": {
      const { _tag, feedback, ...found } = seen
      const resumeAt = found.resumeAt ?? (found.verdict === "LIMITED" ? at + context.policy.limitFallbackMs : null)
      const last = index >= task.spec.verify.length - 1
      return record(task, [
        moved({
          _tag: "Verdict",
          attempt: attempt.number,
          at,
          index,
          run,
          last,
          ...found,
          resumeAt,
          failure: told(feedback)
        })
      ])
    }
    case "Absent": {
      if (seen.token !== "taken") return start(run)
      const tree = here?.tree ?? unaddressed.tree
      const lost = "the verifier ended without saying how"
      return record(task, [
        moved({
          _tag: "Verdict",
          attempt: attempt.number,
          at,
          index,
          run,
          verdict: "ERROR",
          last: false,
          tree,
          treeNow: tree,
          headTree: null,
          work: null,
          resumeAt: null,
          costUsd: null,
          failure: told(lost)
        })
      ])
    }
    default:
      return rest
  }
}
