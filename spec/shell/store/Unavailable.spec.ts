/** A disk, a lock or a row that says no: what the caller hears, and what is left behind. */
import { it } from "@effect/vitest"
import * as Fs from "node:fs/promises"
import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { describe, expect } from "vitest"
import { layer, type Options } from "../../../shell/store/SqlStore.ts"
import { Fenced, Store, StoreUnavailable } from "../../../shell/store/Store.ts"
import { connected, raw } from "./Raw.ts"
import {
  attemptOf,
  beside,
  contradictions,
  everything,
  existing,
  folder,
  move,
  newTask,
  oneTask,
  specOf,
  stored,
  submission,
  verificationOf
} from "./World.ts"

const file = Effect.map(folder, (path) => join(path, "drover.db"))

/** One of several programs at work on a file. */
const program = (options: Options) => Effect.map(Layer.build(layer(options)), (context) => Context.get(context, Store))

const refusedWith = (path: string, reason: StoreUnavailable["reason"]) => (error: unknown) => {
  expect(error).toBeInstanceOf(StoreUnavailable)
  expect(error).toMatchObject({ path, reason })
  expect(String(error)).toContain(path)
}

describe("a store that can not", () => {
  it.scopedLive(
    "STO-4 a full disk is named, loses nothing that was acknowledged, and what was read before can still be read",
    () =>
      Effect.gen(function* () {
        const path = yield* file
        const acknowledged: Array<string> = []
        yield* Effect.gen(function* () {
          const store = yield* Store
          yield* oneTask("first")
          for (let filled = 0; ; filled++) {
            const wide = { ...newTask(`wide${filled}`), spec: specOf(`wide${filled}`, "x".repeat(8000)) }
            const answer = yield* Effect.either(store.submit(submission([wide])))
            if (Either.isLeft(answer)) {
              refusedWith(path, "Full")(answer.left)
              break
            }
            acknowledged.push(wide.spec.name)
          }
          expect(acknowledged.length).toBeGreaterThan(3)
          expect((yield* store.tasks({})).map(({ spec }) => spec.name)).toEqual(["first", ...acknowledged])
        }).pipe(Effect.provide(layer({ file: path, maxBytes: 400_000 })))
        yield* Effect.gen(function* () {
          expect(yield* contradictions).toEqual([])
          yield* stored("after")
          expect(yield* Effect.map(everything, ({ tasks }) => tasks.length)).toBe(acknowledged.length + 2)
        }).pipe(Effect.provide(layer({ file: path })))
      })
  )

  it.scopedLive("STO-4 changes on a full disk fail each by name, and the store goes on when there is room again", () =>
    Effect.gen(function* () {
      const path = yield* file
      yield* Effect.gen(function* () {
        const store = yield* Store
        const task = yield* oneTask()
        const output = "x".repeat(60_000)
        const answers = yield* Effect.all(
          Array.from({ length: 8 }, (_, run) =>
            Effect.either(store.write(beside(task, { verification: verificationOf(task, run + 1, { output }) })))
          ),
          { concurrency: "unbounded" }
        )
        for (const answer of answers) refusedWith(path, "Full")(Either.getOrElse(Either.flip(answer), () => null))
        expect(yield* store.verifications(task.id)).toEqual([])
        yield* store.write(move(task, [{ _tag: "Start" }]))
        expect(yield* contradictions).toEqual([])
      }).pipe(Effect.provide(layer({ file: path, maxBytes: 400_000 })))
    })
  )

  it.scopedLive("STO-4 a store that may only be read answers, and every write says why it can not be", () =>
    Effect.gen(function* () {
      const path = yield* file
      const before = yield* Effect.provide(Effect.zipRight(oneTask(), everything), layer({ file: path }))
      yield* Effect.gen(function* () {
        const store = yield* Store
        expect(yield* everything).toEqual(before)
        const task = existing(before.tasks[0])
        refusedWith(path, "ReadOnly")(yield* Effect.flip(store.write(move(task, [{ _tag: "Start" }]))))
        refusedWith(path, "ReadOnly")(yield* Effect.flip(store.submit(submission([newTask("b")]))))
        refusedWith(path, "ReadOnly")(yield* Effect.flip(store.setDraining(true)))
        expect(yield* everything).toEqual(before)
      }).pipe(Effect.provide(layer({ file: path, readonly: true })))
    })
  )

  it.scopedLive("STO-4 what is not there, or is no file, is named before anything is stored", () =>
    Effect.gen(function* () {
      const path = yield* file
      refusedWith(path, "Missing")(yield* Effect.flip(Effect.provide(Store, layer({ file: path, readonly: true }))))
      yield* Effect.promise(() => Fs.writeFile(path, ""))
      refusedWith(path, "Missing")(yield* Effect.flip(Effect.provide(Store, layer({ file: path, readonly: true }))))
      yield* Effect.promise(() => Fs.rm(path))
      yield* Effect.promise(() => Fs.mkdir(path))
      refusedWith(path, "Other")(yield* Effect.flip(Effect.provide(Store, layer({ file: path }))))
      const nowhere = "/proc/drover/drover.db"
      refusedWith(nowhere, "Missing")(yield* Effect.flip(Effect.provide(Store, layer({ file: nowhere }))))
    })
  )

  // For root every directory can be written.
  it.skipIf(process.getuid?.() === 0)("STO-4 a folder that can not be written is a read-only store", () =>
    Effect.gen(function* () {
      const path = yield* file
      yield* Effect.promise(() => Fs.chmod(join(path, ".."), 0o500))
      refusedWith(path, "ReadOnly")(yield* Effect.flip(Effect.provide(Store, layer({ file: path }))))
    }).pipe(Effect.scoped, Effect.runPromise)
  )

  it.scopedLive("STO-4 a store that another program keeps locked is named so, and read all the same", () =>
    Effect.gen(function* () {
      const path = yield* file
      const store = yield* program({ file: path, patience: "100 millis" })
      const task = yield* Effect.provideService(oneTask(), Store, store)
      const run = yield* connected(path)
      yield* run("BEGIN IMMEDIATE")
      refusedWith(path, "Locked")(yield* Effect.flip(store.write(move(task, [{ _tag: "Start" }]))))
      refusedWith(path, "Locked")(yield* Effect.flip(store.takeEpoch({ host: "h", pid: 1, at: 1 })))
      expect(yield* store.task(task.id)).toEqual(Option.some(task))
      yield* run("COMMIT")
      yield* store.write(move(task, [{ _tag: "Start" }]))
    })
  )

  it.scopedLive("STO-4 a lock is waited for without holding up the loop on which it will be released", () =>
    Effect.gen(function* () {
      const path = yield* file
      const store = yield* program({ file: path })
      const task = yield* Effect.provideService(oneTask(), Store, store)
      const run = yield* connected(path)
      yield* run("BEGIN IMMEDIATE")
      const waiting = yield* Effect.fork(store.write(move(task, [{ _tag: "Start" }])))
      const reading = yield* Effect.fork(store.setDraining(true))
      yield* Effect.sleep("80 millis")
      yield* run("COMMIT")
      yield* Fiber.join(Fiber.zip(waiting, reading))
      expect(yield* store.ledger(task.id)).toHaveLength(1)
    })
  )

  const tables = ["tasks", "transitions", "events", "attempts", "verifications", "attention"] as const
  for (const table of tables) {
    it.scopedLive(`STO-1 a change that fails at ${table} leaves nothing of itself, and those beside it stand`, () =>
      Effect.gen(function* () {
        const path = yield* file
        const store = yield* program({ file: path })
        yield* Effect.gen(function* () {
          const [a, b] = (yield* stored("a", "b")).map(existing)
          const [task, other] = [existing(a), existing(b)]
          yield* store.write(beside(task, { verification: verificationOf(task, 1) }))
          const condition = {
            tasks: "NEW.id = 1",
            transitions: "NEW.task_id = 1",
            events: "NEW.task_id = 1 AND NEW.type = 'attention.raised'",
            attempts: "NEW.task_id = 1",
            verifications: "NEW.task_id = 1",
            attention: "NEW.task_id = 1"
          }[table]
          const event = table === "tasks" || table === "verifications" ? "UPDATE" : "INSERT"
          for (const how of ["ABORT", "ROLLBACK", "FAIL"]) {
            yield* raw(
              path,
              `CREATE TRIGGER refuse AFTER ${event} ON ${table} WHEN ${condition} BEGIN SELECT RAISE(${how}, 'injected'); END`
            )
            const before = yield* everything
            const change = move(task, [{ _tag: "Start" }, { _tag: "Freeze" }], {
              attempt: { record: attemptOf(task, 1), phase: "created" },
              verification: verificationOf(task, 1, { verdict: "PASS", endedAt: 9 }),
              attention: [{ _tag: "Raise", key: "k", text: "t" }]
            })
            refusedWith(path, "Other")(yield* Effect.flip(store.write(change)))
            expect(yield* everything).toEqual(before)

            const [current] = yield* store.tasks({ ids: [other.id] })
            const beside_ = move(existing(current), [how === "ROLLBACK" ? { _tag: "Unfreeze" } : { _tag: "Freeze" }])
            const answers = yield* Effect.all(
              [change, beside_].map((each) => Effect.either(store.write(each))),
              { concurrency: "unbounded" }
            )
            expect(answers.map(Either.isRight)).toEqual([false, true])
            expect((yield* everything).ledgers[0]).toEqual(before.ledgers[0])
            expect(yield* contradictions).toEqual([])
            yield* raw(path, "DROP TRIGGER refuse")
          }
          expect(yield* store.inspect).toMatchObject({ problems: [] })
        }).pipe(Effect.provideService(Store, store))
      })
    )
  }

  it.scopedLive("STO-1 two programs at one file share one order of changes, and the older is fenced", () =>
    Effect.gen(function* () {
      const path = yield* file
      const [one, two] = [yield* program({ file: path }), yield* program({ file: path })]
      const tasks = yield* Effect.provideService(stored(...Array.from({ length: 12 }, (_, n) => `t${n}`)), Store, one)
      const old = yield* one.takeEpoch({ host: "h", pid: 1, at: 1 })
      const changes = tasks.map((task) => move(task, [{ _tag: "Start" }], { epoch: old }))
      const answers = yield* Effect.all(
        changes.flatMap((change) => [Effect.either(one.write(change)), Effect.either(two.write(change))]),
        { concurrency: "unbounded" }
      )
      expect(answers.filter(Either.isRight)).toHaveLength(tasks.length)
      const present = yield* two.takeEpoch({ host: "h", pid: 2, at: 2 })
      const late = move(existing(changes[0]).recorded.task, [{ _tag: "Freeze" }], { epoch: old })
      expect(yield* Effect.flip(one.write(late))).toEqual(new Fenced({ epoch: old, present }))
      expect(yield* Effect.provideService(contradictions, Store, one)).toEqual([])
      expect(yield* Effect.provideService(everything, Store, one)).toEqual(
        yield* Effect.provideService(everything, Store, two)
      )
    })
  )
})
