/**
 * How long Codex asks to wait, in a sentence for people: `try again at 3:53 PM.`, `at Nov 21st, 2026 3:53 PM.` when it is
 * another day, or `in 3 days 4 hours 12 minutes.` of older versions. Times of day are those of the machine it runs on.
 */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

const moment =
  /try again at (?:([a-z]{3})[a-z]* (\d{1,2})(?:st|nd|rd|th)?,? (\d{4}) )?(\d{1,2}):(\d{2})(?::\d{2})? ?([ap])\.?m/i
const span = /try again in ((?:about |less than )?(?:\d+ (?:day|hour|minute|second)s?(?:,? (?:and )?)?)+)/i

/** Milliseconds from `at` (epoch milliseconds) on; null where the sentence names no time that lies ahead. */
export const waitOf = (message: string, at: number, offsetMinutes: number): number | null =>
  untilMoment(message, at, offsetMinutes) ?? ofSpan(message)

const untilMoment = (message: string, at: number, offsetMinutes: number): number | null => {
  const found = moment.exec(message)
  if (found === null) return null
  const [, month, date, year, hours, minutes, half] = found
  const offset = offsetMinutes * minute
  // A minute is told without its seconds: it has to be over.
  const end =
    minute + (Number(hours) % 12) * hour + (half?.toLowerCase() === "p" ? 12 * hour : 0) + Number(minutes) * minute
  if (month !== undefined) {
    const number = String(months.indexOf(month.toLowerCase()) + 1).padStart(2, "0")
    const midnight = DateTime.make(`${year}-${number}-${date?.padStart(2, "0")}T00:00:00Z`)
    const wait = Option.map(midnight, ({ epochMillis }) => epochMillis + end - offset - at)
    return Option.getOrNull(Option.filter(wait, (ms) => ms > 0))
  }
  const local = at + offset
  const today = Math.floor(local / day) * day + end
  return (today > local ? today : today + day) - local
}

const ofSpan = (message: string): number | null => {
  const text = span.exec(message)?.[1]
  if (text === undefined) return null
  const counted = (unit: string): number => Number(new RegExp(`(\\d+) ${unit}`, "i").exec(text)?.[1] ?? 0)
  return day * counted("day") + hour * counted("hour") + minute * counted("minute") + second * counted("second")
}
