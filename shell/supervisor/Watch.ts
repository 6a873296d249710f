/**
 * The eyes of the supervisor, in fibers of their own: attempts (process table, exit records, output) and trees. The loop
 * takes what they saw last; a sighting holds only for the revision it was made of.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Progress } from "../../core/execution/AttemptRecord.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { needsTree, resumesAt } from "../../core/tick/DecideStage.ts"
import type { Observation, TreeState } from "../../core/tick/World.ts"
import { Trees } from "../git/Trees.ts"
import * as Guards from "../guards/Guards.ts"
import { Processes } from "../process/Processes.ts"
import type { AttemptSensor, Sighting, Target } from "../sensors/AttemptSensor.ts"
import { Store } from "../store/Store.ts"
import type { Fleet } from "./Fleet.ts"
import { makeSignal, type Signal } from "./Signal.ts"

export interface Tools {
  readonly epoch: number
  readonly fleet: Fleet
  readonly sensor: AttemptSensor
  /** Makes the next tick come now. */
  readonly wake: Effect.Effect<void>
}

/** Between two looks when nothing calls for one sooner. */
const lookEvery = Duration.seconds(1)
/** Between two notes of how far the output was read. */
const noteEveryMs = 5000
/** How long a tree that could not be looked at is left alone. */
const treeAgain = Duration.seconds(5)

const isWatched = ({ execution }: Task): boolean =>
  execution._tag === "Launching" ||
  (execution._tag === "Running" && execution.carrier._tag === "Process") ||
  (execution._tag === "Limited" && execution.carrier?._tag === "Process")

export const make = Effect.fnUntraced(function* ({ epoch, fleet, sensor, wake }: Tools) {
  const processes = yield* Processes
  const store = yield* Store
  const trees = yield* Trees
  const watchdog = yield* Guards.pulse("watchdog")
  const sightings = new Map<TaskId, Sighting>()
  const unknownSince = new Map<TaskId, number>()
  const treeStates = new Map<TaskId, { readonly revision: number; readonly at: number; readonly tree: TreeState }>()
  const noted = new Map<string, Progress>()
  const look: Signal = yield* makeSignal
  const lookAtTrees: Signal = yield* makeSignal
  let notedAt = 0

  const targets = (): ReadonlyArray<Target> =>
    fleet.all().flatMap((task) => {
      const record = isWatched(task) ? fleet.recordOf(task) : null
      return record === null ? [] : [{ task, record }]
    })

  const note = Effect.fnUntraced(function* (seen: ReadonlyArray<Target>, now: number) {
    if (now - notedAt < noteEveryMs) return
    notedAt = now
    const notes = seen.flatMap(({ record, task }) => {
      const progress = sensor.progressOf(record)
      if ((noted.get(record.marker) ?? record.progress) === progress) return []
      noted.set(record.marker, progress)
      return [{ task: task.id, number: record.attempt.number, progress }]
    })
    if (notes.length > 0) yield* store.noteProgress(epoch, notes)
  })

  const attempts = Effect.gen(function* () {
    const seen = targets()
    let trouble: string | null = null
    if (seen.length > 0) {
      const now = yield* Clock.currentTimeMillis
      for (const sighting of yield* sensor.look(seen)) {
        sightings.set(sighting.task, sighting)
        if (sighting.observation._tag === "Unknown") trouble = `#${sighting.task}: ${sighting.observation.why}`
        if (sighting.observation._tag !== "Unknown") unknownSince.delete(sighting.task)
        else if (!unknownSince.has(sighting.task)) unknownSince.set(sighting.task, now)
      }
      yield* Effect.catchAll(note(seen, now), (error) =>
        Effect.logWarning(`reading positions were not noted: ${error.message}`)
      )
      yield* wake
    }
    yield* watchdog.beat(trouble)
    yield* look.awaitFor(lookEvery)
  })

  /** What was seen of the tree, if it was of the task as it is, and is not too old. */
  const treeOf = (task: Task, now: number): TreeState | null => {
    const state = treeStates.get(task.id)
    const resumes = resumesAt(task.execution)
    const isOld = state !== undefined && resumes !== null && state.at < resumes && resumes <= now
    return state?.revision === task.revision && !isOld ? state.tree : null
  }

  const tree = Effect.fnUntraced(function* (task: Task) {
    const at = yield* Clock.currentTimeMillis
    const found = yield* Effect.either(trees.look(task.spec.cwd))
    if (found._tag === "Left") {
      yield* Effect.logWarning(`#${task.id}: ${found.left.message}`)
      return
    }
    treeStates.set(task.id, { revision: task.revision, at, tree: found.right })
    yield* wake
  })

  const wantsTree =
    (now: number) =>
    (task: Task): boolean =>
      needsTree(task, now) && treeOf(task, now) === null

  const treesOnce = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    yield* Effect.forEach(fleet.all().filter(wantsTree(now)), tree, { concurrency: 2, discard: true })
    yield* lookAtTrees.awaitFor(treeAgain)
  })

  yield* Effect.forkScoped(Effect.forever(attempts))
  yield* Effect.forkScoped(Effect.forever(treesOnce))
  yield* Effect.forkScoped(Stream.runForEach(processes.exits, () => look.raise))

  return {
    /** Looks at attempts, and at trees that are wanted, as soon as they can. */
    soon: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.zipRight(
        targets().some(({ task }) => sightings.get(task.id)?.revision !== task.revision) ? look.raise : Effect.void,
        fleet.all().some(wantsTree(now)) ? lookAtTrees.raise : Effect.void
      )
    ),
    observationOf: (task: Task): Observation | null => {
      const sighting = sightings.get(task.id)
      return sighting?.revision === task.revision ? sighting.observation : null
    },
    unknownSinceOf: (task: Task): number | null => unknownSince.get(task.id) ?? null,
    treeOf
  } as const
})
