/**
 * What comes before a claimed verb when its subject is said: `I'll now`, `we are going to`, `let me`, `I have just`.
 */
import type { Token } from "../prose/Token.ts"
import * as WordClass from "./WordClass.ts"

export interface Lead {
  /** The form that must follow, one of WordClass. */
  readonly form: number
  /** Index of the token that must have it. */
  readonly verb: number
}

/** More adverbs in a row than that are not written. */
const mostAdverbs = 2

/** `go ahead and`, in every tense. */
const encouragement: ReadonlySet<string> = new Set(["go", "going", "went", "gone"])

export const textAt = (tokens: ReadonlyArray<Token>, index: number): string => tokens[index]?.text ?? ""

export const has = (tokens: ReadonlyArray<Token>, index: number, classes: number): boolean =>
  ((tokens[index]?.classes ?? 0) & classes) !== 0

/** The index behind the adverbs at a place. */
export const afterAdverbs = (tokens: ReadonlyArray<Token>, index: number): number => {
  let at = index
  for (let count = 0; count < mostAdverbs && has(tokens, at, WordClass.Adverb); count++) {
    if (encouragement.has(textAt(tokens, at))) {
      if (textAt(tokens, at + 1) !== "ahead" || textAt(tokens, at + 2) !== "and") break
      at += 3
    } else if (has(tokens, at, WordClass.Form) && tokens[at]?.verb !== null) break
    else at++
  }
  return at
}

/** What `will` or `I'll` asks for: a verb, or `be restarting`. */
const afterWill = (tokens: ReadonlyArray<Token>, index: number): Lead => {
  const verb = afterAdverbs(tokens, index)
  return textAt(tokens, verb) === "be"
    ? { form: WordClass.Progressive, verb: afterAdverbs(tokens, verb + 1) }
    : { form: WordClass.Base, verb }
}

/** What `am`, `are` or `I'm` asks for: a participle, or `going to restart` and `about to restart`. */
const afterBe = (tokens: ReadonlyArray<Token>, index: number): Lead => {
  const at = afterAdverbs(tokens, index)
  return intention(tokens, at) ?? { form: WordClass.Progressive, verb: at }
}

/** `going to`, `about to`, `gonna`. */
export const intention = (tokens: ReadonlyArray<Token>, at: number): Lead | null => {
  const word = textAt(tokens, at)
  if (word === "gonna") return { form: WordClass.Base, verb: afterAdverbs(tokens, at + 1) }
  return (word === "going" || word === "about") && textAt(tokens, at + 1) === "to"
    ? { form: WordClass.Base, verb: afterAdverbs(tokens, at + 2) }
    : null
}

/** `will`, `going to`, `about to` and `gonna`, for a sentence that leaves its subject out. */
export const withoutSubject = (tokens: ReadonlyArray<Token>, at: number): Lead | null =>
  textAt(tokens, at) === "will" ? afterWill(tokens, at + 1) : intention(tokens, at)

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
      return afterWill(tokens, at + 1)
    case "i'm":
    case "we're":
      return afterBe(tokens, at + 1)
    case "i've":
    case "we've":
      return { form: WordClass.Participle, verb: afterAdverbs(tokens, at + 1) }
    case "i":
    case "we":
      return afterSubject(tokens, at)
    case "let":
      return textAt(tokens, at + 1) === "me" && isOwnDecision(tokens, at)
        ? { form: WordClass.Base, verb: afterAdverbs(tokens, at + 2) }
        : null
    default:
      return null
  }
}

const afterSubject = (tokens: ReadonlyArray<Token>, at: number): Lead => {
  const next = afterAdverbs(tokens, at + 1)
  switch (textAt(tokens, next)) {
    case "will":
      return afterWill(tokens, next + 1)
    case "am":
    case "are":
      return afterBe(tokens, next + 1)
    case "have":
      return { form: WordClass.Participle, verb: afterAdverbs(tokens, next + 1) }
    default:
      return { form: WordClass.Past, verb: next }
  }
}
