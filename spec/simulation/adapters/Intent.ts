/** What the actuator asks for when it begins with an action: the world is told which one. */
import type { Action } from "../../../core/tick/Action.ts"
import * as Real from "../../../core/tick/Intent.ts"
import { universe } from "./Universe.ts"

export const intent = (action: Action, now: number): ReturnType<typeof Real.intent> => {
  universe().onDecided(action)
  return Real.intent(action, now)
}
