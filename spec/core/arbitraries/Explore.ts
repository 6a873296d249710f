/** All that the stage of a task can become, by the events of the examples. */
import * as Either from "effect/Either"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import { transition } from "../../../core/stage/Transition.ts"
import type { Flow } from "../../../core/task/Flow.ts"
import { stageEvents } from "./Examples.ts"

/** Nobody can hold Backlog for review any more, but a stored task may be held so. */
export const heldBacklog: Stage = { _tag: "ReviewHold", resumeTo: { _tag: "Backlog" }, reason: "have a look" }

/** Everything a task can become that begins like any other; with every step that led there. */
export const explore = (flow: Flow, beginnings: ReadonlyArray<Stage> = [{ _tag: "Upcoming" }, { _tag: "Backlog" }]) => {
  const seen = new Map<string, Stage>()
  const steps: Array<{ readonly stage: Stage; readonly event: StageEvent; readonly next: Stage }> = []
  const open = [...beginnings]
  for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
    const key = JSON.stringify(stage)
    if (seen.has(key)) continue
    seen.set(key, stage)
    for (const event of stageEvents) {
      const next = Either.getOrNull(transition(flow, stage, event))
      if (next === null) continue
      steps.push({ stage, event, next })
      open.push(next)
    }
  }
  return { stages: [...seen.values()], steps }
}
