/**
 * What to do about a task whose execution lets its stage decide: it is Idle, or its back-off or limit is over.
 */
import type { Attempt, Execution, Mode } from "../execution/Execution.ts"
import { isChanged } from "../execution/WorkProgress.ts"
import { instruct, mender } from "../stage/MergeFailureKind.ts"
import type { BlockReason } from "../stage/BlockReason.ts"
import { type Role, role, satisfies } from "../stage/Projection.ts"
import type { StageEvent } from "../stage/StageEvent.ts"
import type { TaskEvent } from "../task/Apply.ts"
import type { TaskId } from "../task/Identifiers.ts"
import type { Task } from "../task/Task.ts"
import { moved, overBudget, reached, type Timed } from "./Context.ts"
import type { Proposal } from "./Proposal.ts"
import { act, ask, newWork, of, record, rest, wait } from "./Proposal.ts"
import type { Dependency, OwnView, TreeState } from "./World.ts"
import { unaddressed } from "./World.ts"

const stageMoved = (event: StageEvent): TaskEvent => ({ _tag: "StageMoved", event })

export const decideStage = (view: OwnView, dependencies: ReadonlyArray<Dependency>, context: Timed): Proposal => {
  const { task } = view
  const { stage } = task
  const agent = role(stage)
  switch (stage._tag) {
    case "Upcoming":
      return wait({ _tag: "Upcoming" })
    case "Backlog":
      return backlog(task, dependencies)
    case "Merge":
      if (view.landingHeld !== null) return wait({ _tag: "Landing", why: view.landingHeld })
      return ask(
        { _tag: "Land", ...of(task), run: task.facts.nextRun },
        { kind: "repository", isFinishing: true, usesAccount: false, session: null }
      )
    case "MergeFailure": {
      const { kind } = stage
      if (task.facts.strikes >= context.policy.maxStrikes) {
        const { strikes } = task.facts
        return record(task, [stageMoved({ _tag: "RecoveryExhausted", visit: task.visit, kind, strikes })])
      }
      if (mender(kind) === "coder") {
        return record(task, [stageMoved({ _tag: "FixupRequested", feedback: instruct(kind), by: "tick" })])
      }
      break
    }
    case "Done":
      return retire(view, context, reached(context, stage.at + context.policy.doneRetentionMs))
    case "Abandoned":
    case "Superseded":
      return retire(view, context, false)
    case "Archived":
      // A person may put away what is done, or rejected, before its worktree has gone.
      return view.worktree === null ? rest : removal(task, view.worktree)
    default:
  }
  return agent === null ? rest : agentStage(view, agent, context)
}

/** Whether a task that waits for this one may start; one that is not there never lets it. */
export const isMet = ({ stage }: Dependency): boolean => stage !== null && satisfies(stage)

/** Those that a task still waits for, by id. */
export const unmetOf = (dependencies: ReadonlyArray<Dependency>): ReadonlyArray<TaskId> => {
  const unmet: Array<TaskId> = []
  for (const dependency of dependencies) if (!isMet(dependency)) unmet.push(dependency.id)
  return unmet.length > 1 ? unmet.toSorted((a, b) => a - b) : unmet
}

const backlog = (task: Task, dependencies: ReadonlyArray<Dependency>): Proposal => {
  if (task.flow.start === "manual") return wait({ _tag: "ManualStart" })
  const unmet = unmetOf(dependencies)
  return unmet.length > 0 ? wait({ _tag: "Dependencies", unmet }) : act({ _tag: "Promote", ...of(task) })
}

const removal = (task: Task, worktree: number): Proposal => act({ _tag: "RemoveWorktree", ...of(task), worktree })

/** What is not landed is for a person to take: its worktree stays as long as the task is shown. */
const retire = ({ task, worktree }: OwnView, { now }: Timed, isOld: boolean): Proposal => {
  const isForPerson = task.stage._tag === "Done" && task.stage.landing._tag === "NothingToMerge"
  if (worktree !== null && (isOld || !isForPerson)) return removal(task, worktree)
  return isOld ? act({ _tag: "Archive", ...of(task), at: now }) : rest
}

/** The caps that a person must lift, in the order in which they are named. */
const capOf = (task: Task, { policy }: Timed): BlockReason | null => {
  const { facts } = task
  if (overBudget(task, 0)) return { _tag: "OverBudget" }
  if (facts.qaRounds > policy.maxQaRounds) return { _tag: "QaRounds" }
  if (facts.abortsInARow >= policy.maxAborts) return { _tag: "AbortLoop" }
  if (facts.respawnsWithoutCommit >= policy.maxRespawnsWithoutCommit) return { _tag: "NeverCommitted" }
  return facts.attemptsWithoutProgress >= policy.maxAttemptsWithoutProgress ? { _tag: "NoProgress" } : null
}

const isJudged = (judged: Task["facts"]["passed"], task: Task, { tree }: TreeState): boolean =>
  judged !== null && judged.feedbackNumber === task.facts.feedbackNumber && judged.tree === tree

/**
 * From when on a session is to be resumed, if there is one; null: never. What was seen of its files before is too old to
 * say whether they are still what it left.
 */
export const resumesAt = (execution: Execution): number | null => {
  if (execution._tag === "Limited") return execution.carrier === null ? execution.resumeAt : null
  return execution._tag === "Backoff" && execution.mode !== "Retry" ? execution.until : null
}

const resumes = (execution: Execution, now: number): boolean => {
  const at = resumesAt(execution)
  return at !== null && now >= at
}

/**
 * Whether the tree of the task's directory decides what comes next, so that a sensor must look at it: something was
 * worked or judged for the present feedback, or a session is to be resumed that believes it knows the tree.
 */
export const needsTree = (task: Task, now: number): boolean =>
  judgesTree(task) || (resumes(task.execution, now) && role(task.stage) !== null)

export const judgesTree = (task: Task): boolean => {
  const { facts, flow, stage } = task
  if (task.execution._tag === "Verifying") return task.spec.verify.length === 0
  if (task.execution._tag !== "Idle" && task.execution._tag !== "Backoff") return false
  const own = role(stage)
  if (own === null) return false
  return own === "qa"
    ? flow.qa !== "agent" || facts.qaPassed?.feedbackNumber === facts.feedbackNumber
    : facts.worked === facts.feedbackNumber
}

/** A state that ends with the stage is reset in the same transaction. */
const resetOf = ({ execution }: Task): ReadonlyArray<TaskEvent> =>
  execution._tag === "Idle" ? [] : [moved({ _tag: "Reset" })]

const escalate = (task: Task, reason: BlockReason): Proposal =>
  act({
    _tag: "EscalateHuman",
    ...of(task),
    reason,
    events: [...resetOf(task), stageMoved({ _tag: "Block", reason })]
  })

const isToBeReminded = ({ execution }: Task): boolean => execution._tag === "Backoff" && execution.mode === "Nudge"

/** How long a reminder may wait to be admitted; finished work waits no longer than that for it. */
const reminderWaitMs = 60_000

const isDrifted = ({ left, tree }: OwnView): boolean =>
  left !== null && tree !== null && isChanged({ before: left, after: tree.tree })

/** Whether its session is resumed before its work is judged; nothing that blocks a task keeps the work from that. */
const isReminded = (view: OwnView, context: Timed): boolean => {
  const { execution } = view.task
  if (execution._tag !== "Backoff" || execution.mode !== "Nudge" || view.resumableSession === null) return false
  if (context.policy.onDrift === "block" && isDrifted(view)) return false
  return !reached(context, execution.until + reminderWaitMs)
}

const agentStage = (view: OwnView, own: Role, context: Timed): Proposal => {
  const { task } = view
  const { execution, facts, flow, spec } = task
  // The verifiers alone judge here: no agent is ever started.
  const isServerQa = own === "qa" && flow.qa !== "agent"
  // A limit that is over resumes what it interrupted; nothing else may come between.
  if (execution._tag === "Limited" && !isServerQa) return spawn(view, own, context)
  const reset = resetOf(task)
  const cap = capOf(task, context)
  // What is finished but for a word is judged as soon as it was reminded of it, or can not be any more, caps or none.
  const isFinished = isToBeReminded(task)
  if (cap !== null && !isFinished) return escalate(task, cap)
  if (cap === null && isReminded(view, context)) return spawn(view, own, context)

  const tree = view.tree
  if (tree === null && judgesTree(task)) return wait({ _tag: "Unobserved" })
  const here = tree ?? unaddressed
  const isLandable = flow.merge === "none" || !here.isDirty
  const isWorked =
    isServerQa || (own === "qa" ? isJudged(facts.qaPassed, task, here) : facts.worked === facts.feedbackNumber)

  if (isWorked && isLandable && isJudged(facts.passed, task, here)) {
    return record(task, [...reset, stageMoved(passedEvent(task, here, context))])
  }
  // After a failure only what was never judged is verified without a new attempt: in a directory that never rests,
  // every look finds another tree.
  const isUnjudged =
    isFinished ||
    (execution._tag === "Idle"
      ? !isJudged(facts.failed, task, here)
      : facts.failed?.feedbackNumber !== facts.feedbackNumber)
  if (isServerQa || (isWorked && isLandable && isUnjudged)) {
    const attempt = nextAttempt(task, own, "VerifyOnly")
    const events = [...reset, moved({ _tag: "VerifyBegin", attempt })]
    return ask(
      { _tag: "Record", ...of(task), events, revokes: null },
      { kind: "slot", isFinishing: true, usesAccount: false, session: null }
    )
  }
  if (cap !== null) return escalate(task, cap)
  // Who is only to commit uses no attempt, and needs none; how often is a cap of its own.
  const isToCommit = execution._tag === "Backoff" && execution.mode === "CommitOnly"
  if (facts.attemptsUsed > spec.maxRetries && !isToCommit) {
    return escalate(task, { _tag: "RetriesExhausted", lastFailure: facts.feedback })
  }
  return spawn(view, own, context)
}

const passedEvent = (task: Task, { work }: TreeState, { now }: Timed): StageEvent => {
  const { visit } = task
  const verified = task.spec.verify.length > 0
  if (task.stage._tag !== "MergeFailure") return { _tag: "GatesPassed", visit, at: now, verified, work }
  return { _tag: "MergeReady", visit, verified, work: work ?? { branch: task.stage.branch, commitsAhead: 0 } }
}

const nextAttempt = (task: Task, own: Role, mode: Mode): Attempt => ({
  number: task.facts.nextAttempt,
  role: own,
  visit: task.visit,
  feedbackNumber: task.facts.feedbackNumber,
  mode
})

const spawn = (view: OwnView, own: Role, { policy }: Timed): Proposal => {
  const { left, mailbox, resumableSession, task, tree } = view
  const { execution, facts } = task
  if (
    mailbox !== null &&
    !mailbox.isBusy &&
    execution._tag !== "Limited" &&
    (!isToBeReminded(task) || resumableSession === null)
  ) {
    const { session } = mailbox
    return ask(
      { _tag: "AssignViaMailbox", ...of(task), attempt: nextAttempt(task, own, "Cold"), session },
      { ...newWork, session }
    )
  }
  const wantsSession = execution._tag === "Limited" || (execution._tag === "Backoff" && execution.mode !== "Retry")
  const session = wantsSession ? resumableSession : null
  // What a session remembers of the files must still be true.
  const isSure = session === null || left === null
  if (!isSure && tree === null) return wait({ _tag: "Unobserved" })
  const isOther = session !== null && isDrifted(view)
  if (isOther && policy.onDrift === "block") return escalate(task, { _tag: "Drifted" })
  // A limit that interrupts a respawn to finish something makes it no attempt of its own.
  const asked =
    execution._tag === "Backoff" ? execution.mode : execution._tag === "Limited" ? execution.attempt.mode : null
  const resumed: Mode = asked === "Nudge" ? asked : "Warm"
  const mode: Mode = asked === "CommitOnly" ? asked : session === null ? "Cold" : resumed
  return ask(
    {
      _tag: "Spawn",
      ...of(task),
      attempt: nextAttempt(task, own, mode),
      session,
      // What an earlier attempt was told is mended by now.
      feedback: mode === "Nudge" ? null : facts.feedback,
      ...(isOther ? { drifted: true } : {})
    },
    newWork
  )
}
