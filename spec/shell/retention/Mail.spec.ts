/** Messages that go by `[retention]`, as a supervisor and `drover prune` do it. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import * as Mail from "../../../shell/retention/Mail.ts"
import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import { Store } from "../../../shell/store/Store.ts"
import { bind, mailOf, send, stop } from "../../contract/Mail.ts"

const day = 86_400_000

it.scoped(
  "STO-8 messages go when they were kept for as long as is said; a dry run counts them, and rates are never forgotten",
  () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1")
      for (const at of [0, day, 2 * day]) {
        yield* send({ at, from: `f${at}` })
        mailOf(yield* stop("s1", { at }))
        yield* stop("s1", { at, isContinuation: true })
      }
      yield* TestClock.setTime(3 * day + 1)
      for (const [days, count] of [
        [4, 0],
        [3, 1],
        [2, 2]
      ] as const) {
        expect(yield* Mail.prune({ messagesMs: days * day }, true)).toBe(count)
      }
      expect(yield* Mail.prune({ messagesMs: 3 * day }, false)).toBe(1)
      expect(yield* Mail.prune({ messagesMs: 3 * day }, false)).toBe(0)
      yield* TestClock.setTime(2 * day + 59_999)
      expect(yield* Mail.prune({ messagesMs: 0 }, false)).toBe(1)
      expect(yield* store.staleMail(2 * day + 1)).toBe(1)
      yield* TestClock.setTime(2 * day + 60_001)
      expect(yield* Mail.prune({ messagesMs: 0 }, false)).toBe(1)
    }).pipe(Effect.provide(layerMemory))
)
