/**
 * A program, not a module: a supervisor's state at the moment it is killed. It takes the lock and an epoch as a
 * supervisor does, brings every task to Running with the files its attempt would have, and dies by SIGKILL, with its
 * store open.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { attemptOf } from "../../core/execution/Execution.ts"
import { noHealing } from "../../core/ownership/Classify.ts"
import * as Places from "../../shell/config/Places.ts"
import * as FileOwnership from "../../shell/ownership/FileOwnership.ts"
import { Ownership } from "../../shell/ownership/Ownership.ts"
import * as Probes from "../../shell/ownership/Probes.ts"
import * as Processes from "../../shell/process/Processes.ts"
import { startFile } from "../../shell/process/Wrapper.ts"
import { writeAll } from "../workload/Home.ts"
import * as Life from "../workload/Life.ts"
import { withStore } from "../workload/Stores.ts"
import { epoch, submissionOf } from "../workload/Tasks.ts"

const batchSize = 100
const [repositories = "", count = ""] = process.argv.slice(2)
const tasks = Number(count)

const layer = FileOwnership.layer.pipe(
  Layer.provide(Probes.layer),
  Layer.provideMerge(Layer.merge(Processes.layer, Places.layer))
)

const die = Effect.gen(function* () {
  const places = yield* Places.Places
  const { bootId, host } = yield* Processes.Processes
  yield* (yield* Ownership).acquire(noHealing)
  const body = withStore(places.database, (store) =>
    Effect.gen(function* () {
      const supervisor = yield* store.takeEpoch({ host, pid: process.pid, at: epoch })
      // Nothing is admitted after the restart either: no agent is started by a benchmark.
      yield* store.setDraining(true)
      for (let first = 0; first < tasks; first += batchSize) {
        yield* store.submit(
          submissionOf(first, batchSize, (task, index) => {
            const cwd = join(repositories, `${index}`)
            mkdirSync(cwd, { recursive: true })
            return { ...task, spec: { ...task.spec, cwd } }
          })
        )
      }
      let all = (yield* store.tasks({})).map(Life.born)
      for (const step of ["Start", "Launch", "Started"] as const) {
        const taken = all.map((living, index) =>
          Life.take(living, step, supervisor, Life.goneProcess(host, bootId, index))
        )
        yield* writeAll(store, taken)
        all = taken.map(({ after }) => after)
      }
      for (const [index, { task }] of all.entries()) {
        const attempt = attemptOf(task.execution)
        if (attempt === null) return yield* Effect.dieMessage(`#${task.id} has no attempt`)
        const directory = places.attempt(task.id, attempt.number)
        mkdirSync(directory, { recursive: true, mode: 0o700 })
        writeFileSync(join(directory, startFile), `${Life.goneProcess(host, bootId, index).pid}\n`)
      }
      process.kill(process.pid, "SIGKILL")
    })
  )
  yield* Effect.promise(() => body)
})

await Effect.runPromise(Effect.scoped(Effect.provide(die, layer)))
