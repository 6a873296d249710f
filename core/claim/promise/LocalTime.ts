/**
 * A time of day or a day in words, as the next moment it names: `5pm`, `17:30`, `noon`, `end of day`, `Friday`.
 */
import { textAt } from "../grammar/Lead.ts"
import type { Token } from "../prose/Token.ts"

/** When a message was written. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number
  /** Minutes by which the writer's clock is ahead of UTC; 120 in Berlin in summer. */
  readonly offsetMinutes: number
}

export interface Named {
  /** Epoch milliseconds. */
  readonly at: number
  /** Index of the token behind it. */
  readonly next: number
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** The first of January 1970 was a Thursday; a week here ends on Sunday (ISO 8601). */
const epochWeekday = 3
const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
const lastWeekday = 6

/** Milliseconds from midnight to the end of a part of the day. */
const parts: ReadonlyMap<string, number> = new Map([
  ["morning", 12 * hour],
  ["noon", 12 * hour],
  ["midday", 12 * hour],
  ["afternoon", 18 * hour],
  ["evening", day],
  ["night", day]
])

/** Midnight at the beginning of the writer's day. */
const midnight = ({ now, offsetMinutes }: Moment): number => {
  const local = now + offsetMinutes * minute
  return local - (((local % day) + day) % day) - offsetMinutes * minute
}

/** The end of the day that many days from now. */
const endOfDay = (moment: Moment, days: number): number => midnight(moment) + (days + 1) * day

const weekdayOf = (moment: Moment): number => {
  const days = Math.round((midnight(moment) + moment.offsetMinutes * minute) / day)
  return (((days + epochWeekday) % 7) + 7) % 7
}

/** The next of these times of day, in milliseconds from midnight. */
const nextTime = (moment: Moment, times: ReadonlyArray<number>): number => {
  const first = midnight(moment)
  const coming = [...times, ...times.map((time) => time + day)].map((time) => first + time)
  return Math.min(...coming.filter((at) => at > moment.now))
}

/** `5pm`, `5:30 pm`, `17:30`, `5 o'clock`: the times of day it may mean, and how many tokens it takes. */
const clock = (
  tokens: ReadonlyArray<Token>,
  at: number
): { readonly times: ReadonlyArray<number>; readonly length: number } | null => {
  const found = /^(\d{1,2})(?::(\d{2}))?(am|pm|a\.m|p\.m)?$/.exec(textAt(tokens, at))
  if (found === null) return null
  const hours = Number(found[1])
  const minutes = Number(found[2] ?? 0)
  if (hours > 24 || minutes > 59) return null
  const behind = textAt(tokens, at + 1)
  const isBehind = found[3] === undefined && /^(?:am|pm|a\.m|p\.m)$/.test(behind)
  const half = found[3] ?? (isBehind ? behind : undefined)
  const isOClock = behind === "o'clock"
  const length = isBehind || isOClock ? 2 : 1
  const time = hours * hour + minutes * minute
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return null
    return { times: [(hours % 12) * hour + minutes * minute + (half.startsWith("p") ? day / 2 : 0)], length }
  }
  // A bare number is no time of day; before noon a clock may mean either half.
  if (found[2] === undefined && !isOClock) return null
  return { times: hours >= 1 && hours < 12 ? [time, time + day / 2] : [hours === 12 ? time : time % day], length }
}

const utc = /^(?:utc|gmt|z)$/
/** Other zones are not known here, and a guess would be a wrong deadline. */
const zone = /^(?:[ecmp][sd]?t|bst|cest|cet|eest|eet|ist|jst|aest|aedt|msk|sgt)$/

const timeOfDay = (tokens: ReadonlyArray<Token>, at: number, moment: Moment): Named | null => {
  const word = textAt(tokens, at)
  if (word === "noon" || word === "midday") return { at: nextTime(moment, [12 * hour]), next: at + 1 }
  if (word === "midnight") return { at: endOfDay(moment, 0), next: at + 1 }
  const found = clock(tokens, at)
  if (found === null) return null
  const next = at + found.length
  const behind = textAt(tokens, next)
  if (zone.test(behind)) return null
  return utc.test(behind)
    ? { at: nextTime({ ...moment, offsetMinutes: 0 }, found.times), next: next + 1 }
    : { at: nextTime(moment, found.times), next }
}

/** The end of a day, or of a part of it that is still to come. */
const endOf = (tokens: ReadonlyArray<Token>, at: number, moment: Moment, days: number): Named => {
  const part = parts.get(textAt(tokens, at))
  const end = part === undefined ? endOfDay(moment, days) : endOfDay(moment, days - 1) + part
  return { at: end > moment.now ? end : endOfDay(moment, days), next: part === undefined ? at : at + 1 }
}

const periods: ReadonlyMap<string, "day" | "week"> = new Map([
  ["eod", "day"],
  ["cob", "day"],
  ["eob", "day"],
  ["eow", "week"],
  ["day", "day"],
  ["today", "day"],
  ["business", "day"],
  ["week", "week"]
])

/** `end of day`, `the end of the week`, `EOD`, `close of business`. */
const endOfPeriod = (tokens: ReadonlyArray<Token>, from: number, moment: Moment): Named | null => {
  const word = textAt(tokens, from)
  const isPhrase = (word === "end" || word === "close") && textAt(tokens, from + 1) === "of"
  const article = isPhrase && /^(?:the|this|my|today's)$/.test(textAt(tokens, from + 2)) ? 1 : 0
  const at = isPhrase ? from + 2 + article : from
  const period = isPhrase || /^(?:eod|cob|eob|eow)$/.test(word) ? periods.get(textAt(tokens, at)) : undefined
  if (period === undefined) return null
  const days = period === "day" ? 0 : lastWeekday - weekdayOf(moment)
  return { at: endOfDay(moment, days), next: at + 1 }
}

/** A day by its name, to its end. */
const namedDay = (tokens: ReadonlyArray<Token>, at: number, moment: Moment): Named | null => {
  switch (textAt(tokens, at)) {
    case "today":
      return { at: endOfDay(moment, 0), next: at + 1 }
    case "tonight":
      return { at: endOfDay(moment, 0), next: at + 1 }
    case "this":
      return parts.has(textAt(tokens, at + 1)) ? endOf(tokens, at + 1, moment, 0) : null
    case "tomorrow":
      return endOf(tokens, at + 1, moment, 1)
    default: {
      const weekday = weekdays.indexOf(textAt(tokens, at))
      return weekday < 0 ? null : endOf(tokens, at + 1, moment, (weekday - weekdayOf(moment) + 7) % 7)
    }
  }
}

/** The moment that is named at a place, always after now; null where none is. */
export const localTime = (tokens: ReadonlyArray<Token>, from: number, moment: Moment): Named | null => {
  const at = textAt(tokens, from) === "the" ? from + 1 : from
  return endOfPeriod(tokens, at, moment) ?? namedDay(tokens, at, moment) ?? timeOfDay(tokens, at, moment)
}
