/**
 * One event, one next task: the two machines, the visit, and the facts, kept in step. Total and pure; the only place
 * where a task changes, so that folding its ledger gives the stored state (TCK-9).
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { attemptOf, isFinishing, unaddressedTree, visitOf as beganFor } from "../execution/Execution.ts"
import type * as Execution from "../execution/Execution.ts"
import { ExecutionEvent } from "../execution/ExecutionEvent.ts"
import type * as Execute from "../execution/ExecutionEvent.ts"
import { endingOf, verdictFeedback } from "../execution/Outcome.ts"
import * as Step from "../execution/Step.ts"
import { StageEvent, visitOf } from "../stage/StageEvent.ts"
import { instruct } from "../stage/MergeFailureKind.ts"
import { isTerminal } from "../stage/Projection.ts"
import * as Transition from "../stage/Transition.ts"
import { AttemptNumber, RunNumber, TaskId } from "./Identifiers.ts"
import { type Facts, freshVisit } from "./Facts.ts"
import { Flow } from "./Flow.ts"
import { Spec } from "./Spec.ts"
import type { Task } from "./Task.ts"

/** What a row of the ledger holds: which machine moved, on what; or what a person wrote anew before it started. */
export const TaskEvent = Schema.Union(
  Schema.TaggedStruct("StageMoved", { event: StageEvent }),
  Schema.TaggedStruct("ExecutionMoved", { event: ExecutionEvent }),
  Schema.TaggedStruct("Respecified", { spec: Spec, flow: Flow, dependsOn: Schema.Array(TaskId) })
)
export type TaskEvent = typeof TaskEvent.Type

export type Illegal =
  | Transition.IllegalTransition
  | Extract<Step.Step, { readonly _tag: "IllegalExecution" }>
  | { readonly _tag: "AlreadyStarted" }

/** Nothing happened: the event is about another attempt, run or visit. */
export interface Ignored {
  readonly _tag: "Ignored"
}

export interface Applied {
  readonly _tag: "Applied"
  readonly task: Task
  /** The stage event that belongs in the same transaction, if any. */
  readonly consequence: StageEvent | null
}

/** The task after one event. */
export const apply = (task: Task, event: TaskEvent): Either.Either<Applied | Ignored, Illegal> => {
  switch (event._tag) {
    case "StageMoved":
      return moveStage(task, event.event)
    case "ExecutionMoved":
      return moveExecution(task, event.event)
    case "Respecified":
      // Start and Reopen are what a first feedback number comes from: without one, nobody was ever asked to work.
      return task.facts.feedbackNumber === 0 && !isTerminal(task.stage)
        ? applied({ ...task, spec: event.spec, flow: event.flow, dependsOn: event.dependsOn })
        : Either.left({ _tag: "AlreadyStarted" })
  }
}

const applied = (task: Task, consequence: StageEvent | null = null): Either.Either<Applied> =>
  Either.right({ _tag: "Applied", task: { ...task, revision: task.revision + 1 }, consequence })

const ignored: Either.Either<Ignored> = Either.right({ _tag: "Ignored" })

const moveStage = (task: Task, event: StageEvent): Either.Either<Applied | Ignored, Illegal> => {
  const visit = visitOf(event)
  if (visit !== null && visit !== task.visit) return ignored
  const moved = Transition.transition(task.flow, task.stage, event)
  if (Either.isLeft(moved)) return Either.left(moved.left)
  const keepsVisit = event._tag === "Freeze" || event._tag === "Unfreeze"
  // What counts over the whole task ends with it.
  const done = moved.right._tag === "Done" ? { strikes: 0, qaRounds: 0 } : {}
  const facts = { ...stageFacts(task, event), ...done }
  return applied({
    ...task,
    stage: moved.right,
    visit: keepsVisit ? task.visit : task.visit + 1,
    flow: event._tag === "Demote" ? { ...task.flow, start: "manual" } : task.flow,
    facts: keepsVisit ? facts : { ...facts, ...freshVisit }
  })
}

const stageFacts = (task: Task, event: StageEvent): Facts => {
  const { facts } = task
  const told = (feedback: string | null): Facts => ({
    ...facts,
    feedbackNumber: facts.feedbackNumber + 1,
    feedback
  })
  switch (event._tag) {
    case "Start":
      return told(null)
    case "SendBack":
    case "Reopen":
      return told(event.feedback)
    case "GatesFailed":
      return { ...told(event.feedback), qaRounds: facts.qaRounds + 1 }
    case "FixupRequested":
      return { ...told(event.feedback), strikes: event.by === "operator" ? 0 : facts.strikes }
    case "MergeFailed":
      return { ...told(event.kind === null ? facts.feedback : instruct(event.kind)), strikes: event.strikes }
    case "Retry":
      return {
        ...(task.stage._tag === "Coding" ? told(facts.feedback) : facts),
        strikes: 0,
        qaRounds: 0
      }
    case "Unblock":
      return unblocked(task, event.budgetUsd, told)
    case "Demote":
      return { ...facts, strikes: 0 }
    default:
      return facts
  }
}

/** Unblock clears what blocked; the counters of the visit are cleared by the visit itself. */
const unblocked = (task: Task, budgetUsd: number | null, told: (feedback: string | null) => Facts): Facts => {
  const { facts, stage } = task
  /* v8 ignore next -- @preserve Unblock is legal in Blocked alone, which the compiler does not know. */
  if (stage._tag !== "Blocked") return facts
  switch (stage.reason._tag) {
    case "OverBudget":
      return { ...facts, budgetFromUsd: facts.spentUsd, budgetUsd: budgetUsd ?? facts.budgetUsd }
    case "QaRounds":
      return { ...facts, qaRounds: 0 }
    case "NoCommits":
      return told(facts.feedback)
    case "RetriesExhausted":
      return told(stage.reason.lastFailure ?? facts.feedback)
    default:
      return facts
  }
}

const moveExecution = (task: Task, event: Execute.ExecutionEvent): Either.Either<Applied | Ignored, Illegal> => {
  const step = Step.step(task.execution, event)
  // What an attempt says on its way is kept with the attempt; it is no change of the task.
  if (step._tag === "Ignored" || event._tag === "SessionSeen" || event._tag === "Progressed") return ignored
  if (step._tag === "IllegalExecution") return Either.left(step)
  if (!fits(task, event)) return Either.left({ _tag: "IllegalExecution", execution: task.execution, event })
  const facts = executionFacts(task, event, step.execution, step.consequence)
  const moved: Task = { ...task, execution: step.execution, facts }
  // An execution of an earlier visit has nothing to say about the stage of this one.
  const visit = beganFor(task.execution)
  return applied(moved, step.consequence === null || visit !== task.visit ? null : stageEvent(moved, step.consequence))
}

/**
 * Whether what is begun is new and for the present visit: numbers are never used again, a landing is begun and armed in
 * Merge alone.
 */
const fits = (task: Task, event: Execute.ExecutionEvent): boolean => {
  const { execution, facts, stage, visit } = task
  switch (event._tag) {
    case "Assign":
    case "Launch":
    case "VerifyBegin":
      return event.attempt.number >= facts.nextAttempt && event.attempt.visit === visit
    case "RunBegin":
      return event.run >= facts.nextRun
    case "LandBegin":
      return event.run >= facts.nextRun && event.visit === visit && stage._tag === "Merge"
    case "Armed":
      return execution._tag === "Landing" && execution.visit === visit && stage._tag === "Merge"
    default:
      return true
  }
}

/** The stage event a consequence stands for, in the task's own stage and visit. */
const stageEvent = (task: Task, consequence: Step.Consequence): StageEvent | null => {
  const { visit } = task
  switch (consequence._tag) {
    case "Block":
      return consequence
    case "Passed": {
      const { at, verified, work } = consequence
      if (task.stage._tag !== "MergeFailure") return { _tag: "GatesPassed", visit, at, verified, work }
      return { _tag: "MergeReady", visit, verified, work: work ?? { branch: task.stage.branch, commitsAhead: 0 } }
    }
    case "GatesFailed":
      return { _tag: "GatesFailed", visit, feedback: consequence.feedback }
    case "Landed":
      return { _tag: "Landed", visit, at: consequence.at, commit: consequence.commit }
    case "MergeFailed":
      return { _tag: "MergeFailed", visit, kind: consequence.kind, strikes: task.facts.strikes + 1 }
  }
}

const executionFacts = (
  task: Task,
  event: Execute.ExecutionEvent,
  next: Execution.Execution,
  consequence: Step.Consequence | null
): Facts => {
  const { facts } = task
  switch (event._tag) {
    case "Assign":
    case "Launch":
      // Whoever works now may change any byte: what passed before has not passed any more.
      return { ...facts, ...after(facts, event.attempt.number), passed: null }
    case "VerifyBegin":
      return { ...facts, ...after(facts, event.attempt.number) }
    case "RunBegin":
    case "LandBegin":
      return { ...facts, nextRun: RunNumber.make(Math.max(facts.nextRun, event.run + 1)) }
    case "LaunchFailed":
      return { ...facts, launchFailuresInARow: facts.launchFailuresInARow + 1 }
    case "Started":
    case "Adopted":
    case "Claimed":
    case "RateLimited":
    case "Ended":
      // Whatever is heard of an attempt proves that it was delivered.
      return { ...facts, launchFailuresInARow: 0 }
    case "VerifiedDead":
      return afterDeath(task, event.facts, next)
    case "NoVerifiers":
      return { ...facts, passed: judged(task, event.tree) }
    case "Verdict":
      return afterVerdict(task, event, next, consequence)
    case "LandEnded":
      return withCost(facts, event.costUsd)
    default:
      return facts
  }
}

const after = (facts: Facts, attempt: number) => ({
  nextAttempt: AttemptNumber.make(Math.max(facts.nextAttempt, attempt + 1))
})

/** A judgement of the attempt's work: it is bound to the feedback that this attempt answered, which may not be the last. */
const judged = ({ execution, facts }: Task, tree: Execution.TreeHash) => ({
  /* v8 ignore next -- @preserve What is judged has an attempt, which the compiler does not know. */
  feedbackNumber: attemptOf(execution)?.feedbackNumber ?? facts.feedbackNumber,
  tree
})

/** Left out: nothing was paid for; null: nobody knows how much. */
const withCost = (facts: Facts, costUsd: number | null | undefined): Facts =>
  costUsd === undefined
    ? facts
    : {
        ...facts,
        spentUsd: facts.spentUsd + (costUsd ?? 0),
        hasUnknownCost: facts.hasUnknownCost || costUsd === null
      }

const isOfThisVisit = (task: Task): boolean => beganFor(task.execution) === task.visit

/** A command costs nothing; a model or an agent does, whether or not it says what. */
const mayCost = ({ spec }: Task, { index }: Execute.Of<"Verdict">): boolean =>
  (spec.verify[index]?._tag ?? "Run") !== "Run"

const afterVerdict = (
  task: Task,
  event: Execute.Of<"Verdict">,
  next: Execution.Execution,
  consequence: Step.Consequence | null
): Facts => {
  const { facts } = task
  const spent = {
    ...facts,
    spentUsd: facts.spentUsd + (event.costUsd ?? 0),
    hasUnknownCost: facts.hasUnknownCost || (event.costUsd === null && mayCost(task, event))
  }
  const judgement = judged(task, event.treeNow)
  if (consequence?._tag === "Passed") return { ...spent, passed: judgement, failuresInARow: 0 }
  if (next._tag === "Verifying") return spent
  const failed = { ...spent, failed: judgement }
  // What an earlier visit says must not take the place of what a person said since.
  return isOfThisVisit(task)
    ? { ...failed, feedback: verdictFeedback(event), failuresInARow: facts.failuresInARow + 1 }
    : failed
}

/** Whether an attempt that ended so counts against the retries (EXE-3). */
export const isCharged = (attempt: Execution.Attempt, ending: Execution.Ending): boolean => {
  if (attempt.mode !== "Cold" && attempt.mode !== "Warm") return false
  if (ending._tag === "Limited" || ending._tag === "Aborted") return false
  return ending._tag !== "Stopped" || (ending.why !== "Operator" && ending.why !== "StageChanged")
}

const afterDeath = (task: Task, death: Execute.DeathFacts, next: Execution.Execution): Facts => {
  const { execution, facts, spec } = task
  /* v8 ignore next -- @preserve Only what is being stopped is proved dead, which the compiler does not know. */
  if (execution._tag !== "Stopping") return facts
  if (execution.subject._tag === "Verifiers") {
    // What a model had cost by then was never told.
    const wasJudged = execution.subject.run !== null && spec.verify.some(({ _tag }) => _tag !== "Run")
    return wasJudged ? { ...facts, hasUnknownCost: true } : facts
  }
  if (execution.subject._tag !== "Agent") return facts
  const { attempt } = execution.subject
  const ending = endingOf(execution.ending, death)
  const isClean = ending._tag === "Clean"
  const isCoder = attempt.role !== "qa"
  const works = isCoder && attempt.feedbackNumber === facts.feedbackNumber && (isClean || death.moved)
  const isCurrent = isOfThisVisit(task)
  const counters = isCurrent ? visitCounters(facts, attempt, ending, death, next) : {}
  return {
    ...facts,
    ...counters,
    // A failure is of its tree alone; where trees have no address, it holds until an agent was at work. One that could not
    // be started was not.
    failed: facts.failed?.tree === unaddressedTree ? null : facts.failed,
    spentUsd: facts.spentUsd + (death.costUsd ?? 0),
    hasUnknownCost: facts.hasUnknownCost || death.costUsd === null,
    worked: works ? facts.feedbackNumber : facts.worked,
    feedback: isCurrent && next._tag === "Backoff" ? (death.failure.feedback ?? facts.feedback) : facts.feedback,
    qaPassed: isClean && attempt.role === "qa" && death.qa === "PASS" ? judged(task, death.tree) : facts.qaPassed
  }
}

const visitCounters = (
  facts: Facts,
  attempt: Execution.Attempt,
  ending: Execution.Ending,
  death: Execute.DeathFacts,
  next: Execution.Execution
): Partial<Facts> => {
  const isClean = ending._tag === "Clean"
  // A reminder that finds nothing left to do rightly does nothing.
  const counts = isClean && attempt.role !== "qa" && attempt.mode !== "Nudge" && death.merge === "squash"
  const isCommitOnly = next._tag === "Backoff" && next.mode === "CommitOnly"
  const isFailure = next._tag === "Backoff" && !isFinishing(next.mode)
  return {
    attemptsUsed: facts.attemptsUsed + (isCharged(attempt, ending) ? 1 : 0),
    abortsInARow: ending._tag === "Aborted" ? facts.abortsInARow + 1 : 0,
    failuresInARow: isFailure ? facts.failuresInARow + 1 : facts.failuresInARow,
    attemptsWithoutProgress: death.progressed
      ? 0
      : counts
        ? facts.attemptsWithoutProgress + 1
        : facts.attemptsWithoutProgress,
    respawnsWithoutCommit: isCommitOnly
      ? facts.respawnsWithoutCommit + 1
      : death.moved
        ? 0
        : facts.respawnsWithoutCommit
  }
}
