/**
 * A length of time in words: `20 minutes`, `about half an hour`, `an hour and a half`, `1h30m`, `5 to 10 min`.
 */
import { has, textAt } from "../grammar/Lead.ts"
import * as WordClass from "../grammar/WordClass.ts"
import type { Token } from "../prose/Token.ts"

export interface Duration {
  readonly ms: number
  /** Index of the token behind it. */
  readonly next: number
}

const minute = 60_000
const hour = 60 * minute

const units: ReadonlyMap<string, number> = new Map(
  (
    [
      [1000, "s sec secs second seconds"],
      [minute, "m min mins minute minutes"],
      [hour, "h hr hrs hour hours"],
      [24 * hour, "d day days"],
      [7 * 24 * hour, "w week weeks"]
    ] satisfies ReadonlyArray<readonly [number, string]>
  ).flatMap(([ms, words]) => words.split(" ").map((word) => [word, ms] as const))
)

const numbers: ReadonlyMap<string, number> = new Map(
  "zero one two three four five six seven eight nine ten eleven twelve".split(" ").map((word, count) => [word, count])
)
const tens: ReadonlyMap<string, number> = new Map([
  ["fifteen", 15],
  ["twenty", 20],
  ["thirty", 30],
  ["forty", 40],
  ["forty-five", 45],
  ["fifty", 50],
  ["sixty", 60],
  ["ninety", 90]
])

/** As many as people who say it mean at most. */
const few = 5

/** Words before a length of time that leave it what it is. */
const about: ReadonlySet<string> = new Set(
  "about another approximately around at ca fewer less maximum most next roughly than the under".split(" ")
)
const mostAbout = 3

/** A longer promise is none. */
const longest = 366 * 24 * hour

/** `20`, `1.5`, `5-10` (its end), `ten`. */
const numberAt = (tokens: ReadonlyArray<Token>, at: number): number | null => {
  const word = textAt(tokens, at)
  const known = numbers.get(word) ?? tens.get(word)
  if (known !== undefined) return known
  const written = /^(?:\d{1,6}(?:\.\d{1,3})?-)?(\d{1,6}(?:\.\d{1,3})?)$/.exec(word)?.[1]
  return written === undefined ? null : Number(written)
}

/** `20m`, `1h30m`, `90s`. */
const compact = (word: string): number | null => {
  if (!/^(?:\d{1,6}(?:\.\d{1,3})?[a-z]{1,7}){1,3}$/.test(word)) return null
  let ms = 0
  for (const [, count, unit = ""] of word.matchAll(/([\d.]+)([a-z]+)/g)) {
    const length = units.get(unit)
    if (length === undefined) return null
    ms += Number(count) * length
  }
  return ms
}

/** A number and what makes it another one: `5 to 10`, `5 or 6`, `5 – 10`. */
const countAt = (
  tokens: ReadonlyArray<Token>,
  at: number
): { readonly count: number; readonly next: number } | null => {
  const count = numberAt(tokens, at)
  if (count === null) return null
  const isRange = /^(?:to|or)$/.test(textAt(tokens, at + 1)) || tokens[at + 1]?.kind === "dash"
  const upper = isRange ? numberAt(tokens, at + 2) : null
  return upper === null ? { count, next: at + 1 } : { count: Math.max(count, upper), next: at + 3 }
}

/** `and a half`, `or two` behind `an hour`. */
const addition = (tokens: ReadonlyArray<Token>, at: number, unit: number): Duration | null => {
  const words = [0, 1, 2].map((index) => textAt(tokens, at + index)).join(" ")
  if (words === "and a half") return { ms: unit / 2, next: at + 3 }
  return words.startsWith("or two") ? { ms: unit, next: at + 2 } : null
}

const withUnit = (tokens: ReadonlyArray<Token>, count: number, at: number): Duration | null => {
  const skipped = /^(?:more|or|good|full)$/.test(textAt(tokens, at)) ? (textAt(tokens, at + 1) === "so" ? 2 : 1) : 0
  const unit = units.get(textAt(tokens, at + skipped))
  if (unit === undefined) return null
  const next = at + skipped + 1
  const more = count === 1 ? addition(tokens, next, unit) : null
  return more === null ? { ms: count * unit, next } : { ms: count * unit + more.ms, next: more.next }
}

const exact = (tokens: ReadonlyArray<Token>, at: number): Duration | null => {
  const joined = compact(textAt(tokens, at))
  if (joined !== null) return { ms: joined, next: at + 1 }
  const counted = countAt(tokens, at)
  if (counted !== null) return withUnit(tokens, counted.count, counted.next)
  switch (textAt(tokens, at)) {
    case "half":
      return has(tokens, at + 1, WordClass.Determiner) ? half(tokens, at + 2) : null
    case "few":
      return withUnit(tokens, few, at + 1)
    case "couple":
      return withUnit(tokens, 2, textAt(tokens, at + 1) === "of" ? at + 2 : at + 1)
    case "a":
      return /^(?:few|couple)$/.test(textAt(tokens, at + 1)) ? exact(tokens, at + 1) : withUnit(tokens, 1, at + 1)
    case "an":
      return withUnit(tokens, 1, at + 1)
    default:
      return /^(?:the|next)$/.test(textAt(tokens, at - 1)) ? withUnit(tokens, 1, at) : null
  }
}

const half = (tokens: ReadonlyArray<Token>, at: number): Duration | null => {
  const unit = units.get(textAt(tokens, at))
  return unit === undefined ? null : { ms: unit / 2, next: at + 1 }
}

/** The length of time that begins at a place, also behind `about` and the like; null where none does. */
export const duration = (tokens: ReadonlyArray<Token>, from: number): Duration | null => {
  for (let at = from; at <= from + mostAbout; at++) {
    const found = exact(tokens, at)
    if (found !== null) return found.ms <= longest ? found : null
    if (!about.has(textAt(tokens, at))) return null
  }
  return null
}
