/**
 * State directories with a store of ten thousand tasks in it, made through the store's own interface.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { environment } from "../harness/SampleProcess.ts"
import * as Life from "./Life.ts"
import { type StoreService, withStore } from "./Stores.ts"
import { epoch, groupsOf, submissionOf } from "./Tasks.ts"

export const taskCount = 10_000
const batchSize = 100
const process_ = Life.goneProcess("host", "boot", 0)

/** Where drover finds everything below one folder, and nothing of the person who runs the benchmark. */
export const environmentOf = (home: string): Record<string, string> =>
  environment({ HOME: home, DROVER_HOME: home, DROVER_CONFIG: join(home, "config.toml") })

export const databaseOf = (home: string): string => join(home, "drover.db")

/** Writes changes, all of which must stand. */
export const writeAll = (store: StoreService, living: ReadonlyArray<Life.Taken>) =>
  Effect.gen(function* () {
    for (const group of groupsOf(living, batchSize)) {
      const written = yield* store.writeAll(group.map(({ change }) => change))
      const refused = written.find(Either.isLeft)
      if (refused !== undefined) return yield* refused.left
    }
  })

/** How far the task at that place of its batch has come: as in `Fleet.ts`, without what only a tick sees. */
const stepsOf = (place: number): number => {
  if (place < 39) return 0
  if (place < 50) return Life.steps.indexOf("Start") + 1
  if (place < 61) return Life.steps.indexOf("Started") + 1
  if (place < 72) return Life.steps.indexOf("RunBegin") + 1
  return Life.steps.length
}

/** `archived` of the ten thousand are long over; the others are waiting, running, verified or done. */
export const fill = (home: string, archived: number): Promise<void> =>
  withStore(databaseOf(home), (store) =>
    Effect.gen(function* () {
      for (let first = 0; first < taskCount; first += batchSize) {
        yield* store.submit(
          submissionOf(first, batchSize, (task, index) => {
            const place = index % batchSize
            return place < 38 ? { ...task, dependsOnNames: [`task-${first + 50 + (place % 10)}`] } : task
          })
        )
      }
      let all = (yield* store.tasks({})).map(Life.born)
      const isOver = (index: number): boolean => index < archived
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
      yield* writeAll(
        store,
        all.slice(0, archived).map(({ task }) => Life.archive(task, epoch))
      )
    })
  )
