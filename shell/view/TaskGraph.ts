/** The tasks around one: those that it waits for, those that wait for it, and those of its batch. */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Projection from "../../core/stage/Projection.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import { NoSuchTask } from "../operator/Operation.ts"
import { Store } from "../store/Store.ts"
import { loopTurn } from "../store/LoopTurn.ts"
import { BoardCards } from "./BoardCards.ts"
import * as FleetView from "./FleetView.ts"

/** Nodes of one graph. */
const mostNodes = 500
/** Tasks that are read at once. */
const readAtOnce = 50

const node = ({ state, task: { id, spec, stage } }: FleetView.Seen) => ({
  id,
  name: spec.name,
  column: Projection.pipeline(stage),
  badge: Projection.status(stage),
  state
})

/** Those tasks as they are seen; only what is over has to be read. */
const seenAll = (ids: ReadonlyArray<TaskId>) =>
  Effect.gen(function* () {
    const store = yield* Store
    const cards = yield* BoardCards
    const known = ids.flatMap((id) => cards.seenOf(id) ?? [])
    const missing = ids.filter((id) => cards.seenOf(id) === null)
    const read = yield* Effect.forEach(Arr.chunksOf(missing, readAtOnce), (some) =>
      Effect.zipLeft(store.tasks({ ids: some }), loopTurn)
    )
    return [...known, ...read.flat().map(FleetView.ended)]
  })

/** The nearest first, in both directions; then those of its batch that nothing connects. */
export const read = (id: TaskId) =>
  Effect.gen(function* () {
    const store = yield* Store
    const cards = yield* BoardCards
    const found = Option.getOrNull(yield* store.task(id))
    if (found === null) return yield* new NoSuchTask({ id })
    const nodes = new Map<TaskId, FleetView.Seen>()
    let isCut = false

    /** Takes in as many as there is room for. */
    const take = (ids: Iterable<TaskId>) =>
      Effect.gen(function* () {
        const fresh = [...new Set(ids)].filter((other) => !nodes.has(other))
        const fitting = fresh.slice(0, mostNodes - nodes.size)
        isCut ||= fitting.length < fresh.length
        const seen = yield* seenAll(fitting)
        for (const each of seen) nodes.set(each.task.id, each)
        return seen
      })

    let after = yield* cards.dependents(new Set([id]))
    for (let edge = yield* take([id]); edge.length > 0;) {
      edge = yield* take([...edge.flatMap(({ task }) => task.dependsOn), ...after])
      if (edge.length > 0) after = yield* cards.dependents(new Set(edge.map(({ task }) => task.id)))
    }
    // One more than there is room for, should all that were found be of it.
    if (found.batch !== null && !isCut) yield* take(yield* store.tasksOf(found.batch, mostNodes + 1))
    const all = [...nodes.values()]
    const edges = all.flatMap(({ task }) =>
      task.dependsOn.filter((other) => nodes.has(other)).map((other) => ({ from: other, to: task.id }))
    )
    return { id, nodes: all.map(node), edges, is_cut: isCut }
  })
