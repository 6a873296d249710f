/** What an effect came to, announced before it is written: landings are told of by nothing else. */
import * as Real from "../../../shell/actuator/Intent.ts"
import { announce } from "./Boundary.ts"

export * from "../../../shell/actuator/Intent.ts"

export const changeOf = (...args: Parameters<typeof Real.changeOf>): ReturnType<typeof Real.changeOf> => {
  const [, [first], action] = args
  // What an action intends is announced by the action.
  if (action === null && first?._tag === "ExecutionMoved") {
    const { _tag: tag } = first.event
    announce(`record ${tag}`, /^(?:LandBegin|Armed|LandEnded)$/.test(tag) ? "landing" : null)
  }
  return Real.changeOf(...args)
}
