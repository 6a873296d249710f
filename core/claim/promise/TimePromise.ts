/**
 * Until when a message promises something: `back in 20 minutes`, `by 5pm`, `within the hour`, `I'll merge it today`.
 *
 * What lies behind (`ran in 12 minutes`), what others will do, what is only possible and what is asked for promises
 * nothing.
 */
import type { ActionClaim, Span } from "../ActionClaim.ts"
import * as Doubt from "../doubt/Doubt.ts"
import { has, textAt } from "../grammar/Lead.ts"
import * as Opening from "../grammar/Opening.ts"
import * as WordClass from "../grammar/WordClass.ts"
import * as Lexicon from "../lexicon/Lexicon.ts"
import type { Token } from "../prose/Token.ts"
import { statements } from "../Statement.ts"
import { duration } from "./Duration.ts"
import { localTime, type Moment } from "./LocalTime.ts"

export interface TimePromise {
  /** Epoch milliseconds, after now. */
  readonly deadline: number
  /** The words that name it. */
  readonly span: Span
}

/** The last moment that a date can name (ECMA-262, time values). */
const lastMillisecond = 8.64e15
/** No clock is further from UTC, in minutes. */
const mostOffset = 24 * 60

/** Where a promise may be; everything else is not read. */
const hint = /\b(?:before|by|cob|eod|eow|eta|give|in|today|tonight|within)\b/gi

const sites = (text: string): ReadonlyArray<number> => Array.from(text.matchAll(hint), ({ index }) => index)

interface Time {
  readonly deadline: number
  /** Index of the token behind it. */
  readonly next: number
}

/** The time that is named at a place. */
const timeAt = (tokens: ReadonlyArray<Token>, at: number, moment: Moment): Time | null => {
  switch (textAt(tokens, at)) {
    case "in":
    case "within":
      return within(tokens, at + 1, moment)
    case "eta":
      return within(tokens, afterSign(tokens, at + 1), moment) ?? named(tokens, afterSign(tokens, at + 1), moment)
    case "give":
      return textAt(tokens, at + 1) === "me" ? within(tokens, at + 2, moment) : null
    case "by":
    case "before":
      return named(tokens, at + 1, moment)
    case "today":
    case "tonight":
    case "eod":
    case "eow":
    case "cob":
      return named(tokens, at, moment)
    default:
      return null
  }
}

/** `ETA: 10 minutes`, `ETA is 5pm`. */
const afterSign = (tokens: ReadonlyArray<Token>, at: number): number =>
  tokens[at]?.kind === "colon" || textAt(tokens, at) === "is" ? at + 1 : at

const within = (tokens: ReadonlyArray<Token>, at: number, { now }: Moment): Time | null => {
  const found = duration(tokens, at)
  return found === null || found.ms <= 0 ? null : { deadline: now + found.ms, next: found.next }
}

const named = (tokens: ReadonlyArray<Token>, at: number, moment: Moment): Time | null => {
  const found = localTime(tokens, at, moment)
  return found === null ? null : { deadline: found.at, next: found.next }
}

/** What a word says of the time beside it: that the agent promises it, that it does not, or nothing. */
type Cue = "ours" | "not ours" | "none"

/** Subjects that stand for what the agent does: `it will be back in a minute`. */
const ownSubjects: ReadonlySet<string> = new Set(["it", "this", "that", "everything", "all", "i", "we"])

const ownAuxiliary = /^(?:i'll|i'm|we'll|we're|it'll|this'll|that'll)$/

/** Announce a time without a verb where a clause begins: `back in 20 minutes`. */
const announcements: ReadonlySet<string> = new Set(["back", "ready", "eta", "gonna", "give"])

const isStart = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  tokens[at - 1]?.kind !== "word" || has(tokens, at - 1, WordClass.Coordinator | WordClass.Opener)

/** `I will be`, `we'll have it done` */
const neutral: ReadonlySet<string> = new Set(["be", "have", "i", "we"])

/** The verb of an action that is over. */
const isPast = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  !has(tokens, at, WordClass.Base) &&
  (has(tokens, at, WordClass.Past | WordClass.Participle) || /..ed$/.test(textAt(tokens, at)))

/** Of a token; `opening` is where the sentence comes to its point. */
const cueAt = (tokens: ReadonlyArray<Token>, at: number, opening: number): Cue => {
  const word = textAt(tokens, at)
  if (ownAuxiliary.test(word) || (word === "let" && textAt(tokens, at + 1) === "me")) return "ours"
  if (announcements.has(word) && isStart(tokens, at)) return "ours"
  if (at === opening && has(tokens, at, WordClass.Progressive)) return "ours"
  if (word === "will" || word === "am" || word === "are") {
    return isStart(tokens, at) || ownSubjects.has(textAt(tokens, at - 1)) ? "ours" : "not ours"
  }
  // Behind a determiner a word describes a noun: `the failed job`.
  if (neutral.has(word) || has(tokens, at - 1, WordClass.Determiner)) return "none"
  return has(tokens, at, WordClass.Finite | WordClass.Irrealis | WordClass.Subject) || isPast(tokens, at)
    ? "not ours"
    : "none"
}

/** Of each token: the nearest cue at or before it, or else the first one behind it, within its part of the sentence. */
const cues = (tokens: ReadonlyArray<Token>): ReadonlyArray<Cue> => {
  const opening = Opening.read(tokens).next
  const found: Array<Cue> = []
  let before: Cue = "none"
  for (const [at, { kind }] of tokens.entries()) {
    const cue = cueAt(tokens, at, opening)
    before = kind === "semicolon" || cue !== "none" ? cue : before
    found.push(before)
  }
  let behind: Cue = "none"
  for (let at = tokens.length - 1; at >= 0; at--) {
    if (tokens[at]?.kind === "semicolon") behind = "none"
    const cue = found[at]
    if (cue === undefined || cue === "none") found[at] = behind
    else behind = cueAt(tokens, at, opening) === "none" ? behind : cue
  }
  return found
}

const isMoment = ({ now, offsetMinutes }: Moment): boolean =>
  Math.abs(now) <= lastMillisecond && Math.abs(offsetMinutes) <= mostOffset

/** All times until when a message promises something, in order; none where `moment` is no moment. */
export const timePromises = (text: string, moment: Moment): ReadonlyArray<TimePromise> => {
  if (!isMoment(moment)) return []
  const found: Array<TimePromise> = []
  for (const { tokens } of statements(text, Lexicon.standard, sites(text))) addPromises(tokens, moment, found)
  return found
}

const addPromises = (tokens: ReadonlyArray<Token>, moment: Moment, found: Array<TimePromise>): void => {
  const said = cues(tokens)
  const isEarnest = Doubt.earnest(tokens)
  for (let at = 0; at < tokens.length; at++) {
    const time = timeAt(tokens, at, moment)
    const [first, last] = [tokens[at], tokens[(time?.next ?? 0) - 1]]
    if (time === null || first === undefined || last === undefined) continue
    if (said[at] === "ours" && isEarnest({ lead: at, first: at, verb: at, form: WordClass.Base })) {
      found.push({ deadline: time.deadline, span: [first.start, last.end] })
    }
    at = time.next - 1
  }
}

/** Until when a claim of that message is promised: the first time from its beginning on, else the last one before it. */
export const deadline = ({ span }: ActionClaim, promises: ReadonlyArray<TimePromise>): number | null =>
  (promises.find((promise) => promise.span[0] >= span[0]) ?? promises.at(-1))?.deadline ?? null
