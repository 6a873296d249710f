/**
 * Lives that together take every edge of both machines. By chance few lives get far; each of these has a goal, and looks
 * one move ahead for an edge that none before it has taken, or for a stage that is nearer to the goal.
 */
import * as Either from "effect/Either"
import type { Stage } from "../../../core/stage/Stage.ts"
import type { StageEvent } from "../../../core/stage/StageEvent.ts"
import { transition } from "../../../core/stage/Transition.ts"
import type { Flow } from "../../../core/task/Flow.ts"
import type { Task } from "../../../core/task/Task.ts"
import { type Dice, make } from "../tick/simulation/Dice.ts"
import * as Edges from "./Edges.ts"
import { flows } from "./Examples.ts"
import { explore, heldBacklog } from "./Explore.ts"
import { operatorEvents, tickEvents } from "./Happenings.ts"
import { submitted } from "./Tasks.ts"
import type { Move } from "./Move.ts"
import { Walk } from "./Walk.ts"

/** Where lives begin: every flow, upcoming or not, with and without a second attempt. */
export const beginnings: readonly [Task, ...ReadonlyArray<Task>] = [
  { ...submitted({ qa: "human", merge: "squash", start: "auto" }), stage: heldBacklog },
  ...flows.flatMap((flow) =>
    [0, 2].flatMap((maxRetries) => [true, false].map((upcoming) => submitted(flow, { maxRetries }, upcoming)))
  )
]

export type Life = readonly [beginning: Task, moves: ReadonlyArray<Move>]

const maxMoves = 120
/** Far more than it takes; what is missing after them can not be reached. */
const maxLives = 1_000

/** A stage with what it holds, which is where it leads. */
const place = (stage: Stage): string =>
  "resumeTo" in stage && stage.resumeTo._tag !== "Finish" ? `${stage._tag} of ${place(stage.resumeTo)}` : stage._tag

interface Way {
  readonly from: string
  readonly to: string
  readonly edge: string | null
}

const waysOf = (flow: Flow): ReadonlyArray<Way> => {
  const ways = explore(flow, [{ _tag: "Upcoming" }, heldBacklog]).steps.map(({ event, next, stage }): Way => ({
    from: place(stage),
    to: place(next),
    edge: Edges.ofStageEvent({ flow, stage }, event)
  }))
  return [...new Map(ways.map((way) => [JSON.stringify(way), way])).values()]
}

/** How many edges each place is away from the nearest of those. */
const distances = (ways: ReadonlyArray<Way>, goals: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const found = new Map(goals.map((goal) => [goal, 0]))
  for (const [to, far] of found) {
    for (const way of ways) if (way.to === to && !found.has(way.from)) found.set(way.from, far + 1)
  }
  return found
}

/** What is still to be taken, and how to get to the one that is wanted now. */
interface Aim {
  readonly goal: string
  readonly missing: Set<string>
  readonly far: ReadonlyMap<string, number>
}

const away = ({ far }: Aim, stage: Stage): number => far.get(place(stage)) ?? Infinity

/** What a person or a tick may ask for that is of use, and some of the ways in which everything else may go on. */
const possible = ({ task }: Walk, aim: Aim, dice: Dice): ReadonlyArray<Move> => {
  const { flow, stage } = task
  const isOfUse = (event: StageEvent): boolean => {
    const next = Either.getOrNull(transition(flow, stage, event))
    const isNearer = next !== null && away(aim, next) < away(aim, stage)
    return isNearer || (next !== null && aim.missing.has(Edges.ofStageEvent(task, event) ?? ""))
  }
  const asked = (kind: "operator" | "tick", events: ReadonlyArray<StageEvent>): ReadonlyArray<Move> =>
    events.flatMap((event, n) => (isOfUse(event) ? [{ kind, n }] : []))
  return [
    ...asked("operator", operatorEvents(0)),
    ...asked("tick", tickEvents(task)),
    ...Array<"go">(8)
      .fill("go")
      .map((kind) => ({ kind, n: dice.throw() })),
    ...(["begin", "observe", "stop", "judge", "leave"] as const).map((kind) => ({ kind, n: dice.throw() }))
  ]
}

const next = (walk: Walk, aim: Aim, dice: Dice): Move => {
  const here = away(aim, walk.task.stage)
  const ahead = possible(walk, aim, dice).map((move) => {
    const moment = walk.preview(move)
    return { move, far: away(aim, moment.after.stage), edges: Edges.taken(moment) }
  })
  const staying = ahead.filter(({ far }) => far <= here)
  const fresh =
    ahead.find(({ edges }) => edges.includes(aim.goal)) ??
    staying.find(({ edges }) => edges.some((edge) => aim.missing.has(edge)))
  const nearer = staying.find(({ far }) => far < here)
  const onward = staying.find(({ move }) => move.kind === "go")
  const chance: Move = { kind: dice.pick(["exit", "stop", "leave", "late", "wait"]), n: dice.throw() }
  if (fresh !== undefined) return fresh.move
  if (nearer !== undefined && dice.chance(0.8)) return nearer.move
  return onward === undefined || dice.chance(0.2) ? chance : onward.move
}

/** A life towards the goal, as far as it took what was missing; that is not missing any more. */
const walked = (beginning: Task, aim: Aim, dice: Dice): ReadonlyArray<Move> => {
  const walk = new Walk(beginning)
  const moves: Array<Move> = []
  let useful = 0
  while (aim.missing.has(aim.goal) && moves.length < maxMoves) {
    const move = next(walk, aim, dice)
    moves.push(move)
    for (const edge of Edges.taken(walk.take(move))) if (aim.missing.delete(edge)) useful = moves.length
  }
  return moves.slice(0, useful)
}

/** Where the ways lead to an edge from: an edge of an execution may be found wherever something can be done. */
const sources = (ways: ReadonlyArray<Way>, edge: string, dice: Dice): ReadonlyArray<string> =>
  Edges.ofExecutions.includes(edge)
    ? [dice.pick(["Coding", "Qa", "Merge", "MergeFailure"])]
    : ways.filter((way) => way.edge === edge).map(({ from }) => from)

/** The lives, the same for the same seed. */
export const tour = (seed: number): ReadonlyArray<Life> => {
  const dice = make(seed)
  const ways = new Map(flows.map((flow) => [JSON.stringify(flow), waysOf(flow)]))
  const missing = new Set([...Edges.ofStages, ...Edges.ofExecutions])
  const lives: Array<Life> = []
  for (let left = maxLives; missing.size > 0 && left > 0; left--) {
    const goal = [...missing][dice.below(missing.size)] ?? ""
    const first = dice.below(beginnings.length)
    for (const beginning of [...beginnings.slice(first), ...beginnings.slice(0, first)]) {
      const known = ways.get(JSON.stringify(beginning.flow)) ?? []
      const far = distances(known, sources(known, goal, dice))
      if (!far.has(place(beginning.stage))) continue
      const moves = walked(beginning, { goal, missing, far }, dice)
      if (moves.length > 0) lives.push([beginning, moves])
      break
    }
  }
  return lives
}
