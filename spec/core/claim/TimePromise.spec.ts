/** Until when something is promised; what lies behind, and what others do, promises nothing. */
import fc from "fast-check"
import { expect, it } from "vitest"
import { classify, deadline, type Moment, timePromises } from "../../../core/claim/index.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** A Wednesday, half past two in the afternoon in UTC. */
const now = Date.UTC(2026, 10, 25, 14, 30)
const utc: Moment = { now, offsetMinutes: 0 }

/** The deadlines of a text as minutes from now. */
const minutes = (text: string, moment: Moment = utc): ReadonlyArray<number> =>
  timePromises(text, moment).map((promise) => (promise.deadline - moment.now) / minute)

const lengths: ReadonlyArray<readonly [words: string, minutes: number]> = [
  ["20 minutes", 20],
  ["20m", 20],
  ["a minute", 1],
  ["an hour", 60],
  ["2h", 120],
  ["1h30m", 90],
  ["90 seconds", 1.5],
  ["90s", 1.5],
  ["half an hour", 30],
  ["an hour and a half", 90],
  ["an hour or two", 120],
  ["about 10 minutes", 10],
  ["roughly five min", 5],
  ["the next 15 minutes", 15],
  ["less than 45 mins", 45],
  ["5-10 minutes", 10],
  ["5 to 10 minutes", 10],
  ["5 – 10 minutes", 10],
  ["5 or 6 minutes", 6],
  ["5 or so minutes", 5],
  ["10 more minutes", 10],
  ["a few minutes", 5],
  ["a couple of hours", 120],
  ["a couple minutes", 2],
  ["1.5 hours", 90],
  ["two days", 2 * 24 * 60],
  ["a week", 7 * 24 * 60]
]

it("CLM-9 a length of time that is promised ends that long from now, in whatever words", () => {
  const frames = [
    ["Back in ", "."],
    ["I'll be back in ", " with the result."],
    ["I'll restart the server in ", ""],
    ["I'm merging it in ", "!"],
    ["In ", " I'll push the branch."],
    ["I'll have it done within ", "."],
    ["It will be up again in ", ""],
    ["ETA: ", ""],
    ["ETA ", "."],
    ["Give me ", "."]
  ] as const
  for (const [before, after] of frames) {
    for (const [words, expected] of lengths) {
      expect([before + words, minutes(before + words + after)]).toEqual([before + words, [expected]])
    }
  }
})

it("CLM-9 what lies behind, what others do, what is asked, possible, quoted or depends promises no time", () => {
  const others = [
    "It ran in 12 minutes.",
    "Completed in 3 hours.",
    "The suite finished within the hour.",
    "I restarted it in 12 minutes.",
    "By 5pm it had failed.",
    "The cron job will run in 20 minutes.",
    "You need it by 5pm.",
    "Please review it by 5pm.",
    "Will you be back in 20 minutes?",
    "I might be back in 20 minutes.",
    "I won't be back in 20 minutes.",
    'You wrote "back in 20 minutes".',
    "`back in 20 minutes`",
    "> Back in 20 minutes.",
    "User: back in 20 minutes",
    "I'll be back in 20 minutes if all goes well.",
    "The timeout is 20 minutes.",
    "I'll fix the bug in the parser.",
    "I'll be back in 0 minutes.",
    "I'll be back in 900 weeks.",
    "I'll push it by 5pm PST.",
    "I'll push it by 5.",
    "I'll push it by 25:10.",
    "I'll push it by 13pm.",
    "I'll push it by 0am.",
    "I'll push it by this sprint.",
    "I'll be back in 5 apples.",
    "I'll be back in half an apple.",
    "I'll be back in about roughly around approximately 5 minutes.",
    "Let it run for 10 minutes.",
    "At the end of the day it was fine.",
    "I'll merge it as soon as you reply."
  ]
  for (const text of others) expect(timePromises(text, utc), `${text}`).toEqual([])
})

it("CLM-9 a participle that begins a sentence, and `let me`, promise what they name", () => {
  expect(minutes("Restarting it in 10 minutes.")).toEqual([10])
  expect(minutes("Let me restart it in 10 minutes.")).toEqual([10])
})

it("CLM-9 a promise of the future is not undone by a word for what is over beside it", () => {
  expect(minutes("I'll restart the failed job in 10 minutes.")).toEqual([10])
  expect(minutes("The job ran in 12 minutes; back in 5 minutes.")).toEqual([5])
  expect(minutes("It ran in 12 minutes. I'll be back in an hour, and I'll push it by 4pm.")).toEqual([60, 90])
})

it("CLM-9 a time of day is the next such time on the writer's clock, wherever that is", () => {
  const time = fc.record({ hours: fc.integer({ min: 0, max: 23 }), minutes: fc.integer({ min: 0, max: 59 }) })
  const offset = fc.integer({ min: -12 * 4, max: 14 * 4 }).map((quarters) => quarters * 15)
  const moment = fc.integer({ min: -(2 ** 40), max: 2 ** 41 })
  const two = (count: number): string => String(count).padStart(2, "0")
  fc.assert(
    fc.property(time, offset, moment, (at, offsetMinutes, instant) => {
      const local = { now: instant, offsetMinutes }
      const half = at.hours < 12 ? "am" : "pm"
      const spelled = `${at.hours % 12 === 0 ? 12 : at.hours % 12}:${two(at.minutes)} ${half}`
      const [promise] = timePromises(`I'll push it by ${spelled}.`, local)
      const until = promise?.deadline ?? Number.NaN
      expect(until).toBeGreaterThan(instant)
      expect(until - instant).toBeLessThanOrEqual(day)
      const clock = new Date(until + offsetMinutes * minute)
      expect([clock.getUTCHours(), clock.getUTCMinutes()]).toEqual([at.hours, at.minutes])
      // Without a half the earlier of both is meant.
      const plain = `${at.hours}:${two(at.minutes)}`
      const [same] = timePromises(`I'll push it by ${plain}.`, local)
      expect(same?.deadline).toBeGreaterThan(instant)
      expect(same?.deadline).toBeLessThanOrEqual(until)
    })
  )
})

it("CLM-9 days and their parts end on the writer's clock", () => {
  const at = (text: string, offsetMinutes = 0): string | undefined => {
    const [promise] = timePromises(text, { now, offsetMinutes })
    return promise === undefined ? undefined : new Date(promise.deadline).toISOString().slice(5, 16)
  }
  expect(at("I'll push it by end of day.")).toBe("11-26T00:00")
  expect(at("I'll push it by the end of the day.", 120)).toBe("11-25T22:00")
  expect(at("I'll push it by EOD.", -300)).toBe("11-26T05:00")
  expect(at("I'll push it EOD.")).toBe("11-26T00:00")
  expect(at("I'll push it today.")).toBe("11-26T00:00")
  expect(at("I'll push it tonight.")).toBe("11-26T00:00")
  expect(at("I'll push it by close of business.")).toBe("11-26T00:00")
  expect(at("I'll push it by this afternoon.")).toBe("11-25T18:00")
  expect(at("I'll push it by this morning.")).toBe("11-26T00:00")
  expect(at("I'll push it by tomorrow.")).toBe("11-27T00:00")
  expect(at("I'll push it by tomorrow morning.")).toBe("11-26T12:00")
  expect(at("I'll push it by noon.")).toBe("11-26T12:00")
  expect(at("I'll push it before midnight.")).toBe("11-26T00:00")
  expect(at("I'll push it by Friday.")).toBe("11-28T00:00")
  expect(at("I'll push it by Wednesday.")).toBe("11-26T00:00")
  expect(at("I'll push it by Tuesday noon.")).toBe("12-01T12:00")
  expect(at("I'll push it by the end of the week.")).toBe("11-30T00:00")
  expect(at("I'll push it by 5 o'clock.")).toBe("11-25T17:00")
  expect(at("I'll push it by 5pm UTC.", 120)).toBe("11-25T17:00")
  expect(at("I'll push it by 5pm.", 120)).toBe("11-25T15:00")
  expect(at("I'll push it by 4pm.", 120)).toBe("11-26T14:00")
})

it("CLM-9 every promise is after now and its span names it, of any text and at any moment", () => {
  const words =
    "I'll back in within by before eta give me 20 5pm 17:30 an hour a few minutes half end of day the today tomorrow " +
    "morning friday noon utc , . ; couple to or 99999999 0.001 1h30m 9h9h9h week and ran will eod o'clock pm"
  const word = fc.constantFrom(...words.split(" "))
  const anyMoment = fc.record({
    now: fc.oneof(fc.double(), fc.double({ min: -8.64e15, max: 8.64e15 })),
    offsetMinutes: fc.oneof(fc.double(), fc.integer({ min: -1440, max: 1440 }))
  })
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), fc.oneof(anyMoment, fc.constant(utc)), (chosen, moment) => {
      const text = chosen.join(" ")
      for (const { deadline: until, span } of timePromises(text, moment)) {
        expect(until).toBeGreaterThan(moment.now)
        expect(text.slice(...span).trim()).toBe(text.slice(...span))
        expect(span[1]).toBeGreaterThan(span[0])
      }
    }),
    { examples: [[["I'll", "back", "in", "9h9h9h"], { now: Number.MAX_VALUE, offsetMinutes: 0 }]] }
  )
})

it("CLM-9 the deadline of a claim is the time said with it or behind it, else the last one before, else none", () => {
  const of = (text: string): ReadonlyArray<number | null> => {
    const promises = timePromises(text, utc)
    return classify(text).map((claim) => {
      const until = deadline(claim, promises)
      return until === null ? null : (until - now) / minute
    })
  }
  expect(of("I'll push it in 5 minutes. I'll merge it in an hour.")).toEqual([5, 60])
  expect(of("I'll push it. Back in 20 minutes.")).toEqual([20])
  expect(of("In 20 minutes I'll push it.")).toEqual([20])
  expect(of("I'll push it.")).toEqual([null])
})
