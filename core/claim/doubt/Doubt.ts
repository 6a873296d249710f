/**
 * What makes a claim none though it has the form of one: conditions, other times than now, doubt, negation, and words
 * that report what somebody said. All of it is computed once for a sentence, in one pass forwards and one backwards.
 */
import { type Candidate, isCompleted } from "../grammar/Reading.ts"
import { has, textAt } from "../grammar/Lead.ts"
import * as Opening from "../grammar/Opening.ts"
import * as WordClass from "../grammar/WordClass.ts"
import type { Token } from "../prose/Token.ts"

/** Depends on something, or is for later: no claim of the future. */
const conditioned = 1 << 0
/** Perhaps so: no claim at all. */
const hedged = 1 << 1
/** Denied, or only thought or possible, in this clause. */
const unreal = 1 << 2
/** A verb of saying stands right before. */
const reported = 1 << 3
/** A condition, another time or a doubt follows in the sentence. */
const conditionFollows = 1 << 4

/** What a sentence begins with that asks for something. */
const orders: ReadonlySet<string> = new Set(
  (
    "add answer approve ask call check choose comment confirm decide drop fill get give grant hand leave let " +
    "look make mark message mention paste pick ping please point post provide react reply review run say send set " +
    "share show sign tell try type unlock upload want wait write"
  ).split(" ")
)

const weekdays = /^(?:mon|tues|wednes|thurs|fri|satur|sun)days?$/
const periods = /^(?:week|month|year|time|sprint|release|quarter|iteration|round)$/

/** `once more`, `at once`, `see if it works`, `just in case` make nothing depend on anything. */
const isCondition = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  if (!has(tokens, at, WordClass.Cue)) return false
  const next = textAt(tokens, at + 1)
  switch (textAt(tokens, at)) {
    case "once":
      return next !== "more" && next !== "again" && next !== "and" && textAt(tokens, at - 1) !== "at"
    case "if":
      return !isAsked(tokens, at) && textAt(tokens, at - 1) !== "as"
    case "when":
      return !isAsked(tokens, at)
    case "after":
      return next !== "that" && next !== "this" && next !== "which" && next !== "all"
    case "provided":
      return next === "that"
    case "soon":
      return next === "as" && textAt(tokens, at + 2) !== "possible"
    case "time":
    case "times":
      return textAt(tokens, at - 1) === "every" || textAt(tokens, at - 1) === "each"
    case "case":
      return textAt(tokens, at - 1) === "in" && textAt(tokens, at - 2) !== "just" && next !== ""
    case "should":
      return at === 0
    default:
      return has(tokens, at, WordClass.Conditional)
  }
}

/** `see if`, `tell me when`; but a check may run `if` something holds. */
const isAsked = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  const verb = textAt(tokens, at - 1) === "me" ? at - 2 : at - 1
  return has(tokens, verb, WordClass.Inquiry) && !has(tokens, verb - 1, WordClass.Determiner)
}

const isOtherTime = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  if (!has(tokens, at, WordClass.Cue)) return false
  const next = textAt(tokens, at + 1)
  switch (textAt(tokens, at)) {
    case "next":
      return periods.test(next) || weekdays.test(next)
    case "some":
    case "another":
      return next === "day" || next === "time" || next === "other"
    case "on":
      return weekdays.test(next) || (textAt(tokens, at - 1) === "now" && textAt(tokens, at - 2) === "from")
    case "future":
      return textAt(tokens, at - 1) === "in" || textAt(tokens, at - 2) === "in"
    case "follow-up":
    case "followup":
      return textAt(tokens, at - 2) === "in"
    // `by tomorrow` is a deadline, and near enough.
    case "tomorrow":
      return textAt(tokens, at - 1) !== "by" && textAt(tokens, at - 1) !== "before"
    default:
      return has(tokens, at, WordClass.Deferral)
  }
}

/** `as you said` and `since you asked` report nothing: what follows is the agent's own. */
const isSaying = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  has(tokens, at, WordClass.Speech) &&
  ![1, 2, 3].some((back) => /^(?:as|since|because)$/.test(textAt(tokens, at - back)))

/** What is in force before each token. */
const forwards = (tokens: ReadonlyArray<Token>, flags: Array<number>): void => {
  let now = 0
  for (const [at, { kind, word }] of tokens.entries()) {
    const { classes } = word
    flags.push(now)
    if (kind === "semicolon") now = 0
    else if (kind !== "word") now &= kind === "opaque" ? now : ~unreal
    else if (classes === 0) now &= isName(tokens, at) ? now : ~reported
    else now = afterWord(tokens, at, classes, now)
  }
}

const afterWord = (tokens: ReadonlyArray<Token>, at: number, classes: number, before: number): number => {
  let now = before
  if ((classes & WordClass.Carrier) === 0) now &= ~reported
  if ((classes & (WordClass.Coordinator | WordClass.Subordinator)) !== 0) now &= ~unreal
  if ((classes & WordClass.Irrealis) !== 0) now |= unreal
  if ((classes & WordClass.Perhaps) !== 0) now |= hedged
  if (isSaying(tokens, at)) now |= reported
  if ((classes & WordClass.Cue) === 0) return now
  if (isAccordingTo(tokens, at)) now |= hedged
  if (isOtherTime(tokens, at)) now |= conditioned
  if (isCondition(tokens, at)) now |= alwaysDoubtful.has(textAt(tokens, at)) ? conditioned | hedged : conditioned
  return now
}

/** Conditions also for what is already done: `if I pushed it`. `When it failed, I reverted it` is a report. */
const alwaysDoubtful: ReadonlySet<string> = new Set(["if", "unless", "otherwise"])

/**
 * Whether so far a sentence has only asked for something or named it: `say the word and I'll push it` promises as little
 * as `if you say the word, I'll push it`. It looks back to the last `I`, which stands where it looked before.
 */
const isOffered = (tokens: ReadonlyArray<Token>, lead: number): boolean => {
  let isStatement = false
  for (let at = lead - 1; at >= 0 && tokens[at]?.kind !== "semicolon"; at--) {
    if (has(tokens, at, WordClass.FirstPerson) || isOwnDecision(tokens, at)) return false
    isStatement ||= has(tokens, at, WordClass.Finite | WordClass.Speech) || /..ed$/.test(textAt(tokens, at))
  }
  const opening = Opening.read(tokens).next
  // `Then I'll merge` adds to nothing in this sentence.
  return lead > Math.max(opening, 1) && (!isStatement || orders.has(textAt(tokens, opening)))
}

/** `let me push it`, but not `let me know`. */
const isOwnDecision = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  textAt(tokens, at) === "let" && textAt(tokens, at + 1) === "me" && textAt(tokens, at + 2) !== "know"

/** A name right behind a verb of saying is who was told. */
const isName = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  tokens[at]?.word.classes === 0 && has(tokens, at - 1, WordClass.Speech)

const isAccordingTo = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  textAt(tokens, at) === "according" && textAt(tokens, at + 1) === "to"

/** `not now`, `not yet`. */
const isRefusal = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  textAt(tokens, at) === "not" && /^(?:now|yet|today|anymore|really)$/.test(textAt(tokens, at + 1))

/** What follows each token in its part of the sentence. What `and` or `but` introduces is another clause's condition. */
const backwards = (tokens: ReadonlyArray<Token>, flags: Array<number>): void => {
  let follows = 0
  for (let at = tokens.length - 1; at >= 0; at--) {
    if (tokens[at]?.kind === "semicolon") follows = 0
    const before = flags[at]
    if (before !== undefined && follows !== 0) flags[at] = before | follows
    if (!has(tokens, at, WordClass.Cue | WordClass.Perhaps)) continue
    const isOwn = !has(tokens, at - 1, WordClass.Coordinator)
    if (
      (isOwn && isCondition(tokens, at)) ||
      isOtherTime(tokens, at) ||
      isRefusal(tokens, at) ||
      has(tokens, at, WordClass.Perhaps)
    ) {
      follows = conditionFollows
    }
  }
}

/** `…, said Bob` and `…, she wrote` at the end of a sentence. */
const isSaidBySomebody = (tokens: ReadonlyArray<Token>): boolean => {
  const last = tokens.length - 1
  let first = last
  while (first > last - longestAttribution && tokens[first - 1]?.kind === "word") first--
  const kind = tokens[first - 1]?.kind
  if (first === last || (kind !== "comma" && kind !== "dash") || notAttributed.has(textAt(tokens, first))) return false
  return has(tokens, first, WordClass.Speech) || has(tokens, last, WordClass.Speech)
}

/** Words of `said the new reviewer`. */
const longestAttribution = 4

/** With these `…, as you said` begins and `…, which says`. */
const notAttributed: ReadonlySet<string> = new Set(["and", "as", "but", "like", "so", "that", "which"])

/** `and`, `or` and `then` join an offer to what is asked for. */
const isAdded = (tokens: ReadonlyArray<Token>, lead: number): boolean =>
  has(tokens, lead - 1, WordClass.Coordinator) && /^(?:and|or|then)$/.test(textAt(tokens, lead - 1))

/** Tells of each candidate of a sentence whether it is one in earnest. */
export const earnest = (tokens: ReadonlyArray<Token>): ((candidate: Candidate) => boolean) => {
  const flags: Array<number> = []
  forwards(tokens, flags)
  backwards(tokens, flags)
  const isSaid = isSaidBySomebody(tokens)
  return (candidate) => {
    const { lead, verb } = candidate
    if (isSaid || has(tokens, lead - 1, WordClass.Background)) return false
    const before = flags[lead]
    if (before === undefined || (before & (hedged | unreal | reported)) !== 0) return false
    if (isAdded(tokens, lead) && isOffered(tokens, lead)) return false
    // `Have I pushed it`: an auxiliary before its subject asks.
    if (isCompleted(candidate)) return !has(tokens, lead - 1, WordClass.Auxiliary)
    const around = flags[verb]
    return (before & conditioned) === 0 && around !== undefined && (around & conditionFollows) === 0
  }
}
