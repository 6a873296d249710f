/**
 * What a verb is done to: the noun phrase behind it.
 */
import type { Span } from "../ActionClaim.ts"
import type { Token } from "../prose/Token.ts"
import { has, textAt } from "./Lead.ts"
import * as WordClass from "./WordClass.ts"

/** Longer phrases are cut: what names a thing stands at their beginning. */
const mostWords = 12

/** Directly behind a verb they belong to it: `push up the branch`. */
const particles: ReadonlySet<string> = new Set(["up", "out", "down", "over"])

/** Prepositions beside `of` whose phrase may belong to the noun before: `the bug in the parser`. */
const attributive: ReadonlySet<string> = new Set(["in", "for"])

/** After `in` and `for` these tell of time or purpose, not of a thing. */
const timely =
  /^(?:now|good|real|you|me|us|a|an|one|two|three|five|ten|half|\d.*|moment|about|roughly|around|case|order|sure|every|parallel|turn)$/

/** What may be between a verb without a direct object and what it is done to: `push to main`. */
const towards: ReadonlySet<string> = new Set(["to", "onto", "on", "into", "from"])

const isStop = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  has(
    tokens,
    at,
    WordClass.Preposition |
      WordClass.Coordinator |
      WordClass.Subordinator |
      WordClass.Relative |
      WordClass.Finite |
      WordClass.Manner |
      WordClass.Subject |
      WordClass.FirstPerson
  )

/** Longer words and quotations name nothing, in UTF-16 units. */
const longestName = 80

const isNoun = (token: Token | undefined): boolean =>
  token !== undefined && (token.kind === "word" || token.kind === "opaque") && token.end - token.start <= longestName

/** Whether a determiner, or a phrase, goes on at a place. */
const goesOn = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  const word = textAt(tokens, at)
  if (word === "of")
    return isNoun(tokens[at + 1]) && (has(tokens, at + 1, WordClass.Determiner) || !isStop(tokens, at + 1))
  if (word === "and") return has(tokens, at + 1, WordClass.Determiner) && isNoun(tokens[at + 2])
  return (
    attributive.has(word) && isNoun(tokens[at + 1]) && !timely.test(textAt(tokens, at + 1)) && !isStop(tokens, at + 1)
  )
}

/** The indices of the phrase that begins at a place, the end excluded; null where none does. */
const phrase = (tokens: ReadonlyArray<Token>, from: number): Span | null => {
  let at = from
  while (at < from + mostWords && isNoun(tokens[at])) {
    if (at > from && goesOn(tokens, at)) {
      at++
      if (has(tokens, at, WordClass.Determiner)) at++
      continue
    }
    // `this` and `that` are determiners here, whatever else they may be.
    const isFirst = at === from && has(tokens, at, WordClass.Determiner | WordClass.Pronoun)
    if (isStop(tokens, at) && !isFirst) break
    at++
  }
  return at > from ? [from, at] : null
}

/** The object of the verb at a place, as a range of tokens; null where nothing is named. */
export const after = (tokens: ReadonlyArray<Token>, verb: number): Span | null => {
  const from = particles.has(textAt(tokens, verb + 1)) ? verb + 2 : verb + 1
  const isIndirect = towards.has(textAt(tokens, from)) && isNoun(tokens[from + 1])
  return phrase(tokens, isIndirect ? from + 1 : from)
}
