import fc from "fast-check"
import { expect, it } from "vitest"
import { waitOf } from "../../../core/agent/vendor/CodexWait.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const noon = Date.UTC(2026, 10, 20, 12)

it("EXE-5 a time of day is the next one that the agent's clock shows, with its minute over", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 59 }),
      fc.integer({ min: -12 * 60, max: 14 * 60 }),
      fc.integer({ min: 0, max: 1e13 }),
      (hours, minutes, offset, at) => {
        const half = hours < 12 ? "AM" : "PM"
        const said = `You’ve hit your usage limit. Try again at ${hours % 12 || 12}:${String(minutes).padStart(2, "0")} ${half}.`
        const wait = waitOf(said, at, offset) ?? Number.NaN
        expect(wait).toBeGreaterThan(0)
        expect(wait).toBeLessThanOrEqual(day)
        // A minute before it is over the clock shows the time that was told.
        const shown = new Date(at + wait - minute + offset * minute)
        expect([shown.getUTCHours(), shown.getUTCMinutes(), shown.getUTCSeconds()]).toEqual([hours, minutes, 0])
      }
    )
  )
})

it("EXE-5 another day is named with its date, and older versions name a span", () => {
  expect(waitOf("try again at Nov 21st, 2026 3:53 PM.", noon, 0)).toBe(day + 3 * hour + 54 * minute)
  expect(waitOf("try again at November 22nd, 2026 12:00 AM", noon, 60)).toBe(day + 11 * hour + minute)
  expect(waitOf("try again in 3 days 4 hours 12 minutes.", noon, 0)).toBe(3 * day + 4 * hour + 12 * minute)
  expect(waitOf("Try again in 1 hour and 5 minutes.", noon, 0)).toBe(hour + 5 * minute)
  expect(waitOf("try again in 20 seconds", noon, 0)).toBe(20_000)
})

it("EXE-5 what names no time, or one that is over, says nothing", () => {
  const none = [
    "try again later.",
    "",
    "at 3:53 PM",
    "try again at noon",
    "try again at Nov 19th, 2026 3:53 PM.",
    "try again at Foo 21st, 2026 3:53 PM.",
    "try again at Nov 99th, 2026 3:53 PM."
  ]
  expect(none.map((said) => waitOf(said, noon, 0))).toEqual(none.map(() => null))
})
