/** What protects the store when the lock does not: every write of a supervisor carries its epoch. */
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import fc from "fast-check"
import { expect } from "vitest"
import { AttemptNumber } from "../../../core/task/Identifiers.ts"
import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import * as SqlStore from "../../../shell/store/SqlStore.ts"
import { type Change, Fenced, Store } from "../../../shell/store/Store.ts"
import { Supervisor } from "../../../shell/supervisor/Supervisor.ts"
import { attemptOf, beside, everything, folder, move, oneTask, verificationOf } from "../store/World.ts"
import { scenario, submit, task, untilTrue } from "../supervisor/World.ts"
import { share } from "./Folder.ts"

const stores = {
  "in memory": layerMemory,
  "over SQLite": Layer.unwrapScoped(Effect.map(folder, (path) => SqlStore.layer({ file: join(path, "drover.db") })))
}

type Write = (epoch: number) => Effect.Effect<unknown, unknown, Store>

/** Every way in which a supervisor writes. */
const writes = (some: Parameters<typeof move>[0]): ReadonlyArray<Write> => {
  const write =
    (change: Change): Write =>
    (epoch) =>
      Effect.flatMap(Store, (store) => store.write({ ...change, epoch }))
  const changes = [
    move(some, [{ _tag: "Start" }]),
    beside(some, { attempt: { record: attemptOf(some, 1), phase: "created" } }),
    beside(some, { verification: verificationOf(some, 1) }),
    beside(some, { attention: [{ _tag: "Raise", key: "k", text: "look" }] })
  ]
  return [
    ...changes.map(write),
    (epoch) => Effect.flatMap(Store, (store) => store.writeAll(changes.map((change) => ({ ...change, epoch })))),
    (epoch) => Effect.flatMap(Store, (store) => store.heartbeat(epoch, 5)),
    (epoch) =>
      Effect.flatMap(Store, (store) =>
        store.noteProgress(epoch, [
          { task: some.id, number: AttemptNumber.make(1), progress: { ...attemptOf(some, 1).progress, offset: 5 } }
        ])
      )
  ]
}

for (const [name, layer] of Object.entries(stores)) {
  it(`OWN-7 ${name}: of all supervisors that ever were only the last one writes, whatever an earlier one tries`, () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), (later) =>
        Effect.gen(function* () {
          const store = yield* Store
          const some = yield* oneTask()
          const epochs: Array<number> = []
          for (let pid = 0; pid <= later; pid++) epochs.push(yield* store.takeEpoch({ host: "here", pid, at: pid }))
          const present = Math.max(...epochs)
          expect(epochs).toEqual(epochs.toSorted((a, b) => a - b))
          const before = yield* everything
          for (const epoch of [...epochs.slice(0, -1), present + 1]) {
            for (const write of writes(some)) {
              expect(yield* Effect.flip(write(epoch))).toEqual(new Fenced({ epoch, present }))
            }
          }
          expect(yield* everything).toEqual(before)
          const [first] = writes(some)
          yield* first?.(present) ?? Effect.void
          expect(yield* everything).not.toEqual(before)
        }).pipe(Effect.provide(layer), Effect.scoped, Effect.runPromise)
      ),
      { numRuns: share(0.05) }
    ))
}

it("OWN-7 a supervisor whose epoch is over ends by itself, though the lock still names it", () =>
  scenario((home) =>
    Effect.gen(function* () {
      const store = yield* Store
      const supervisor = yield* Supervisor
      let isReady = false
      const running = yield* Effect.fork(
        Effect.flip(
          supervisor.supervise({
            onReady: Effect.sync(() => void (isReady = true)),
            stopAgents: yield* Deferred.make<void>()
          })
        )
      )
      yield* untilTrue(() => isReady)
      const present = yield* store.takeEpoch({ host: "elsewhere", pid: 1, at: Date.now() })
      yield* submit(task("any", home.directory("work"), "true"))
      expect(yield* running).toEqual(new Fenced({ epoch: present - 1, present }))
    })
  ))
