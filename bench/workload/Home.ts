/**
 * State directories with a store of tasks in it, ten thousand where nothing else is said, made through the store's own
 * interface.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { TaskId } from "../../core/task/Identifiers.ts"
import { environment } from "../harness/SampleProcess.ts"
import * as Life from "./Life.ts"
import { type StoreService, withStore } from "./Stores.ts"
import { epoch, groupsOf, submissionOf } from "./Tasks.ts"

export const taskCount = 10_000
const batchSize = 100
/** Changes that are in memory as rows at once; the store makes its transactions of them. */
const writtenAtOnce = 1000
const process_ = Life.goneProcess("host", "boot", 0)

/** Where drover finds everything below one folder, and nothing of the person who runs the benchmark. */
export const environmentOf = (home: string): Record<string, string> =>
  environment({ HOME: home, DROVER_HOME: home, DROVER_CONFIG: join(home, "config.toml") })

export const databaseOf = (home: string): string => join(home, "drover.db")

/** Writes changes, all of which must stand. */
export const writeAll = (store: StoreService, living: ReadonlyArray<Life.Taken>) =>
  Effect.gen(function* () {
    for (const group of groupsOf(living, writtenAtOnce)) {
      const written = yield* store.writeAll(group.map(({ change }) => change))
      const refused = written.find(Either.isLeft)
      if (refused !== undefined) return yield* refused.left
    }
  })

/**
 * So many tasks that wait for a place, in a store that admits none of them. They have left their backlog: whoever supervises
 * it has nothing to write, and starts nothing.
 */
export const fillWaiting = (home: string, count: number): Promise<void> =>
  withStore(databaseOf(home), (store) =>
    Effect.gen(function* () {
      yield* store.setDraining(true)
      for (let first = 0; first < count; first += batchSize) {
        const { tasks } = yield* store.submit(submissionOf(first, batchSize))
        const stored = yield* store.tasks({ ids: tasks.map(({ id }) => id) })
        yield* writeAll(
          store,
          stored.map((task) => Life.take(Life.born(task), "Start", null, process_))
        )
      }
    })
  )

/** How far the task at that place of its batch has come: as in `Fleet.ts`, without what only a tick sees. */
const stepsOf = (place: number): number => {
  if (place < 39) return 0
  if (place < 50) return Life.steps.indexOf("Start") + 1
  if (place < 61) return Life.steps.indexOf("Started") + 1
  // Their verifiers wait for a place: no machine has a ninth of its tasks verified at once.
  if (place < 72) return Life.steps.indexOf("VerifiedDead") + 1
  return Life.steps.length
}

/** Tasks that are in memory at once while they are made. */
const chunkSize = 10_000

/** So many tasks, numbered from `first`, on their ways; those below `archived` are long over. */
const fillChunk = (store: StoreService, first: number, count: number, archived: number) =>
  Effect.gen(function* () {
    for (let next = first; next < first + count; next += batchSize) {
      yield* store.submit(
        submissionOf(next, Math.min(batchSize, first + count - next), (task, index) => {
          const place = index % batchSize
          return place < 38 ? { ...task, dependsOnNames: [`task-${next + 50 + (place % 10)}`] } : task
        })
      )
    }
    const ids = Array.from({ length: count }, (_, index) => TaskId.make(first + index + 1))
    let all = (yield* store.tasks({ ids })).map(Life.born)
    const isOver = (index: number): boolean => first + index < archived
    for (const [nth, step] of Life.steps.entries()) {
      const taken = all.map((living, index) =>
        isOver(index) || stepsOf(index % batchSize) > nth ? Life.take(living, step, null, process_) : null
      )
      yield* writeAll(
        store,
        taken.flatMap((each) => each ?? [])
      )
      all = all.map((living, index) => taken[index]?.after ?? living)
    }
    const over = all.filter((_, index) => isOver(index))
    yield* writeAll(
      store,
      over.map(({ task }) => Life.archive(task, epoch))
    )
  })

/** `archived` of so many tasks, a multiple of a hundred, are long over; the others are waiting, running, verified or done. */
export const fill = (home: string, archived: number, count = taskCount): Promise<void> =>
  withStore(databaseOf(home), (store) =>
    Effect.gen(function* () {
      for (let first = 0; first < count; first += chunkSize) {
        yield* fillChunk(store, first, Math.min(chunkSize, count - first), archived)
      }
    })
  )
