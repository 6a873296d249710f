/**
 * What comes before a claimed verb when its subject is said: `I'll now`, `we are going to`, `let me`, `I have just`.
 */
import type { Action } from "../lexicon/Lexicon.ts"
import { type Token, textOf } from "../prose/Token.ts"
import * as WordClass from "./WordClass.ts"

export interface Lead {
  /** Index of its first token. */
  readonly at: number
  /** The form that must follow, one of WordClass. */
  readonly form: number
  /** Index of the token that must have it. */
  readonly verb: number
}

/** More adverbs in a row than that are not written. */
const mostAdverbs = 2

/** `go ahead and`, in every tense. */
const encouragement: ReadonlySet<string> = new Set(["go", "going", "went", "gone"])

export const textAt = (tokens: ReadonlyArray<Token>, index: number): string => {
  const token = tokens[index]
  return token === undefined ? "" : textOf(token)
}

/** Whether the token at a place is a word of one of these classes. */
export const has = (tokens: ReadonlyArray<Token>, index: number, classes: number): boolean => {
  const token = tokens[index]
  return token !== undefined && (token.word.classes & classes) !== 0
}

/** The claimed verb that the token at a place is a form of; null if it is none. */
export const actionAt = (tokens: ReadonlyArray<Token>, index: number): Action | null =>
  tokens[index]?.word.action ?? null

/** The index behind the adverbs at a place. */
export const afterAdverbs = (tokens: ReadonlyArray<Token>, index: number): number => {
  let at = index
  for (let count = 0; count < mostAdverbs && has(tokens, at, WordClass.Adverb); count++) {
    if (encouragement.has(textAt(tokens, at))) {
      if (textAt(tokens, at + 1) !== "ahead" || textAt(tokens, at + 2) !== "and") break
      at += 3
    } else if (has(tokens, at, WordClass.Form) && actionAt(tokens, at) !== null) break
    else at++
  }
  return at
}

/** What `will` or `I'll` asks for: a verb, or `be restarting`. */
const afterWill = (tokens: ReadonlyArray<Token>, at: number, index: number): Lead => {
  const verb = afterAdverbs(tokens, index)
  return textAt(tokens, verb) === "be"
    ? { at, form: WordClass.Progressive, verb: afterAdverbs(tokens, verb + 1) }
    : { at, form: WordClass.Base, verb }
}

/** What `am`, `are` or `I'm` asks for: a participle, or `going to restart` and `about to restart`. */
const afterBe = (tokens: ReadonlyArray<Token>, at: number, index: number): Lead => {
  const verb = afterAdverbs(tokens, index)
  return intention(tokens, at, verb) ?? { at, form: WordClass.Progressive, verb }
}

/** `going to`, `about to`, `gonna`. */
const intention = (tokens: ReadonlyArray<Token>, at: number, index: number): Lead | null => {
  const word = textAt(tokens, index)
  if (word === "gonna") return { at, form: WordClass.Base, verb: afterAdverbs(tokens, index + 1) }
  return (word === "going" || word === "about") && textAt(tokens, index + 1) === "to"
    ? { at, form: WordClass.Base, verb: afterAdverbs(tokens, index + 2) }
    : null
}

/** `will`, `going to`, `about to` and `gonna`, for a sentence that leaves its subject out. */
export const withoutSubject = (tokens: ReadonlyArray<Token>, at: number): Lead | null =>
  textAt(tokens, at) === "will" ? afterWill(tokens, at, at + 1) : intention(tokens, at, at)

/** After what `let me` is no request to be let. */
const isOwnDecision = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  at === 0 ||
  tokens[at - 1]?.kind !== "word" ||
  has(tokens, at - 1, WordClass.Coordinator | WordClass.Adverb) ||
  /^(?:ok|okay|yes|sure|here|alright)$/.test(textAt(tokens, at - 1))

/** The lead that begins at a place, or null. */
export const match = (tokens: ReadonlyArray<Token>, at: number): Lead | null => {
  if (!has(tokens, at, WordClass.Lead)) return null
  switch (textAt(tokens, at)) {
    case "i'll":
    case "we'll":
      return afterWill(tokens, at, at + 1)
    case "i'm":
    case "we're":
      return afterBe(tokens, at, at + 1)
    case "i've":
    case "we've":
      return { at, form: WordClass.Participle, verb: afterAdverbs(tokens, at + 1) }
    case "i":
    case "we":
      return afterSubject(tokens, at)
    // `let`
    default:
      return textAt(tokens, at + 1) === "me" && isOwnDecision(tokens, at)
        ? { at, form: WordClass.Base, verb: afterAdverbs(tokens, at + 2) }
        : null
  }
}

const afterSubject = (tokens: ReadonlyArray<Token>, at: number): Lead => {
  const next = afterAdverbs(tokens, at + 1)
  switch (textAt(tokens, next)) {
    case "will":
      return afterWill(tokens, at, next + 1)
    case "am":
    case "are":
      return afterBe(tokens, at, next + 1)
    case "have":
      return { at, form: WordClass.Participle, verb: afterAdverbs(tokens, next + 1) }
    default:
      return { at, form: WordClass.Past, verb: next }
  }
}
