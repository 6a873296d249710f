/** What the service of landings offers, and how it can fail. */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { TreeHash } from "../../core/execution/Execution.ts"
import type { MergeFailureKind } from "../../core/stage/MergeFailureKind.ts"
import type { Target } from "../../core/task/Spec.ts"
import type { RunNumber } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Left } from "./LandingNames.ts"

/** Something about a landing could not be done or looked at: nothing follows about what was landed. */
export class LandingFailed extends Data.TaggedError("LandingFailed")<{
  readonly operation: string
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    const why = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `landing in ${this.path} did not go on (${this.operation}): ${why}`
  }
}

/** One landing of one task. */
export interface Run {
  readonly task: Task
  readonly target: Target
  readonly run: RunNumber
}

/** The branch as it is now. `held`: why it can not be moved, for a person; null where it can. */
interface Base {
  readonly commit: string
  readonly held: string | null
}

/** What is to land: what is checked out in that directory, or, where it is gone, what that branch has. */
export interface Work {
  readonly directory: string
  readonly branch: string
}

export type Squash =
  | { readonly _tag: "Ready"; readonly candidate: Candidate }
  /** `kind` null: there is no commit to land. */
  | { readonly _tag: "Refused"; readonly kind: MergeFailureKind | null }

/** What would land. */
export interface Candidate {
  readonly commit: string
  /** The top of the worktree that has it checked out, and the task's directory in it. */
  readonly top: string
  readonly directory: string
  /** The content of the task's directory, by address, where all of the work tree is as the task left it; else null. */
  readonly unchanged: TreeHash | null
}

export interface Service {
  /** The branch that a task lands on, and whether all its checkouts can follow it to a commit; null where it is gone. */
  readonly base: (target: Target, to: string | null) => Effect.Effect<Base | null, LandingFailed>
  /** Makes one commit of the work on top of `base`, in a worktree of its own. */
  readonly squash: (run: Run, base: string, work: Work) => Effect.Effect<Squash, LandingFailed>
  /** From now on the run may move the branch, until it is disarmed. */
  readonly arm: (run: Run, candidate: string) => Effect.Effect<void, LandingFailed>
  /** Moves the branch from one commit to the other, if it is still there and the run still armed; answers whether it did. */
  readonly move: (run: Run, from: string, to: string) => Effect.Effect<boolean, LandingFailed>
  /** Whatever still tries to, this run moves the branch no more. */
  readonly disarm: (run: Run) => Effect.Effect<void, LandingFailed>
  /** Whether the branch has the commit; where it is gone, whether any other has it. */
  readonly has: (target: Target, commit: string) => Effect.Effect<boolean, LandingFailed>
  /**
   * Has every checkout of the branch that its move has left behind show what landed; what was changed meanwhile stays.
   * Nothing where the branch has moved on.
   */
  readonly follow: (target: Target, from: string, to: string) => Effect.Effect<void, LandingFailed>
  /** Takes away the worktree of a run, where there is one. */
  readonly clear: (run: Run) => Effect.Effect<void, LandingFailed>
  /** The landings of which anything is there: they have a worktree, or are armed in one of those repositories or of one known. */
  readonly left: (repositories: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<Left>, LandingFailed>
}
