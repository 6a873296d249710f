/** What is kept of hook events, in any store: each once, in order, and no more than it is told to keep. */
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import { hookNames } from "../../core/hook/HookName.ts"
import { Store, type ReceivedHookEvent } from "../../shell/store/Store.ts"
import type { Live } from "./Live.ts"

/** Few words each, so that the same come again. */
const word = fc.constantFrom("a", "b", 'c "漢"')
const received: fc.Arbitrary<ReceivedHookEvent> = fc.record({
  event: fc.record({
    hook: fc.constantFrom(...hookNames.slice(0, 3)),
    sessionId: fc.option(word),
    toolName: fc.option(word),
    toolUseId: fc.option(word),
    cwd: fc.option(word),
    payload: fc.string()
  }),
  at: fc.integer({ min: 0, max: 100 }),
  source: fc.option(word)
})

const named = (source: string | null, at = 0, sessionId = "s"): ReceivedHookEvent => ({
  event: { hook: "Stop", sessionId, toolName: null, toolUseId: null, cwd: null, payload: "{}" },
  at,
  source
})

/** What must be there once: by its source, and by the tool use that it tells of. */
const keysOf = ({ event: { hook, sessionId, toolUseId }, source }: ReceivedHookEvent): ReadonlyArray<string> => [
  ...(source === null ? [] : [`source ${source}`]),
  ...(sessionId === null || toolUseId === null ? [] : [JSON.stringify([sessionId, toolUseId, hook])])
]

const firsts = (all: ReadonlyArray<ReceivedHookEvent>): ReadonlyArray<ReceivedHookEvent> => {
  const known = new Set<string>()
  return all.filter((each) => {
    const keys = keysOf(each)
    if (keys.some((key) => known.has(key))) return false
    for (const key of keys) known.add(key)
    return true
  })
}

const all = { since: 0, limit: 10_000 }

export const hookEvents = (live: Live): void => {
  live("STO-6 of events that come again the first one is kept, whoever brings them, in the order they came", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const groups = fc.sample(fc.array(fc.array(received, { maxLength: 9 }), { minLength: 8, maxLength: 8 }), 1).flat()
      yield* Effect.forEach(groups, (group) => store.keepHookEvents(group), { concurrency: "unbounded" })
      const kept = yield* store.hookEvents(all)
      expect(kept.map(({ id: _, ...rest }) => rest)).toEqual(firsts(groups.flat()))
      expect(kept.map(({ id }) => id)).toEqual(kept.map(({ id }) => id).toSorted((a, b) => a - b))
      for (const session of ["a", "b", "nobody"]) {
        const own = yield* store.hookEvents({ ...all, session })
        expect(own).toEqual(kept.filter(({ event }) => event.sessionId === session))
      }
      const third = kept[2]?.id ?? 0
      expect(yield* store.hookEvents({ since: third, limit: 4 })).toEqual(
        kept.filter(({ id }) => id > third).slice(0, 4)
      )
    })
  )

  live(
    "STO-6 what is too old or too much is forgotten, the oldest first, however many they are, and no id is given twice",
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        const ats = Array.from({ length: 1300 }, (_, index) => index)
        yield* store.keepHookEvents(ats.map((at) => named(`n${at}`, at)))
        expect(yield* store.pruneHookEvents({ before: 0, most: 1300 })).toBe(0)
        expect(yield* store.staleHookEvents({ before: 1100, most: 1300 })).toBe(1100)
        expect(yield* store.pruneHookEvents({ before: 1100, most: 1300 })).toBe(1100)
        expect((yield* store.hookEvents(all)).map(({ at }) => at)).toEqual(ats.slice(1100))
        expect(yield* store.pruneHookEvents({ before: 0, most: 20 })).toBe(180)
        expect((yield* store.hookEvents(all)).map(({ at }) => at)).toEqual(ats.slice(1280))
        expect(yield* store.pruneHookEvents({ before: 5000, most: 20 })).toBe(20)
        yield* store.keepHookEvents([named("n1299", 9), named("new", 9)])
        const [again, fresh] = yield* store.hookEvents(all)
        expect([again?.source, fresh?.source]).toEqual(["n1299", "new"])
        expect(again?.id).toBeGreaterThan(1300)
      })
  )
}
