/**
 * The intent of an action: what is written before anything is done. Pure; the marker and the moment are passed in.
 */
import * as Either from "effect/Either"
import {
  type AttemptRecord,
  type Marker,
  noProgress,
  type Outcome,
  type Progress
} from "../../core/execution/AttemptRecord.ts"
import type { Attempt, Ending, TreeHash } from "../../core/execution/Execution.ts"
import type { ExecutionEvent } from "../../core/execution/ExecutionEvent.ts"
import { endingOf } from "../../core/execution/Outcome.ts"
import type { Policy } from "../../core/policy/Policy.ts"
import type { Illegal, TaskEvent } from "../../core/task/Apply.ts"
import { type AgentDefinition, spendBasis } from "../../core/task/AgentDefinition.ts"
import * as Record from "../../core/task/Record.ts"
import { agentFor } from "../../core/task/RoleAgents.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Action } from "../../core/tick/Action.ts"
import type { Verification } from "../../core/verify/Verification.ts"
import { title } from "../../core/verify/Verifier.ts"
import type { AttemptPhase, AttentionChange, Change } from "../store/Store.ts"
import { digest, type Finished } from "../verifiers/Verifiers.ts"
import { endOf, mailOf } from "./Mail.ts"

/** What a change of a task depends on beside its events. */
export interface Known {
  readonly epoch: number
  readonly now: number
  readonly policy: Policy
  /** Fresh, for an attempt that is created by this change. */
  readonly marker: Marker
  /** The record of the attempt that the execution is about, and what its output has said so far. */
  readonly record: AttemptRecord | null
  readonly progress: Progress | null
  /** The record of the latest attempt of the task, whatever it is doing now. */
  readonly latest: AttemptRecord | null
  /** The content of the task's directory just before the attempt was started; null where nobody looked. */
  readonly tree: TreeHash | null
  readonly verification: Verification | null
  readonly finished: Finished | null
}

const attentionOf = (action: Action): ReadonlyArray<AttentionChange> => {
  switch (action._tag) {
    case "RaiseAttention":
      return [{ _tag: "Raise", key: action.key, text: action.text }]
    case "ClearAttention":
      return [{ _tag: "Clear", key: action.key }]
    default:
      return []
  }
}

type Attempted = { readonly record: AttemptRecord; readonly phase: AttemptPhase | null }

/** What an attempt inherits: the totals of conversations it may go on with, and the files that were read before. */
const inherited = (agent: AgentDefinition, { latest }: Known) => {
  if (latest === null) return null
  // The conversations of another program are never gone on with by this one.
  const basis = latest.agent === agent.name ? spendBasis(agent.kind) : "run"
  return { progress: latest.progress, basis } as const
}

const created = (task: Task, attempt: Attempt, known: Known): Attempted => {
  const agent = agentFor(task.spec, attempt.role)
  return { phase: "created", record: recordOf(task, attempt, known, agent) }
}

const recordOf = (task: Task, attempt: Attempt, known: Known, agent: AgentDefinition): AttemptRecord => ({
  task: task.id,
  attempt,
  marker: known.marker,
  agent: agent.name,
  process: null,
  treeBefore: null,
  treeAfter: null,
  progress: noProgress(known.now, inherited(agent, known)),
  createdAt: known.now,
  startedAt: null,
  endedAt: null,
  outcome: null,
  detail: null
})

const outcomeOf = (ending: Ending): { readonly outcome: Outcome; readonly detail: string | null } => {
  switch (ending._tag) {
    case "Forced":
    case "Aborted":
      return { outcome: ending._tag, detail: ending.detail }
    case "Stopped":
      return { outcome: "Stopped", detail: ending.why }
    default:
      return { outcome: ending._tag, detail: null }
  }
}

/** What an event says about the attempt's own row. */
const attemptAfter = (task: Task, event: ExecutionEvent, known: Known): Attempted | null => {
  const { now, record } = known
  if (event._tag === "Launch" || event._tag === "Assign" || event._tag === "VerifyBegin") {
    return created(task, event.attempt, known)
  }
  if (record === null) return null
  switch (event._tag) {
    case "Started":
    case "Adopted":
      return {
        phase: event._tag === "Started" ? "started" : "adopted",
        record: {
          ...record,
          process: event.process,
          treeBefore: record.treeBefore ?? known.tree,
          startedAt: record.startedAt ?? now
        }
      }
    case "Claimed":
      return { phase: "started", record: { ...record, startedAt: record.startedAt ?? now } }
    case "Withdrawn":
      return {
        phase: "ended",
        record: { ...record, endedAt: now, outcome: "LaunchFailed", detail: "no session took it" }
      }
    case "LaunchFailed":
      return { phase: "ended", record: { ...record, endedAt: now, outcome: "LaunchFailed", detail: event.reason } }
    case "VerifiedDead": {
      if (task.execution._tag !== "Stopping" || task.execution.subject._tag !== "Agent") return null
      const progress = known.progress ?? record.progress
      const { carrier } = task.execution
      const { detail, outcome } = outcomeOf(endingOf(task.execution.ending, event.facts))
      const by = carrier?._tag === "Session" ? `by the session ${carrier.session}` : null
      return {
        phase: "ended",
        record: { ...record, progress, treeAfter: event.facts.tree, endedAt: now, outcome, detail: detail ?? by }
      }
    }
    default:
      return null
  }
}

const begun = (
  task: Task,
  action: Extract<Action, { readonly _tag: "RunVerifier" }>,
  now: number
): Verification | null => {
  const verifier = task.spec.verify[action.index]
  if (verifier === undefined) return null
  return {
    task: task.id,
    attempt: action.attempt,
    run: action.run,
    index: action.index,
    kind: verifier._tag,
    title: title(verifier).slice(0, 200),
    digest: digest(verifier),
    startedAt: now,
    endedAt: null,
    verdict: null,
    detail: null,
    tree: null,
    output: null,
    costUsd: null
  }
}

const judged = (event: ExecutionEvent, { finished, now, verification }: Known): Verification | null => {
  if (event._tag !== "Verdict" || verification === null || verification.run !== event.run) return null
  return {
    ...verification,
    endedAt: now,
    verdict: event.verdict,
    detail: finished?.detail ?? event.failure.feedback,
    tree: event.tree,
    output: finished?.output ?? null,
    costUsd: event.costUsd
  }
}

/** The change that records these events of a task, with the rows that belong to them. */
export const changeOf = (
  task: Task,
  events: ReadonlyArray<TaskEvent>,
  action: Action | null,
  known: Known
): Either.Either<Change, Illegal | Record.LandingArmed> =>
  Either.map(Record.record(task, events, "tick", known.policy), (recorded) => {
    let attempt: Attempted | null = null
    let mail = action === null ? undefined : mailOf(task, action, known.now, known.policy.claimMs)
    let verification = action?._tag === "RunVerifier" ? begun(task, action, known.now) : null
    for (const { before, event } of recorded.entries) {
      if (event._tag !== "ExecutionMoved") continue
      attempt = attemptAfter(before, event.event, known) ?? attempt
      mail ??= endOf(before, event.event)
      verification = judged(event.event, known) ?? verification
    }
    return {
      epoch: known.epoch,
      at: known.now,
      ...(mail === undefined ? {} : { mail }),
      task: task.id,
      expectedRevision: task.revision,
      recorded,
      attempt,
      verification,
      attention: action === null ? [] : attentionOf(action)
    }
  })
