/**
 * What a tick asks for: a closed union, plain data with all that applying it needs. Applying an action twice changes
 * nothing the second time, for it names the revision it was decided on.
 */
import type { Attempt, StopReason } from "../execution/Execution.ts"
import type { BlockReason } from "../stage/BlockReason.ts"
import type { TaskEvent } from "../task/Apply.ts"
import type { AttemptNumber, RunNumber, TaskId } from "../task/Identifiers.ts"

interface OfTask {
  readonly task: TaskId
  readonly revision: number
}

/** Set by admission: the account waits for what becomes of it. */
interface Trial {
  readonly trial?: true
}

export type Action =
  /** Pure bookkeeping. `revokes`: the start token that must be taken from that attempt first; if it is gone, nothing is recorded. */
  | (OfTask & {
      readonly _tag: "Record"
      readonly events: ReadonlyArray<TaskEvent>
      readonly revokes: AttemptNumber | null
    })
  | (OfTask & { readonly _tag: "Promote" })
  | (OfTask & { readonly _tag: "AssignViaMailbox"; readonly attempt: Attempt; readonly session: string } & Trial)
  | (OfTask & { readonly _tag: "WithdrawMessage"; readonly attempt: AttemptNumber })
  | (OfTask & {
      readonly _tag: "Spawn"
      readonly attempt: Attempt
      /** The session to resume, for a Warm or CommitOnly attempt. */
      readonly session: string | null
      readonly feedback: string | null
      /** Files have changed since the session last saw them: it must be told. */
      readonly drifted?: true
    } & Trial)
  /** Kill the whole tree, verify, then status. `attempt` null: the landing `run`. */
  | (OfTask & {
      readonly _tag: "Stop"
      readonly attempt: AttemptNumber | null
      readonly run: RunNumber | null
      /** Null: it is stopping already, and nobody is at it. */
      readonly why: StopReason | null
    })
  /** `revokes`: an earlier run that must not start any more. */
  | (OfTask & {
      readonly _tag: "RunVerifier"
      readonly attempt: AttemptNumber
      readonly index: number
      readonly run: RunNumber
      readonly revokes: RunNumber | null
    })
  | (OfTask & { readonly _tag: "Land"; readonly run: RunNumber })
  | (OfTask & { readonly _tag: "RemoveWorktree"; readonly worktree: number })
  | (OfTask & { readonly _tag: "WriteSessionPolicy"; readonly session: string })
  | (OfTask & { readonly _tag: "ClearSessionPolicy"; readonly session: string })
  | (OfTask & {
      readonly _tag: "EscalateHuman"
      readonly reason: BlockReason
      readonly events: ReadonlyArray<TaskEvent>
    })
  | (OfTask & { readonly _tag: "RaiseAttention"; readonly key: string; readonly text: string })
  | (OfTask & { readonly _tag: "ClearAttention"; readonly key: string })
  | (OfTask & { readonly _tag: "Archive"; readonly at: number })

type Tag = Action["_tag"]
export type Of<T extends Tag> = Extract<Action, { readonly _tag: T }>

/** `kind:object@revision`: the same for two actions that would do the same. */
export const key = (action: Action): string => {
  return `${action._tag}:${objectOf(action)}@${action.revision}`
}

const objectOf = (action: Action): string => {
  switch (action._tag) {
    case "RaiseAttention":
    case "ClearAttention":
      return action.key
    case "RunVerifier":
      return `${action.task}.${action.attempt}[${action.index}]`
    case "RemoveWorktree":
      return `${action.task}.${action.worktree}`
    case "WriteSessionPolicy":
    case "ClearSessionPolicy":
      return `${action.task}/${action.session}`
    default:
      return `${action.task}`
  }
}
