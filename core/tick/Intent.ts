/**
 * What is recorded before an action is carried out: intent first, then the effect, then what it came to. Whoever drives
 * the tick applies these events with `task/Record.ts` and only then touches the world.
 */
import type { TaskEvent } from "../task/Apply.ts"
import type { StageEvent } from "../stage/StageEvent.ts"
import { attemptId } from "../task/Identifiers.ts"
import type { Action, Of } from "./Action.ts"
import { moved } from "./Context.ts"

const stageMoved = (event: StageEvent): TaskEvent => ({ _tag: "StageMoved", event })

const trialOf = ({ trial }: Of<"AssignViaMailbox" | "Spawn">) => (trial === true ? { trial } : {})

/**
 * The events of an action at a moment (milliseconds since 1970). None: the action is an effect alone, or its events need
 * what only the effect finds out (the base of a landing).
 */
export const intent = (action: Action, at: number): ReadonlyArray<TaskEvent> => {
  switch (action._tag) {
    case "Record":
    case "EscalateHuman":
      return action.events
    case "Promote":
      return [stageMoved({ _tag: "Start" })]
    case "Spawn":
      return [moved({ _tag: "Launch", attempt: action.attempt, preparing: false, at, ...trialOf(action) })]
    case "AssignViaMailbox": {
      const { attempt, task } = action
      // The message has the name of its attempt: it is known before it is written, and there can be no second one.
      const messageId = attemptId(task, attempt.number)
      return [moved({ _tag: "Assign", attempt, messageId, at, ...trialOf(action) })]
    }
    case "WithdrawMessage":
      return [moved({ _tag: "Withdrawn", attempt: action.attempt })]
    case "Stop": {
      const { attempt, run, why } = action
      return why === null ? [] : [moved({ _tag: "Stop", attempt, run, why, at })]
    }
    case "RunVerifier": {
      const { attempt, index, run } = action
      return [moved({ _tag: "RunBegin", attempt, index, run })]
    }
    case "Archive":
      return [stageMoved({ _tag: "Archive", at: action.at })]
    default:
      return []
  }
}
