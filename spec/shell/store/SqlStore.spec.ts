import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import { it } from "@effect/vitest"
import Database from "better-sqlite3"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import { driver, layer } from "../../../shell/store/SqlStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import { storeContract } from "../../contract/store.ts"
import { folder } from "./World.ts"

storeContract("over SQLite", () =>
  Layer.unwrapScoped(Effect.map(folder, (path) => layer({ file: join(path, "drover.db") })))
)

it.scoped("TCK-7 over SQLite: what another process has written shows in the version, what it has read does not", () =>
  Effect.gen(function* () {
    const file = join(yield* folder, "drover.db")
    const opened = Effect.flatMap(Layer.build(layer({ file })), (context) => Effect.provide(Store, context))
    const [one, other] = yield* Effect.all([opened, opened])
    const versions = Effect.all([one.version, one.foreignVersion])
    const [before, foreign] = yield* versions
    yield* other.isDraining
    expect(yield* versions).toEqual([before, foreign])
    // Whatever it is: who did not write it does not know.
    yield* other.noteAttention(1, null, [{ _tag: "Raise", key: "disk", text: "full" }])
    const after = yield* versions
    expect(after[0]).not.toBe(before)
    expect(after[1]).not.toBe(foreign)
  })
)

it.scoped(
  "ING-3 over SQLite: while somebody reads for long others write, and who reads sees one moment all the same",
  () =>
    Effect.gen(function* () {
      const { longSnapshot, setting } = yield* Effect.map(
        driver({ file: join(yield* folder, "drover.db") }),
        ({ longSnapshot, transact }) => ({
          longSnapshot,
          setting: (value: string) => transact(({ write }) => write({ settings: [{ name: "word", value }] }))
        })
      )
      yield* setting("before")
      const isBegun = yield* Deferred.make<void>()
      const isWritten = yield* Deferred.make<void>()
      const reading = yield* Effect.fork(
        longSnapshot((reads) =>
          Effect.gen(function* () {
            const first = yield* reads.setting("word")
            yield* Deferred.succeed(isBegun, undefined)
            yield* Deferred.await(isWritten)
            return [first, yield* reads.setting("word")]
          })
        )
      )
      yield* Deferred.await(isBegun)
      yield* setting("after")
      yield* Deferred.succeed(isWritten, undefined)
      expect(yield* Fiber.join(reading)).toEqual(["before", "before"])
      expect(yield* longSnapshot((reads) => reads.setting("word"))).toBe("after")
    })
)

it.scoped(
  "STO-1 over SQLite: who opens a store while another program has it alone waits until that one has let go",
  () =>
    Effect.gen(function* () {
      const file = join(yield* folder, "drover.db")
      yield* Effect.scoped(driver({ file }))
      const other = new Database(file)
      other.pragma("locking_mode = EXCLUSIVE")
      other.exec("BEGIN EXCLUSIVE")
      const opening = yield* Effect.fork(Effect.scoped(Effect.asVoid(driver({ file }))))
      // It has met the lock when it waits for its next try.
      yield* Effect.repeat(Effect.zipRight(Effect.promise(setImmediate), TestClock.sleeps()), {
        until: (sleeps) => Chunk.isNonEmpty(sleeps)
      })
      other.close()
      yield* TestClock.adjust("30 millis")
      yield* Fiber.join(opening)
    })
)
