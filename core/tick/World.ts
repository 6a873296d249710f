/**
 * All that a tick may know: the tasks as stored, and what was observed of their processes. Plain data; nothing in it is
 * looked up later.
 */
import type { Account } from "../account/Account.ts"
import { type Ending, type TreeHash, unaddressedTree } from "../execution/Execution.ts"
import type { DeathFacts } from "../execution/ExecutionEvent.ts"
import type { LimitCause } from "../execution/Limit.ts"
import type { ProcessIdentity } from "../execution/Process.ts"
import type { Policy } from "../policy/Policy.ts"
import type { Stage } from "../stage/Stage.ts"
import type { Work } from "../stage/StageEvent.ts"
import type { TaskId } from "../task/Identifiers.ts"
import type { Task } from "../task/Task.ts"
import type { Verdict } from "../verify/Verdict.ts"

/** What was seen of the current attempt. Absent (looked, not there) is not Unknown (could not look). */
export type Observation =
  | { readonly _tag: "Preparing" }
  | {
      readonly _tag: "Alive"
      readonly process: ProcessIdentity
      /** Started by this supervisor, or found by its marker after a restart. */
      readonly isAdopted: boolean
      readonly lastProgressAt: number
      readonly toolTurns: number
      readonly costUsd: number | null
      /** When the provider's latest hard limit ends or ended; null when there was none, or it was lifted early. */
      readonly limitedUntil: number | null
      readonly limitCause?: LimitCause
    }
  | { readonly _tag: "Dead"; readonly how: Ending }
  | { readonly _tag: "Absent"; readonly token: Token }
  | { readonly _tag: "Unknown"; readonly why: string }
  | { readonly _tag: "Claimed"; readonly session: string }
  | { readonly _tag: "TurnEnded"; readonly messageId: string }
  | { readonly _tag: "SessionGone" }
  /** A stop is under way in this supervisor. */
  | { readonly _tag: "BeingStopped" }
  /** Every process of the attempt, its runs included, was proved dead. `said`: the agent's last words. */
  | { readonly _tag: "Emptied"; readonly facts: Omit<DeathFacts, "failure">; readonly said?: string | null }
  | { readonly _tag: "Survivors"; readonly pids: ReadonlyArray<number> }

/** Whether the start of an attempt or run still can happen: the file that its wrapper creates exclusively. */
export type Token = "free" | "taken" | "revoked"

/** What was seen of the current run of a verifier. */
export type RunObservation =
  | { readonly _tag: "Alive" }
  | {
      readonly _tag: "Finished"
      readonly verdict: Verdict
      /** What the next attempt is told; null for a pass. */
      readonly feedback: string | null
      readonly tree: TreeHash
      readonly treeNow: TreeHash
      readonly headTree: TreeHash | null
      readonly work: Work | null
      readonly costUsd: number | null
      readonly resumeAt: number | null
      readonly limitCause?: LimitCause
    }
  | { readonly _tag: "Absent"; readonly token: Token }
  | { readonly _tag: "Unknown"; readonly why: string }

/** The content of the task's directory now. `headTree`, `work`: only where the flow squashes. */
export interface TreeState {
  readonly tree: TreeHash
  readonly headTree: TreeHash | null
  readonly isDirty: boolean
  readonly work: Work | null
}

/** The tree of a directory that has no content address: judged anew by every visit of every attempt. */
export const unaddressed: TreeState = { tree: unaddressedTree, headTree: null, isDirty: false, work: null }

export interface Dependency {
  readonly id: TaskId
  /** Null: no such task, which is unmet. */
  readonly stage: Stage | null
}

/** A long-lived session that holds the task's mailbox role, and left no message of this visit unclaimed. */
export interface MailboxSession {
  readonly session: string
  readonly isBusy: boolean
}

/** What is known of one task by itself. */
export interface OwnView {
  readonly task: Task
  /** Null: nobody has looked yet. */
  readonly observation: Observation | null
  readonly run: RunObservation | null
  readonly tree: TreeState | null
  /** Since when the observation is Unknown without a break; null while it is not. */
  readonly unknownSince: number | null
  /** The task has a session that an attempt can resume. */
  readonly resumableSession: string | null
  /** The content that the last attempt left: what a session believes to be there. Null: not known. */
  readonly left: TreeHash | null
  readonly mailbox: MailboxSession | null
  /** Keys of the open attention items of this task. */
  readonly attention: ReadonlyArray<string>
  /** The number of a worktree that still exists, or null. */
  readonly worktree: number | null
  /** A landing is being worked by this supervisor. */
  readonly isLandingAttended: boolean
  /** Why the landing that was to begin has not, for a person; null where nothing is in its way. */
  readonly landingHeld: string | null
  /** The session whose policy file should be there, and the one whose file is; null for none. */
  readonly sessionPolicy: { readonly wanted: string | null; readonly present: string | null }
}

/** What is known of one task, and of those that it waits for. */
export interface TaskView extends OwnView {
  readonly dependencies: ReadonlyArray<Dependency>
}

export interface World {
  readonly now: number
  readonly policy: Policy
  readonly isDraining: boolean
  /** Why the host can take no more work (memory, load); null when it can. */
  readonly pressure: string | null
  readonly tasks: ReadonlyArray<TaskView>
  /** One that is not among them is open. */
  readonly accounts: ReadonlyArray<Account>
}

/** Shared: most tasks have neither. */
const noAttention: TaskView["attention"] = []
const noFiles: TaskView["sessionPolicy"] = { wanted: null, present: null }

/** A view of a task of which nothing but the store is known. */
export const unobserved = (task: Task, dependencies: ReadonlyArray<Dependency>): TaskView => ({
  task,
  dependencies,
  observation: null,
  run: null,
  tree: null,
  unknownSince: null,
  resumableSession: null,
  left: null,
  mailbox: null,
  attention: noAttention,
  worktree: null,
  isLandingAttended: false,
  landingHeld: null,
  sessionPolicy: noFiles
})
