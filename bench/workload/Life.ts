/**
 * The life of a task that goes well, step by step, by drover's own functions: core judges, the actuator's intent makes
 * the rows. Nothing is started; what would be observed is given.
 */
import * as Either from "effect/Either"
import { type AttemptRecord, Marker } from "../../core/execution/AttemptRecord.ts"
import { type Attempt, attemptOf, unaddressedTree } from "../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../core/execution/ExecutionEvent.ts"
import type { ProcessIdentity } from "../../core/execution/Process.ts"
import * as Policy from "../../core/policy/Policy.ts"
import type { TaskEvent } from "../../core/task/Apply.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Action } from "../../core/tick/Action.ts"
import { intent } from "../../core/tick/Intent.ts"
import type { Verification } from "../../core/verify/Verification.ts"
import { changeOf } from "../../shell/actuator/Intent.ts"
import type { Change } from "../../shell/store/Store.ts"
import { epoch } from "./Tasks.ts"

/** A task with the rows beside it, as the supervisor's fleet holds them. */
export interface Living {
  readonly task: Task
  readonly record: AttemptRecord | null
  readonly verification: Verification | null
}

export const born = (task: Task): Living => ({ task, record: null, verification: null })

export type Step = "Start" | "Launch" | "Started" | "Ended" | "VerifiedDead" | "RunBegin" | "Verdict"

/** The steps in order; the last brings the rows of the verdict and of the stage it leads to. */
export const steps: ReadonlyArray<Step> = ["Start", "Launch", "Started", "Ended", "VerifiedDead", "RunBegin", "Verdict"]

/** Ledger rows of such a life: a verdict that passes also moves the stage. */
export const movesOfLife = steps.length + 1

/** A process that is not there: no pid is that large (PID_MAX_LIMIT of Linux is 2^22). */
export const goneProcess = (host: string, bootId: string, index: number): ProcessIdentity => ({
  host,
  pid: 2 ** 22 + 1 + index,
  startTime: "1",
  bootId
})

export interface Taken {
  readonly change: Change
  readonly after: Living
}

/** As random as a marker is, for the pages of its index (the finalizer of MurmurHash3); a digest would take longer than the move. */
const mixed = (number: number): string => {
  let h = number
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0).toString(16).padStart(8, "0")
}

const markerOf = ({ id }: Task): Marker => Marker.make(`${mixed(id)}${mixed(~id)}${String(id).padStart(16, "0")}`)

const failure = { attemptsLeft: true, until: epoch, feedback: null }

const attempt = ({ facts, visit }: Task): Attempt => ({
  number: facts.nextAttempt,
  role: "coder",
  visit,
  feedbackNumber: facts.feedbackNumber,
  mode: "Cold"
})

interface Move {
  readonly action: Action | null
  readonly events: ReadonlyArray<TaskEvent>
}

const observed = (event: ExecutionEvent): Move => ({ action: null, events: [{ _tag: "ExecutionMoved", event }] })
const acted = (action: Action): Move => ({ action, events: intent(action, epoch) })

const moveOf = (task: Task, step: Step, process: ProcessIdentity): Move => {
  const of = { task: task.id, revision: task.revision }
  const number = attemptOf(task.execution)?.number ?? task.facts.nextAttempt
  switch (step) {
    case "Start":
      return acted({ _tag: "Promote", ...of })
    case "Launch":
      return acted({ _tag: "Spawn", ...of, attempt: attempt(task), session: null, feedback: null })
    case "Started":
      return observed({ _tag: "Started", attempt: number, process, at: epoch })
    case "Ended":
      return observed({ _tag: "Ended", attempt: number, how: { _tag: "Clean" }, at: epoch })
    case "VerifiedDead": {
      const facts = {
        merge: task.flow.merge,
        dirty: false,
        moved: false,
        progressed: true,
        resumable: false,
        qa: null,
        tree: unaddressedTree,
        costUsd: null,
        failure
      }
      return observed({ _tag: "VerifiedDead", attempt: number, run: null, facts })
    }
    case "RunBegin":
      return acted({ _tag: "RunVerifier", ...of, attempt: number, index: 0, run: task.facts.nextRun, revokes: null })
    case "Verdict": {
      const { execution } = task
      const run = execution._tag === "Verifying" && execution.run !== null ? execution.run : task.facts.nextRun
      const trees = { tree: unaddressedTree, treeNow: unaddressedTree, headTree: null, work: null }
      const verdict = { verdict: "PASS", last: true, resumeAt: null, costUsd: null, failure } as const
      return observed({ _tag: "Verdict", attempt: number, at: epoch, index: 0, run, ...trees, ...verdict })
    }
  }
}

/** The change that an action makes under an epoch, and what lives after it. */
export const carryOut = (living: Living, action: Action, supervisor: number): Taken =>
  change(living, acted(action), supervisor)

/** The change that takes an ended task out of sight. */
export const archive = (task: Task, at: number): Taken =>
  change(
    { task, record: null, verification: null },
    acted({ _tag: "Archive", task: task.id, revision: task.revision, at }),
    null
  )

/** The change that a step makes under an epoch, and what lives after it. Throws where core refuses the step. */
export const take = (living: Living, step: Step, supervisor: number | null, process: ProcessIdentity): Taken =>
  change(living, moveOf(living.task, step, process), supervisor)

/** Several steps as one change: the rows of all of them, in one write. */
export const takeAll = (
  living: Living,
  [first, ...rest]: readonly [Step, ...ReadonlyArray<Step>],
  supervisor: number | null,
  process: ProcessIdentity
): Taken =>
  rest.reduce(
    (so, step): Taken => {
      const { after, change } = take(so.after, step, supervisor, process)
      const entries = [...so.change.recorded.entries, ...change.recorded.entries]
      return {
        after,
        change: {
          ...so.change,
          recorded: { task: change.recorded.task, entries },
          attempt: change.attempt ?? so.change.attempt,
          verification: change.verification ?? so.change.verification
        }
      }
    },
    take(living, first, supervisor, process)
  )

const change = ({ record, task, verification }: Living, { action, events }: Move, supervisor: number | null): Taken => {
  const made = changeOf(task, events, action, {
    epoch: supervisor ?? 0,
    now: epoch,
    policy: Policy.defaults,
    marker: markerOf(task),
    record,
    progress: record?.progress ?? null,
    latest: record,
    tree: null,
    verification,
    finished: null
  })
  if (Either.isLeft(made)) throw new Error(`it does not fit #${task.id}: ${JSON.stringify(events)}`)
  const change = { ...made.right, epoch: supervisor }
  const after = {
    task: change.recorded.task,
    record: change.attempt?.record ?? record,
    verification: change.verification ?? verification
  }
  return { change, after }
}
