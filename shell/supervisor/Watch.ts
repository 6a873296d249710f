/**
 * The eyes of the supervisor, in fibers of their own: attempts (process table, exit records, output) and trees. The loop
 * takes what they saw last; a sighting holds only for the revision it was made of.
 */
import { isDeepStrictEqual } from "node:util"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Progress } from "../../core/execution/AttemptRecord.ts"
import { isLive } from "../../core/execution/Execution.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import { needsTree, resumesAt } from "../../core/tick/DecideStage.ts"
import type { Observation, TreeState } from "../../core/tick/World.ts"
import { Cadence } from "../config/Cadence.ts"
import { Trees } from "../git/Trees.ts"
import { Worktrees } from "../git/Worktrees.ts"
import * as Guards from "../guards/Guards.ts"
import * as Mechanism from "../guards/Mechanism.ts"
import type { HookActivity } from "../sensors/HookActivity.ts"
import { Processes } from "../process/Processes.ts"
import type { AttemptSensor, Sighting, Target } from "../sensors/AttemptSensor.ts"
import { Store } from "../store/Store.ts"
import type { Fleet } from "./Fleet.ts"
import { makeSignal, type Signal } from "../sensors/Signal.ts"

export interface Tools {
  readonly activity: HookActivity
  readonly epoch: number
  readonly fleet: Fleet
  readonly sensor: AttemptSensor
  /** Makes the next tick come now. */
  readonly wake: Effect.Effect<void>
}

/** Between two notes of how far the output was read. */
const noteEveryMs = 5000
/** Between two looks for what hooks tell. */
const hintedEvery = Duration.millis(250)
/** A sighting of who lives is believed for so many looks: as long as the guard is not stale. */
const believedLooks = 5
/** How long a tree that could not be looked at is left alone. */
const treeAgain = Duration.seconds(5)

const isWatched = ({ execution }: Task): boolean =>
  execution._tag === "Launching" ||
  (execution._tag === "Running" && execution.carrier._tag === "Process") ||
  (execution._tag === "Limited" && execution.carrier?._tag === "Process")

export const make = Effect.fnUntraced(function* ({ activity, epoch, fleet, sensor, wake }: Tools) {
  const cadence = yield* Cadence
  const processes = yield* Processes
  const store = yield* Store
  const trees = yield* Trees
  const worktrees = yield* Worktrees
  const watchdog = yield* Guards.pulse("watchdog")
  const eyes = yield* Guards.pulse("trees")
  const sightings = new Map<TaskId, Sighting>()
  const unknownSince = new Map<TaskId, number>()
  const treeStates = new Map<TaskId, { readonly revision: number; readonly tree: TreeState }>()
  /** Of which tasks the tree is to be looked at, and for which revision. */
  const wanted = new Map<TaskId, number>()
  /** When what was seen of a tree is too old: a session is to be resumed then that left it. */
  const ageing = new Map<TaskId, number>()
  /** What was noted last of each task's attempt. */
  const noted = new Map<TaskId, { readonly marker: string; readonly progress: Progress }>()
  const look: Signal = yield* makeSignal
  const lookAtTrees: Signal = yield* makeSignal
  let notedAt = 0
  /** When the last look was over, and whether that is so long ago that nothing of it shows who is at work now. */
  let lookedAt = yield* Clock.currentTimeMillis
  let isBlind = false

  const targets = (): ReadonlyArray<Target> =>
    fleet.live().flatMap((task) => {
      const record = isWatched(task) ? fleet.recordOf(task) : null
      return record === null ? [] : [{ task, record }]
    })

  /** Takes a sighting over; a task of which the same is seen as before is left alone. */
  const take = (sighting: Sighting, now: number): void => {
    const { observation, revision, task } = sighting
    const before = sightings.get(task)
    sightings.set(task, sighting)
    if (observation._tag !== "Unknown") unknownSince.delete(task)
    else if (!unknownSince.has(task)) unknownSince.set(task, now)
    if (isBlind || before?.revision !== revision || !isDeepStrictEqual(before.observation, observation))
      fleet.touch(task)
  }

  const note = Effect.fnUntraced(function* (seen: ReadonlyArray<Target>, now: number) {
    if (now - notedAt < noteEveryMs) return
    notedAt = now
    const notes = seen.flatMap(({ record, task }) => {
      const progress = sensor.progressOf(record)
      const { marker } = record
      const last = noted.get(task.id)
      if ((last?.marker === marker ? last.progress : record.progress) === progress) return []
      noted.set(task.id, { marker, progress })
      return [{ task: task.id, number: record.attempt.number, progress }]
    })
    if (notes.length > 0) yield* store.noteProgress(epoch, notes)
  })

  const attempts = Effect.gen(function* () {
    const seen = targets()
    let trouble: string | null = null
    const now = yield* Clock.currentTimeMillis
    for (const sighting of seen.length === 0 ? [] : yield* sensor.look(seen)) {
      take(sighting, now)
      if (sighting.observation._tag === "Unknown") trouble = `#${sighting.task}: ${sighting.observation.why}`
    }
    // Before anything is waited for: the loop takes what has changed once, and must not take it for what nobody looks at.
    isBlind = false
    lookedAt = yield* Clock.currentTimeMillis
    if (seen.length > 0) {
      yield* Effect.catchAll(note(seen, now), (error) =>
        Effect.logWarning(`reading positions were not noted: ${error.message}`)
      )
      if (fleet.hasChanged()) yield* wake
    }
    yield* watchdog.beat(trouble)
    yield* look.awaitFor(cadence.attempts)
  })

  /** A tree that can not be looked at stays wanted, and is looked at again; the answer is why it can not be. */
  const tree = Effect.fnUntraced(function* (task: Task) {
    const { execution, id, revision } = task
    const at = yield* Clock.currentTimeMillis
    const found = yield* Effect.either(Mechanism.failing(trees.look(worktrees.directoryOf(task), task.spec.target)))
    if (found._tag === "Left") {
      const trouble = `#${id}: ${found.left.message}`
      yield* Effect.logWarning(trouble)
      return trouble
    }
    if (wanted.get(id) === revision) wanted.delete(id)
    treeStates.set(id, { revision, tree: found.right })
    const resumes = resumesAt(execution)
    if (resumes !== null && at < resumes) ageing.set(id, resumes)
    else ageing.delete(id)
    fleet.touch(id)
    yield* wake
    return null
  })

  const treesOnce = Effect.gen(function* () {
    const tasks = [...wanted].flatMap(([id, revision]) => {
      const task = fleet.taskOf(id)
      if (task?.revision === revision) return [task]
      wanted.delete(id)
      return []
    })
    const troubles = yield* Effect.forEach(tasks, tree, { concurrency: 2 })
    yield* eyes.beat(troubles.find((trouble) => trouble !== null) ?? null)
    yield* wanted.size > 0 ? lookAtTrees.awaitFor(treeAgain) : lookAtTrees.awaited
  })

  yield* Effect.forkScoped(Mechanism.forever("the watch over attempts", attempts, watchdog.died))
  yield* Effect.forkScoped(Mechanism.forever("the look at trees", treesOnce, eyes.died))
  yield* Effect.forkScoped(Stream.runForEach(processes.exits, () => look.raise))
  // However many hooks tell something: a look is at all attempts, and costs the same for one as for many.
  const hinted = Effect.zipRight(
    activity.heard.awaited,
    Effect.suspend(() => (targets().length === 0 ? Effect.void : look.raise))
  )
  yield* Effect.forkScoped(Mechanism.forever("the look for hooks", Effect.zipRight(hinted, Effect.sleep(hintedEvery))))

  return {
    /** Looks at attempts that nobody has looked at as they are now, and at the trees of these tasks, as soon as it can. */
    soon: Effect.fnUntraced(function* (unobserved: ReadonlyArray<TaskId>) {
      const now = yield* Clock.currentTimeMillis
      for (const id of unobserved) {
        const task = fleet.taskOf(id)
        if (task !== null && needsTree(task, now)) wanted.set(id, task.revision)
      }
      if (unobserved.length > 0) yield* lookAtTrees.raise
      if (targets().some(({ task }) => sightings.get(task.id)?.revision !== task.revision)) yield* look.raise
    }),
    /** Forgets the trees that were seen before the sessions that left them are due, and who lives where nobody looks. */
    age: (now: number): void => {
      if (!isBlind && now - lookedAt > believedLooks * cadence.attempts) {
        isBlind = true
        for (const [id, { observation }] of sightings) if (observation._tag === "Alive") fleet.touch(id)
      }
      for (const [id, at] of ageing) {
        if (now < at) continue
        ageing.delete(id)
        if (treeStates.delete(id)) fleet.touch(id)
      }
    },
    /** Forgets what was seen of a task as it was. */
    forget: ({ execution, id, revision }: Task): void => {
      if (treeStates.get(id)?.revision !== revision) {
        treeStates.delete(id)
        ageing.delete(id)
      }
      if (isLive(execution)) return
      sightings.delete(id)
      unknownSince.delete(id)
      noted.delete(id)
    },
    observationOf: (task: Task): Observation | null => {
      const sighting = sightings.get(task.id)
      if (sighting?.revision !== task.revision) return null
      const { observation } = sighting
      // Who was at work then may be done, or still be at it: nothing is decided by what nobody looks at any more.
      return isBlind && observation._tag === "Alive" ? { _tag: "Unknown", why: "nobody looks at it" } : observation
    },
    unknownSinceOf: (task: Task): number | null => unknownSince.get(task.id) ?? null,
    treeOf: (task: Task): TreeState | null => {
      const state = treeStates.get(task.id)
      return state?.revision === task.revision ? state.tree : null
    }
  } as const
})
