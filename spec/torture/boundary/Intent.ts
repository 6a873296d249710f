/** What the actuator asks for when it begins with an action: the action is what the next effects belong to. */
import type { Action } from "../../../core/tick/Action.ts"
import * as Real from "../../../core/tick/Intent.ts"
import { decided } from "./Boundary.ts"

export const intent = (action: Action, now: number): ReturnType<typeof Real.intent> => {
  decided(action._tag)
  return Real.intent(action, now)
}
