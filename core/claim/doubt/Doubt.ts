/**
 * What makes a claim none though it has the form of one: conditions, other times than now, doubt, negation, and words
 * that report what somebody said. All of it is computed once for a sentence, in one pass forwards and one backwards.
 */
import { type Candidate, isCompleted } from "../grammar/Reading.ts"
import { has, textAt } from "../grammar/Lead.ts"
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

const weekdays = /^(?:mon|tues|wednes|thurs|fri|satur|sun)days?$/
const periods = /^(?:week|month|year|time|sprint|release|quarter|iteration|round)$/

/** `once more`, `at once`, `see if it works`, `just in case` make nothing depend on anything. */
const isCondition = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  const word = textAt(tokens, at)
  const next = textAt(tokens, at + 1)
  switch (word) {
    case "once":
      return next !== "more" && next !== "again" && next !== "and" && textAt(tokens, at - 1) !== "at"
    case "if":
      return !has(tokens, at - 1, WordClass.Inquiry) && textAt(tokens, at - 1) !== "as"
    case "when":
      return !has(tokens, at - 1, WordClass.Inquiry)
    case "after":
      return next !== "that" && next !== "this" && next !== "which" && next !== "all"
    case "provided":
    case "assuming":
      return next === "that" || word === "assuming"
    case "soon":
      return next === "as"
    case "case":
      return textAt(tokens, at - 1) === "in" && textAt(tokens, at - 2) !== "just" && next !== ""
    case "should":
      return at === 0
    default:
      return has(tokens, at, WordClass.Conditional)
  }
}

const isOtherTime = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  const next = textAt(tokens, at + 1)
  switch (textAt(tokens, at)) {
    case "next":
      return periods.test(next) || weekdays.test(next)
    case "some":
    case "another":
      return next === "day" || next === "time" || next === "other"
    case "on":
    case "until":
      return weekdays.test(next)
    default:
      return has(tokens, at, WordClass.Deferral)
  }
}

/** `as you said` reports nothing: what follows is the agent's own. */
const isSaying = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  has(tokens, at, WordClass.Speech) && ![1, 2, 3].some((back) => textAt(tokens, at - back) === "as")

/** What is in force before each token. */
const forwards = (tokens: ReadonlyArray<Token>, flags: Uint8Array): void => {
  let now = 0
  for (let at = 0; at < tokens.length; at++) {
    flags[at] = now
    const { classes, kind } = tokens[at] ?? { classes: 0, kind: "semicolon" }
    if (kind === "semicolon") {
      now = 0
      continue
    }
    if (kind !== "word") {
      if (kind !== "opaque") now &= ~unreal
      continue
    }
    if ((classes & WordClass.Carrier) === 0 && !isName(tokens, at)) now &= ~reported
    if ((classes & (WordClass.Coordinator | WordClass.Subordinator)) !== 0) now &= ~unreal
    if ((classes & WordClass.Irrealis) !== 0) now |= unreal
    if ((classes & WordClass.Perhaps) !== 0 || isAccordingTo(tokens, at)) now |= hedged
    if (isSaying(tokens, at)) now |= reported
    if (isOtherTime(tokens, at)) now |= conditioned
    if (isCondition(tokens, at)) now |= has(tokens, at, WordClass.Conditional) && /^(?:if|unless|otherwise)$/.test(textAt(tokens, at)) ? conditioned | hedged : conditioned
  }
}

/** A name right behind a verb of saying is who was told. */
const isName = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  tokens[at]?.classes === 0 && has(tokens, at - 1, WordClass.Speech)

const isAccordingTo = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  textAt(tokens, at) === "according" && textAt(tokens, at + 1) === "to"

/** `not now`, `not yet`. */
const isRefusal = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  textAt(tokens, at) === "not" && /^(?:now|yet|today|anymore|really)$/.test(textAt(tokens, at + 1))

/** What follows each token in its part of the sentence. What `and` or `but` introduces is another clause's condition. */
const backwards = (tokens: ReadonlyArray<Token>, flags: Uint8Array): void => {
  let follows = 0
  for (let at = tokens.length - 1; at >= 0; at--) {
    if (tokens[at]?.kind === "semicolon") follows = 0
    const isOwn = !has(tokens, at - 1, WordClass.Coordinator)
    flags[at] = (flags[at] ?? 0) | follows
    if (tokens[at]?.kind !== "word") continue
    if (
      (isOwn && isCondition(tokens, at)) ||
      isOtherTime(tokens, at) ||
      has(tokens, at, WordClass.Perhaps) ||
      isRefusal(tokens, at)
    ) {
      follows = conditionFollows
    }
  }
}

/** `…, said Bob` and `…, she wrote` at the end of a sentence. */
const isSaidBySomebody = (tokens: ReadonlyArray<Token>): boolean => {
  const comma = tokens.findLastIndex(({ kind }) => kind === "comma" || kind === "dash")
  const length = tokens.length - 1 - comma
  if (comma < 0 || length < 2 || length > 4) return false
  if (/^(?:as|like|and|that|which|so|but)$/.test(textAt(tokens, comma + 1))) return false
  return has(tokens, comma + 1, WordClass.Speech) || has(tokens, tokens.length - 1, WordClass.Speech)
}

/** Tells of each candidate of a sentence whether it is one in earnest. */
export const earnest = (tokens: ReadonlyArray<Token>): ((candidate: Candidate) => boolean) => {
  const flags = new Uint8Array(tokens.length)
  forwards(tokens, flags)
  backwards(tokens, flags)
  const isSaid = isSaidBySomebody(tokens)
  return (candidate) => {
    const { lead, verb } = candidate
    if (isSaid || has(tokens, lead - 1, WordClass.Background)) return false
    const before = flags[lead] ?? 0
    if ((before & (hedged | unreal | reported)) !== 0) return false
    // `Have I pushed it`: an auxiliary before its subject asks.
    if (isCompleted(candidate)) return !has(tokens, lead - 1, WordClass.Finite)
    return (before & conditioned) === 0 && ((flags[verb] ?? 0) & conditionFollows) === 0
  }
}
