/**
 * A fleet that has settled, and what changes in it from tick to tick: of a thousand changes nine hundred are agents that
 * made progress, the rest are agents that end, are stopped and begin anew. As much begins as ends, so that every tick
 * has the same work.
 */
import type { Task } from "../../core/task/Task.ts"
import { type OwnView, type TaskView, unobserved, type World } from "../../core/tick/World.ts"
import { holdsSlot } from "../../core/execution/Execution.ts"
import { alive, ended, settledWorld } from "./Fleet.ts"

interface Round {
  readonly now: number
  readonly changed: ReadonlyArray<OwnView>
  /** Of those: agents that are seen to have ended, each of which a tick has to record. */
  readonly endings: number
}

export interface Rounds {
  readonly world: World
  /** What changes before that tick; each is asked for once, in order. */
  readonly round: (index: number) => Round
  /** What changes when everything goes on with what it does: nothing is to be decided after it. */
  readonly calm: (now: number) => ReadonlyArray<OwnView>
}

/** How many of a number of changes move their task on: a third of them at each of the three places. */
const movesOf = (changes: number): number => 3 * Math.floor(changes / 30)

const working = (view: TaskView, lastProgressAt: number): OwnView => ({
  ...view,
  observation: { ...alive, lastProgressAt }
})

const stopping = (task: Task): OwnView => ({ ...unobserved(ended(task), []), observation: { _tag: "BeingStopped" } })

const dead = (view: TaskView): OwnView => ({ ...view, observation: { _tag: "Dead", how: { _tag: "Clean" } } })

export const roundsOf = (tasks: number, changes: number): Rounds => {
  const world = settledWorld(tasks)
  const running = world.tasks.filter(({ observation }) => observation?._tag === "Alive")
  const moves = movesOf(changes)
  const moving = running.slice(0, moves)
  const steady = running.slice(moves)
  const progressing = changes - moves
  if (steady.length < progressing) throw new Error(`${tasks} tasks do not have ${changes} that run`)
  const held = world.tasks.filter(({ task }) => holdsSlot(task.execution)).length
  return {
    world: { ...world, policy: { ...world.policy, maxConcurrent: held } },
    calm: (now) => moving.map((view) => working(view, now)),
    round: (index) => {
      const now = world.now + index + 1
      const changed = moving.map((view, place): OwnView => {
        const turn = (place + index) % 3
        if (turn === 0) return working(view, now)
        return turn === 1 ? dead(view) : stopping(view.task)
      })
      for (let nth = 0; nth < progressing; nth++) {
        const view = steady[(index * progressing + nth) % steady.length]
        if (view !== undefined) changed.push(working(view, now))
      }
      return { now, changed, endings: moves / 3 }
    }
  }
}
