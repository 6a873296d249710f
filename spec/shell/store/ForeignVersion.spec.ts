/** What the store's contract can not show of it: a write of which nobody knows what became. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import * as ForeignVersion from "../../../shell/store/ForeignVersion.ts"
import { driver } from "../../../shell/store/MemoryStore.ts"

it.effect("STO-1 after a write that failed all is read again, whatever it was about", () =>
  Effect.gen(function* () {
    const { transact, version } = ForeignVersion.make(yield* driver)
    const before = yield* version
    yield* transact(() => Effect.void)
    expect(yield* version).toBe(before)
    yield* Effect.ignore(transact(() => Effect.fail("the disk went away"), true))
    expect(yield* version).not.toBe(before)
  })
)
