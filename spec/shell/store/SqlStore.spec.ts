import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect } from "vitest"
import { layer } from "../../../shell/store/SqlStore.ts"
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
    const before = yield* one.version
    yield* other.isDraining
    expect(yield* one.version).toBe(before)
    yield* other.setDraining(true)
    expect(yield* one.version).not.toBe(before)
  })
)
