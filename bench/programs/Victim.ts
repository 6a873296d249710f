/**
 * A program, not a module: a supervisor's state at the moment it is killed. It takes the lock and an epoch as a
 * supervisor does, brings tasks to Running with the files their attempts would have, behind others that are done and
 * archived, and dies by SIGKILL, with its store open.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { attemptOf } from "../../core/execution/Execution.ts"
import { noHealing } from "../../core/ownership/Classify.ts"
import { TaskId } from "../../core/task/Identifiers.ts"
import * as Places from "../../shell/config/Places.ts"
import * as FileOwnership from "../../shell/ownership/FileOwnership.ts"
import { Ownership } from "../../shell/ownership/Ownership.ts"
import * as Probes from "../../shell/ownership/Probes.ts"
import * as Processes from "../../shell/process/Processes.ts"
import { startFile } from "../../shell/process/Wrapper.ts"
import { writeAll } from "../workload/Home.ts"
import * as Life from "../workload/Life.ts"
import { type StoreService, withStore } from "../workload/Stores.ts"
import { epoch, submissionOf } from "../workload/Tasks.ts"

/** Tasks of one submission, and how many are in memory at once. */
const batchSize = 100
const chunkSize = 10_000
/** Folders that tasks work in. More tasks than that share some, which matters to nobody who is not admitted. */
const folders = 10_000

const [repositories = "", running = "", archived = ""] = process.argv.slice(2)

const layer = FileOwnership.layer.pipe(
  Layer.provide(Probes.layer),
  Layer.provideMerge(Layer.merge(Processes.layer, Places.layer))
)

const die = Effect.gen(function* () {
  const places = yield* Places.Places
  const { bootId, host } = yield* Processes.Processes
  const processOf = (index: number) => Life.goneProcess(host, bootId, index)
  yield* (yield* Ownership).acquire(noHealing)

  /** Tasks numbered from `first`, after those steps. */
  const chunk = (
    store: StoreService,
    supervisor: number,
    {
      count,
      first,
      steps
    }: { readonly first: number; readonly count: number; readonly steps: ReadonlyArray<Life.Step> }
  ) =>
    Effect.gen(function* () {
      for (let next = first; next < first + count; next += batchSize) {
        yield* store.submit(
          submissionOf(next, batchSize, (task, index) => {
            const cwd = join(repositories, `${index % folders}`)
            mkdirSync(cwd, { recursive: true })
            return { ...task, spec: { ...task.spec, cwd } }
          })
        )
      }
      const ids = Array.from({ length: count }, (_, index) => TaskId.make(first + index + 1))
      let all = (yield* store.tasks({ ids })).map(Life.born)
      for (const step of steps) {
        const taken = all.map((living, index) => Life.take(living, step, supervisor, processOf(first + index)))
        yield* writeAll(store, taken)
        all = taken.map(({ after }) => after)
      }
      return all
    })

  const chunks = (count: number) =>
    Array.from({ length: Math.ceil(count / chunkSize) }, (_, index) => ({
      first: index * chunkSize,
      count: Math.min(chunkSize, count - index * chunkSize)
    }))

  const body = withStore(places.database, (store) =>
    Effect.gen(function* () {
      const supervisor = yield* store.takeEpoch({ host, pid: process.pid, at: epoch })
      // Nothing is admitted after the restart either: no agent is started by a benchmark.
      yield* store.setDraining(true)
      for (const part of chunks(Number(archived))) {
        const all = yield* chunk(store, supervisor, { ...part, steps: Life.steps })
        yield* writeAll(
          store,
          all.map(({ task }) => Life.archive(task, epoch))
        )
      }
      const steps = Life.steps.slice(0, Life.steps.indexOf("Started") + 1)
      for (const { count, first } of chunks(Number(running))) {
        const all = yield* chunk(store, supervisor, { count, first: Number(archived) + first, steps })
        for (const [index, { task }] of all.entries()) {
          const attempt = attemptOf(task.execution)
          if (attempt === null) return yield* Effect.dieMessage(`#${task.id} has no attempt`)
          const directory = places.attempt(task.id, attempt.number)
          mkdirSync(directory, { recursive: true, mode: 0o700 })
          writeFileSync(join(directory, startFile), `${processOf(first + index).pid}\n`)
        }
      }
      // Whoever waits for the recovery counts from here.
      const { seq } = yield* store.changedSince(Number.MAX_SAFE_INTEGER)
      writeFileSync(join(places.stateDirectory, "seq"), `${seq}`)
      process.kill(process.pid, "SIGKILL")
    })
  )
  yield* Effect.promise(() => body)
})

await Effect.runPromise(Effect.scoped(Effect.provide(die, layer)))
