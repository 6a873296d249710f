import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
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
