/** What becomes of a view once an action took effect, before anybody looked again. */
import * as Either from "effect/Either"
import type { Policy } from "../../../core/policy/Policy.ts"
import * as Record from "../../../core/task/Record.ts"
import type { Action } from "../../../core/tick/Action.ts"
import type { OwnView } from "../../../core/tick/World.ts"
import { intentOf } from "./Worlds.ts"

interface Moment {
  readonly now: number
  readonly policy: Policy
}

/** The view of a task after an action took effect, and before anybody looked again. */
export const after = <View extends OwnView>(view: View, action: Action, { now, policy }: Moment): View => {
  const { task } = view
  switch (action._tag) {
    case "RaiseAttention":
      return { ...view, attention: [...view.attention, action.key] }
    case "ClearAttention":
      return { ...view, attention: view.attention.filter((open) => open !== action.key) }
    case "RemoveWorktree":
      return { ...view, worktree: null }
    case "WriteSessionPolicy":
      return { ...view, sessionPolicy: { ...view.sessionPolicy, present: action.session } }
    case "ClearSessionPolicy":
      return { ...view, sessionPolicy: { ...view.sessionPolicy, present: null } }
    default: {
      const result = Record.record(task, intentOf(task, action, now), "tick", policy)
      if (Either.isLeft(result)) throw new Error(`${action._tag} does not fit`)
      const isStopping = result.right.task.execution._tag === "Stopping"
      return {
        ...view,
        task: result.right.task,
        observation: isStopping ? { _tag: "BeingStopped" } : null,
        run: null,
        unknownSince: null,
        isLandingAttended: action._tag === "Land" || view.isLandingAttended
      }
    }
  }
}
