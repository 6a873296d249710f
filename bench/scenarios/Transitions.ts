/**
 * L6: transitions of the stage machine. Ours looks the event up in the whole table, judges its conditions and could say
 * what is legal instead; the references know the transitions of one turn and nothing else.
 */
import * as Either from "effect/Either"
import { createActor, initialTransition, transition as xstateTransition } from "xstate"
import type { Stage } from "../../core/stage/Stage.ts"
import { transition } from "../../core/stage/Transition.ts"
import { rate } from "../harness/Rate.ts"
import * as PlainSwitch from "../references/PlainSwitch.ts"
import { statechart } from "../references/Statechart.ts"
import type { Place, Sample, Scenario } from "../Scenario.ts"
import { flow, turn } from "../workload/Turns.ts"

const start: Stage = { _tag: "Coding", feedback: null }
/** Where every stage goes, so that no side can do without making it. */
const kept: Array<Stage> = Array.from({ length: 1024 }, () => start)

const measured = (turns: number, place: Place, takeTurn: () => string): Promise<Sample> =>
  rate(turns, turn.length, start._tag, place, takeTurn)

const ours = (place: Place): Promise<Sample> => {
  let made = 0
  return measured(20_000, place, () => {
    let stage: Stage = start
    for (const event of turn) {
      const next = transition(flow, stage, event)
      if (Either.isLeft(next)) return next.left._tag
      stage = next.right
      kept[made++ % kept.length] = stage
    }
    return stage._tag
  })
}

const plainSwitch = (place: Place): Promise<Sample> => {
  let made = 0
  return measured(40_000, place, () => {
    let stage: Stage = start
    for (const event of turn) {
      const next = PlainSwitch.next(flow, stage, event)
      if (next === null) return "nothing"
      stage = next
      kept[made++ % kept.length] = stage
    }
    return stage._tag
  })
}

const actorSend = (place: Place): Promise<Sample> => {
  const actor = createActor(statechart).start()
  return measured(1000, place, () => {
    for (const event of turn) actor.send({ type: event._tag })
    return String(actor.getSnapshot().value)
  })
}

const pureTransition = (place: Place): Promise<Sample> =>
  measured(500, place, () => {
    let [snapshot] = initialTransition(statechart)
    for (const event of turn) [snapshot] = xstateTransition(statechart, snapshot, { type: event._tag })
    return String(snapshot.value)
  })

export const transitions: Scenario = {
  id: "L6",
  title: "transitions of the stage machine",
  kind: "cpu",
  unit: "M/s",
  better: "higher",
  subjectIs: "process",
  subject: { name: "Stage.transition", run: ours },
  references: [
    { name: "plain switch", run: plainSwitch },
    { name: "xstate actor.send", run: actorSend },
    { name: "xstate transition()", run: pureTransition }
  ],
  goals: [
    { id: "L6 rate", reference: null, relation: "atLeast", limit: 3 },
    { id: "L6 switch", reference: "plain switch", relation: "atLeast", limit: 0.35 },
    { id: "L6 actor", reference: "xstate actor.send", relation: "atLeast", limit: 6 },
    { id: "L6 pure", reference: "xstate transition()", relation: "atLeast", limit: 25 }
  ]
}
