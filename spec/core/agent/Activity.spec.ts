import fc from "fast-check"
import { expect, it } from "vitest"
import { type Activity, begin, observe } from "../../../core/agent/Activity.ts"

const inactivityMs = 300_000

/** Looks, each some time after the last, with the share of a processor that was used meanwhile. */
const looks = fc.array(
  fc.record({ afterMs: fc.integer({ min: 1, max: 5000 }), share: fc.constantFrom(0, 0.05, 0.5, 2) }),
  {
    minLength: 1,
    maxLength: 60
  }
)

interface Seen {
  readonly now: number
  readonly activity: Activity
}

const watch = (history: ReadonlyArray<{ readonly afterMs: number; readonly share: number }>): ReadonlyArray<Seen> => {
  const seen: Array<Seen> = [{ now: 0, activity: begin(0, 0) }]
  let used = 0
  for (const { afterMs, share } of history) {
    const last = seen.at(-1)
    if (last === undefined) break
    const now = last.now + afterMs
    used += afterMs * share
    seen.push({ now, activity: observe(last.activity, used, now, inactivityMs) })
  }
  return seen
}

it("EXE-6 whoever uses half a processor is seen at work within a window, and who uses a twentieth never is", () => {
  fc.assert(
    fc.property(looks, (history) => {
      const busy = watch(history.map(({ afterMs }) => ({ afterMs, share: 0.5 })))
      for (const { activity, now } of busy) {
        if (now >= 15_000) expect(now - (activity.activeAt ?? 0)).toBeLessThanOrEqual(15_000)
      }
      const idle = watch(history.map(({ afterMs }) => ({ afterMs, share: 0.05 })))
      expect(idle.map(({ activity }) => activity.activeAt)).toEqual(idle.map(() => null))
    })
  )
})

it("EXE-6 the moment of work never goes back, is never later than the look, and is one of a look", () => {
  fc.assert(
    fc.property(looks, (history) => {
      const seen = watch(history)
      let last = -1
      for (const { activity, now } of seen) {
        const at = activity.activeAt ?? -1
        expect(at).toBeGreaterThanOrEqual(last)
        expect(at).toBeLessThanOrEqual(now)
        if (at !== -1) expect(seen.some((each) => each.now === at)).toBe(true)
        last = at
      }
    })
  )
})

it("EXE-6 time that falls, or a clock that goes back, begins anew and is no sign of work", () => {
  const before: Activity = { since: 1000, usedMs: 9000, activeAt: 500 }
  expect(observe(before, 100, 20_000, inactivityMs)).toEqual({ since: 20_000, usedMs: 100, activeAt: 500 })
  expect(observe(before, 90_000, 900, inactivityMs)).toEqual({ since: 900, usedMs: 90_000, activeAt: 500 })
})

it("EXE-6 a window is a quarter of the silence that would end it, and ten seconds at most", () => {
  const from = begin(0, 0)
  expect(observe(from, 1000, 999, 4000).activeAt).toBeNull()
  expect(observe(from, 1000, 1000, 4000).activeAt).toBe(1000)
  expect(observe(from, 9999, 9999, inactivityMs).activeAt).toBeNull()
  expect(observe(from, 1000, 10_000, inactivityMs).activeAt).toBe(10_000)
  expect(observe(from, 999, 10_000, inactivityMs)).toEqual({ since: 10_000, usedMs: 999, activeAt: null })
})
