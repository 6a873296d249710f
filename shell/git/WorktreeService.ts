/** What the service of worktrees offers, and how it can fail. */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { AttemptNumber, TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { NotSeparable } from "./Repository.ts"

/** A worktree could not be made, or not be taken away. */
export class WorktreeFailed extends Data.TaggedError("WorktreeFailed")<{
  readonly operation: string
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    const why = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `the worktree ${this.path} could not be used (${this.operation}): ${why}`
  }
}

interface Made {
  /** The top of it. */
  readonly top: string
  /** Its setup has not run to its end yet. */
  readonly needsSetup: boolean
}

export interface Service {
  /** Where the work of a task is done: its directory, or the same place in its worktree, whether or not that is there. */
  readonly directoryOf: (task: Task) => string
  /** The number of the worktree that a task has; null where it has none. */
  readonly numberOf: (task: TaskId) => number | null
  /** The commit that it was made at; null where there is none. */
  readonly baseOf: (task: TaskId) => string | null
  /** Reads anew which there are: another supervisor may have made some. */
  readonly reload: Effect.Effect<void, WorktreeFailed>
  /** The tasks that have one. */
  readonly tasks: () => ReadonlyArray<TaskId>
  /** Makes it, unless it is there; files of the source that `.worktreeinclude` names are copied into a new one. */
  readonly ensure: (task: Task) => Effect.Effect<Made, NotSeparable | WorktreeFailed>
  /** Notes that its setup has run, and what that has made. */
  readonly noteSetup: (task: TaskId) => Effect.Effect<void, WorktreeFailed>
  /** One at a time with all that is done to worktrees here: git's own locks would have one of two fail. */
  readonly alone: <A, E>(work: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /**
   * Keeps all that is in it under a ref of the attempt's, then has it show that commit again: who only judges changes
   * nothing.
   */
  readonly restore: (task: Task, attempt: AttemptNumber, head: string) => Effect.Effect<void, WorktreeFailed>
  /**
   * Keeps all that is in it under a ref, then takes it away; answers the ref, or null where none was needed. `isLanded`: its
   * branch is of no more use to a person, and what was committed there is kept under a ref too.
   */
  readonly remove: (task: TaskId, number: number, isLanded: boolean) => Effect.Effect<string | null, WorktreeFailed>
}
