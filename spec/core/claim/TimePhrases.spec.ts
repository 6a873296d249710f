/** Words for times, a row for each rule: what is meant, and which of the words name it. */
import { expect, it } from "vitest"
import { classify, timePromises } from "../../../core/claim/index.ts"

const minute = 60_000

/** A Wednesday, half past two in the afternoon in UTC. */
const now = Date.UTC(2026, 10, 25, 14, 30)

const parts = (lines: string): ReadonlyArray<string> => lines.split("|").map((each) => each.trim())

/** Minutes from now, with the words that name the time. */
const told = (text: string): ReadonlyArray<readonly [number, string]> =>
  timePromises(text, { now, offsetMinutes: 0 }).map(({ deadline, span }) => [
    (deadline - now) / minute,
    text.slice(...span)
  ])

const minutes = (text: string): ReadonlyArray<number> => told(text).map(([count]) => count)

/** The month, day, hour and minute of each deadline in UTC. */
const at = (text: string, offsetMinutes = 0, moment = now): ReadonlyArray<string> =>
  timePromises(text, { now: moment, offsetMinutes }).map(({ deadline }) =>
    new Date(deadline).toISOString().slice(5, 16)
  )

it("CLM-9 numbers are written in words or digits, alone or as a range, and then its end is meant", () => {
  const rows: ReadonlyArray<readonly [words: string, minutes: number]> = [
    ...parts("one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve").map(
      (word, index) => [`${word} minutes`, index + 1] as const
    ),
    ["fifteen minutes", 15],
    ["twenty minutes", 20],
    ["thirty minutes", 30],
    ["forty minutes", 40],
    ["forty-five minutes", 45],
    ["fifty minutes", 50],
    ["sixty minutes", 60],
    ["ninety minutes", 90],
    ["12345 minutes", 12345],
    ["0.125 hours", 7.5],
    ["12.25 hours", 735],
    ["10-20 minutes", 20],
    ["1.25-2.75 hours", 165],
    ["10.5-20.5 minutes", 20.5],
    ["10 or 5 minutes", 10],
    ["5 to ten minutes", 10],
    ["5 — 10 minutes", 10],
    ["10 to 15 min", 15]
  ]
  for (const [words, expected] of rows) {
    expect([words, told(`Back in ${words}.`)]).toEqual([words, [[expected, `in ${words}`]]])
  }
  const none = `zero minutes | 1234567 minutes | 1.2345 hours | x5 minutes | 5x minutes | 3-5-10 minutes | 5 10 minutes
    | 5 into 10 minutes | 5 tot 10 minutes | 5 for 10 minutes | 5 orc 10 minutes | foo 5 minutes | 5 foo minutes
    | ten twenty minutes | x10-20 minutes | 10-20x minutes | 5 to apples`
  for (const words of parts(none)) expect([words, minutes(`Back in ${words}.`)]).toEqual([words, []])
})

it("CLM-9 a number and its unit may be one word, up to three of them together", () => {
  const rows: ReadonlyArray<readonly [words: string, minutes: number]> = [
    ["1.5h", 90],
    ["1.25h", 75],
    ["1h30m15s", 90.25],
    ["123456s", 2057.6],
    ["1hour", 60],
    ["2hours", 120],
    ["30minutes", 30],
    ["1.125d", 1620],
    ["1d12h", 2160],
    ["2w", 20160]
  ]
  for (const [words, expected] of rows) {
    expect([words, told(`Back in ${words}.`)]).toEqual([words, [[expected, `in ${words}`]]])
  }
  for (const words of parts("1d2h3m4s | x1h | 5apples | h1 | 1h30 | 1h-x | 1234567s | 1.2345h | 1h5x")) {
    expect([words, minutes(`Back in ${words}.`)]).toEqual([words, []])
  }
})

it("CLM-9 a unit may have words around it, and the whole phrase names the time", () => {
  const rows: ReadonlyArray<readonly [words: string, minutes: number]> = [
    ["5 more minutes", 5],
    ["5 good minutes", 5],
    ["5 full minutes", 5],
    ["5 or so minutes", 5],
    ["an hour and a half", 90],
    ["one hour and a half", 90],
    ["a day or two", 2880],
    ["one hour or two", 120],
    ["a few more minutes", 5],
    ["a couple of minutes", 2],
    ["a couple more minutes", 2],
    ["half an hour", 30],
    ["half a day", 720],
    ["half the day", 720],
    ["the hour", 60],
    ["the next hour", 60],
    ["the next few minutes", 5],
    ["the next couple of hours", 120],
    ["about half an hour", 30],
    ["about roughly around 5 minutes", 5],
    ["less than 5 minutes", 5],
    ["at most 5 minutes", 5],
    ["ca 5 minutes", 5],
    ["under 5 minutes", 5],
    ["fewer than 5 minutes", 5],
    ["maximum 5 minutes", 5],
    ["another 5 minutes", 5],
    ["approximately 5 minutes", 5],
    ["366 days", 366 * 1440]
  ]
  for (const [words, expected] of rows) {
    expect([words, told(`Back within ${words}.`)]).toEqual([words, [[expected, `within ${words}`]]])
  }
  expect(told("Back in two hours and a half.")).toEqual([[120, "in two hours"]])
  expect(told("Back in 2 hours or two.")).toEqual([[120, "in 2 hours"]])
  const none = `hour | minutes | 5 anymore minutes | 5 goods minutes | half hour minutes | half an apple | 367 days
    | a few apples | a couple apples | an apple | about about about about 5 minutes`
  for (const words of parts(none)) expect([words, minutes(`Back within ${words}.`)]).toEqual([words, []])
})

it("CLM-9 a time of day has one form of many, and the next such time is meant", () => {
  const rows: ReadonlyArray<readonly [words: string, at: string]> = [
    ["5pm", "11-25T17:00"],
    ["5 pm", "11-25T17:00"],
    ["5p.m.", "11-25T17:00"],
    ["5 p.m.", "11-25T17:00"],
    ["5 a.m.", "11-26T05:00"],
    ["5am", "11-26T05:00"],
    ["5:45 pm", "11-25T17:45"],
    ["5:45pm", "11-25T17:45"],
    ["12am", "11-26T00:00"],
    ["12:30am", "11-26T00:30"],
    ["12pm", "11-26T12:00"],
    ["12:30 pm", "11-26T12:30"],
    ["1pm", "11-26T13:00"],
    ["2:30pm", "11-26T14:30"],
    ["2:31pm", "11-25T14:31"],
    ["17:45", "11-25T17:45"],
    ["5:45", "11-25T17:45"],
    ["1:00", "11-26T01:00"],
    ["2:00", "11-26T02:00"],
    ["11:59", "11-25T23:59"],
    ["12:10", "11-26T12:10"],
    ["13:59", "11-26T13:59"],
    ["14:30", "11-26T14:30"],
    ["0:30", "11-26T00:30"],
    ["24:00", "11-26T00:00"],
    ["23:59", "11-25T23:59"],
    ["5 o'clock", "11-25T17:00"],
    ["12 o'clock", "11-26T12:00"],
    ["0 o'clock", "11-26T00:00"],
    ["noon", "11-26T12:00"],
    ["midday", "11-26T12:00"],
    ["midnight", "11-26T00:00"],
    ["5pm UTC", "11-25T17:00"],
    ["5pm GMT", "11-25T17:00"],
    ["5pm z", "11-25T17:00"]
  ]
  for (const [words, expected] of rows) {
    expect([words, at(`I'll push it by ${words}.`)]).toEqual([words, [expected]])
    const [found] = told(`I'll push it by ${words} sharp.`)
    expect(found?.[1].replace(/\.$/, "")).toBe(`by ${words}`.replace(/\.$/, ""))
  }
  const zones = "est|edt|cst|cdt|mst|mdt|pst|pdt|et|ct|mt|pt|bst|cest|cet|eest|eet|ist|jst|aest|aedt|msk|sgt"
  for (const zone of parts(zones)) expect([zone, at(`I'll push it by 5pm ${zone}.`)]).toEqual([zone, []])
  const none = "x5pm | 5pmx | 5 | 25:10 | 17:60 | 5:60pm | 13pm | 0pm | 0:30pm | 17:3 | 5:300 | 123:00 | 5 amp | 5 xam"
  for (const words of parts(none)) expect([words, at(`I'll push it by ${words}.`)]).toEqual([words, []])
  expect(at("I'll push it by 5pm utcx.")).toEqual(["11-25T17:00"])
  expect(at("I'll push it by 5pm UTC.", 120)).toEqual(["11-25T17:00"])
  expect(at("I'll push it by 5pm cets.")).toEqual(["11-25T17:00"])
})

it("CLM-9 a day ends where the writer is, and one that is named is the next of its name", () => {
  const rows: ReadonlyArray<readonly [words: string, offset: number, at: string]> = [
    ["today", 0, "11-26T00:00"],
    ["tonight", 0, "11-26T00:00"],
    ["today", 600, "11-26T14:00"],
    ["Wednesday", 0, "11-26T00:00"],
    ["Wednesday", 600, "12-02T14:00"],
    ["Thursday", 0, "11-27T00:00"],
    ["Thursday", 600, "11-26T14:00"],
    ["Tuesday", 0, "12-02T00:00"],
    ["Saturday", 0, "11-29T00:00"],
    ["Sunday", 0, "11-30T00:00"],
    ["Monday", 0, "12-01T00:00"],
    ["Friday", -900, "11-28T15:00"],
    ["Friday morning", 0, "11-27T12:00"],
    ["Friday midday", 0, "11-27T12:00"],
    ["Friday noon", 0, "11-27T12:00"],
    ["Friday afternoon", 0, "11-27T18:00"],
    ["Friday evening", 0, "11-28T00:00"],
    ["Friday night", 0, "11-28T00:00"],
    ["this morning", 0, "11-26T00:00"],
    ["this afternoon", 0, "11-25T18:00"],
    ["this evening", 0, "11-26T00:00"],
    ["tomorrow", 0, "11-27T00:00"],
    ["tomorrow evening", 0, "11-27T00:00"],
    ["tomorrow afternoon", 0, "11-26T18:00"],
    ["end of day", 0, "11-26T00:00"],
    ["end of today", 0, "11-26T00:00"],
    ["end of the day", 600, "11-26T14:00"],
    ["the end of the day", 0, "11-26T00:00"],
    ["end of my day", 0, "11-26T00:00"],
    ["end of this week", 0, "11-30T00:00"],
    ["the end of the week", 0, "11-30T00:00"],
    ["end of week", 600, "11-29T14:00"],
    ["EOD", 0, "11-26T00:00"],
    ["EOB", 0, "11-26T00:00"],
    ["COB", 0, "11-26T00:00"],
    ["EOW", 0, "11-30T00:00"],
    ["close of business", 0, "11-26T00:00"],
    ["end of business", 0, "11-26T00:00"]
  ]
  for (const [words, offset, expected] of rows) {
    const text = `I'll push it by ${words}, then rest.`
    expect([words, at(text, offset)]).toEqual([words, [expected]])
    expect([words, told(text)[0]?.[1]]).toEqual([words, `by ${words}`])
  }
  const none = "this sprint | end of line | the day | day | business | week | end of | end to day"
  for (const words of parts(none)) {
    expect([words, at(`I'll push it by ${words}.`)]).toEqual([words, []])
  }
  // What ends at this very moment is over.
  const noon = Date.UTC(2026, 10, 25, 12)
  expect(at("I'll push it by this morning.", 0, noon)).toEqual(["11-26T00:00"])
  expect(at("I'll push it by noon.", 0, noon)).toEqual(["11-26T12:00"])
  expect(at("I'll push it by this morning.", 0, noon - 1)).toEqual(["11-25T12:00"])
})

it("CLM-9 a word at its place says that a time is promised", () => {
  const rows: ReadonlyArray<readonly [text: string, minutes: ReadonlyArray<number>]> = [
    ["ETA is 10 minutes.", [10]],
    ["ETA is 3pm.", [30]],
    ["ETA: 3pm.", [30]],
    ["ETA 3pm.", [30]],
    ["Give me 10 minutes.", [10]],
    ["Give it 10 minutes.", []],
    ["Back in 10 minutes.", [10]],
    ["Ready in 10 minutes.", [10]],
    ["Gonna push it in 10 minutes.", [10]],
    ["OK back in 10 minutes.", [10]],
    ["OK, back in 10 minutes.", [10]],
    ["Someone goes back in 10 minutes.", []],
    ["The ready signal comes in 10 minutes.", []],
    ["I'll push it in 10 minutes.", [10]],
    ["I'm pushing it in 10 minutes.", [10]],
    ["We'll push it in 10 minutes.", [10]],
    ["We're pushing it in 10 minutes.", [10]],
    ["It'll be up in 10 minutes.", [10]],
    ["This'll be up in 10 minutes.", [10]],
    ["That'll be up in 10 minutes.", [10]],
    ["Rabbit'll be up in 10 minutes.", []],
    ["It'llx be up in 10 minutes.", []],
    ["I will push it in 10 minutes.", [10]],
    ["We will push it in 10 minutes.", [10]],
    ["It will be up in 10 minutes.", [10]],
    ["This will be up in 10 minutes.", [10]],
    ["That will be up in 10 minutes.", [10]],
    ["Everything will be up in 10 minutes.", [10]],
    ["All will be up in 10 minutes.", [10]],
    ["Bob will be up in 10 minutes.", []],
    ["I am back in 10 minutes.", [10]],
    ["We are back in 10 minutes.", [10]],
    ["They are back in 10 minutes.", []],
    ["Will be back in 10 minutes.", [10]],
    ["Am back in 10 minutes.", [10]],
    ["Let me push it in 10 minutes.", [10]],
    ["Let them push it in 10 minutes.", []],
    ["Ask me in 10 minutes.", []],
    ["Pushing it in 10 minutes.", [10]],
    ["The job pushing in 10 minutes.", []],
    ["Finished in 10 minutes.", []],
    ["Nothing, all crashed in 10 minutes.", []],
    ["I'll look at the crashed job in 10 minutes.", [10]],
    ["I'll push it in 10 minutes by 3pm.", [10, 30]],
    ["I'll push it today.", [570]],
    ["I'll push it tonight.", [570]],
    ["I'll push it COB.", [570]],
    ["I'll push it EOD.", [570]],
    ["I'll push it EOW.", [570 + 4 * 1440]],
    ["I'll push it before 3pm.", [30]],
    ["I'll push it within 10 minutes.", [10]],
    ["I'll push it about 10 minutes.", []],
    ["10 minutes, I'll push it.", []]
  ]
  for (const [text, expected] of rows) expect([text, minutes(text)]).toEqual([text, expected])
})

it("CLM-9 the nearest word that says whose a time is decides, before it or else behind it, up to a semicolon", () => {
  const rows: ReadonlyArray<readonly [text: string, minutes: ReadonlyArray<number>]> = [
    ["In 10 minutes I'll see what the job did.", [10]],
    ["In 10 minutes the job will run, and I'll push it.", []],
    ["I'll push it; in 10 minutes.", []],
    ["In 10 minutes; I'll push it.", []],
    ["The job ran; in 10 minutes I'll push it.", [10]],
    ["In 10 minutes I'll push it; the job ran.", [10]],
    ["I'll push it in 10 minutes; the job ran in 5 minutes.", [10]],
    ["The job ran in 5 minutes, I'll push it in 10 minutes.", [10]],
    ["I'll push what Bob did in 10 minutes.", []]
  ]
  for (const [text, expected] of rows) expect([text, minutes(text)]).toEqual([text, expected])
})

it("CLM-9 a clock that is further from UTC than any other is none, nor is a moment that no date can name", () => {
  const count = (moment: { readonly now: number; readonly offsetMinutes: number }): number =>
    timePromises("Back in 1 minute.", moment).length
  expect([1440, -1440, 1441, -1441].map((offsetMinutes) => count({ now, offsetMinutes }))).toEqual([1, 1, 0, 0])
  expect([8.64e15, -8.64e15, 8.64e15 + 1].map((each) => count({ now: each, offsetMinutes: 0 }))).toEqual([1, 1, 0])
})

it("CLM-1 a claim spans from its first word to its verb, or to its object", () => {
  const spans = (text: string): ReadonlyArray<string> => classify(text).map(({ span }) => text.slice(...span))
  expect(spans("OK, I'll push now. Then I'll merge the branch today.")).toEqual(["I'll push", "I'll merge the branch"])
  expect(spans("I've pushed. Restarting the server.")).toEqual(["I've pushed", "Restarting the server"])
})
