/**
 * What must stand behind a verb that begins a sentence, so that it reports something: `Restarting it`, `Pushing to
 * main`, `Pushed the change`.
 */
import type { Token } from "../prose/Token.ts"
import { has, textAt } from "./Lead.ts"
import * as Predicate from "./Predicate.ts"
import * as WordClass from "./WordClass.ts"

const isNoun = (token: Token | undefined): boolean => token?.kind === "word" || token?.kind === "opaque"

/** `12`, `#12`, `v1.2`. */
const isNumber = (word: string): boolean => /^(?:#|v?)\d/.test(word)

/** `feature-x`, `origin/main`, `eu-west-1`, `v2`. */
const isName = (word: string): boolean => /\d|[a-z][-/_.]/.test(word)

const isPhrase = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  has(tokens, at, WordClass.Determiner) && isNoun(tokens[at + 1])

const directions: ReadonlySet<string> = new Set(["to", "onto", "on", "into", "from", "in"])

/** `to main`, `onto origin/main`, `to the fork`. */
const isDirection = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  const next = tokens[at + 1]
  return (
    directions.has(textAt(tokens, at)) &&
    (next?.kind === "opaque" ||
      has(tokens, at + 1, WordClass.Target) ||
      isPhrase(tokens, at + 1) ||
      isName(textAt(tokens, at + 1)))
  )
}

/** Something definite: `it`, `the server`, `3 commits`, `PR #12`, `nginx now`, or a name in code marks. */
const isDefinite = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  tokens[at]?.kind === "opaque" ||
  has(tokens, at, WordClass.Pronoun) ||
  isPhrase(tokens, at) ||
  isNumber(textAt(tokens, at)) ||
  (isNoun(tokens[at]) && (isNumber(textAt(tokens, at + 1)) || tokens[at + 1]?.kind === "opaque"))

const isOver = (tokens: ReadonlyArray<Token>, at: number): boolean => !isNoun(tokens[at])

/** Whether the participle at a place, which begins a sentence, reports what is being done. */
export const ofParticiple = (tokens: ReadonlyArray<Token>, verb: number, isAnswer: boolean): boolean => {
  const at = verb + 1
  if (isOver(tokens, at)) return isAnswer && at >= tokens.length
  const isNow = (index: number): boolean => textAt(tokens, index) === "now" && isOver(tokens, index + 1)
  const isReport =
    textAt(tokens, at) === "now" ||
    isDefinite(tokens, at) ||
    isDirection(tokens, at) ||
    (isPlainNoun(tokens, at) && (isNow(at + 1) || (isPlainNoun(tokens, at + 1) && isNow(at + 2))))
  return isReport && !Predicate.follows(tokens, at)
}

const isPlainNoun = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  tokens[at]?.kind === "word" && tokens[at]?.word.classes === 0

const manner: ReadonlySet<string> = new Set(["with", "in", "at", "as", "via", "again", "back"])

/** Whether the past form at a place, which begins a sentence, reports what was done; `by` would make it passive. */
export const ofPast = (tokens: ReadonlyArray<Token>, verb: number): boolean => {
  const at = verb + 1
  // `Fixed: the parser` is a heading.
  if (tokens[at]?.kind === "colon" && at + 1 < tokens.length) return false
  if (isOver(tokens, at) || isDefinite(tokens, at)) return true
  if (directions.has(textAt(tokens, at)) || manner.has(textAt(tokens, at))) return isNoun(tokens[at + 1])
  if (has(tokens, at, WordClass.Manner | WordClass.Coordinator)) return true
  // One bare noun may be an object, `Restarted nginx.`; of several the first is rather said to be so: `Merged branches stay.`
  return (
    isPlainNoun(tokens, at) &&
    (isOver(tokens, at + 1) || has(tokens, at + 1, WordClass.Preposition | WordClass.Coordinator | WordClass.Manner)) &&
    !Predicate.follows(tokens, at)
  )
}
