/**
 * Whether words that begin like a report are the subject of a sentence: `Restarting the server is risky`.
 *
 * A finite verb behind them shows it. English has too many verbs to list, so a word that ends like one counts where a
 * noun would not stand. Doubt decides for a subject, for that claims nothing.
 */
import type { Token } from "../prose/Token.ts"
import { has, textAt, actionAt } from "./Lead.ts"
import * as WordClass from "./WordClass.ts"

/** A pronoun right before a finite verb is that verb's own subject: `the bug you found`. */
const hasOwnSubject = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  has(tokens, at - 1, WordClass.Subject) ||
  (has(tokens, at - 1, WordClass.Relative) && at > 2 && actionAt(tokens, at - 2) === null)

/** Endings of a verb that are none: `seed`, `embed`. */
const noEnding = /eed$|^(?:bed|embed|hundred|red|shed)$/

/** Behind a determiner stands a noun or what describes one: `the failed jobs`, `a newly added test`. */
const isInPhrase = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  const before = textAt(tokens, at - 1).endsWith("ly") ? at - 2 : at - 1
  return has(tokens, before, WordClass.Determiner) && !/^th(?:is|at)$/.test(textAt(tokens, before))
}

/** `clears the cache`, `required a rewrite`: the ending of a verb where a noun would not stand. */
const looksFinite = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  const word = textAt(tokens, at)
  if (/[^s]s$/.test(word)) {
    if (has(tokens, at - 1, WordClass.Pronoun)) return true
    const next = tokens[at + 1]
    return (
      next !== undefined &&
      (next.kind === "word" || next.kind === "opaque") &&
      !has(tokens, at + 1, endOfPhrase) &&
      !isRelative(tokens, at + 1) &&
      !has(tokens, at - 1, WordClass.Preposition)
    )
  }
  return /..ed$/.test(word) && !noEnding.test(word) && !has(tokens, at - 1, WordClass.Adverb | WordClass.Preposition)
}

/** `that fix it`, but not `that cache`. */
const isRelative = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  has(tokens, at, WordClass.Relative) &&
  (!has(tokens, at, WordClass.Determiner) || has(tokens, at + 1, WordClass.Finite | WordClass.Subject | WordClass.Form))

/** Behind them a plural ends. */
const endOfPhrase =
  WordClass.Preposition | WordClass.Coordinator | WordClass.Subordinator | WordClass.Manner | WordClass.Subject

/** Whether a finite verb stands between a place and the end of its clause. */
export const follows = (tokens: ReadonlyArray<Token>, from: number): boolean => {
  for (let at = from; at < tokens.length; at++) {
    const kind = tokens[at]?.kind
    if (kind === "opaque" || kind === "parenthesis") continue
    if (kind !== "word" || has(tokens, at, WordClass.Subordinator)) return false
    if (has(tokens, at, WordClass.Coordinator)) {
      // `and will report back`, `and I will`: the sentence goes on without the words before.
      if (has(tokens, at + 1, WordClass.Finite | WordClass.Subject | WordClass.Adverb)) return false
      continue
    }
    if (hasOwnSubject(tokens, at) || isInPhrase(tokens, at)) continue
    if (has(tokens, at, WordClass.Finite) || (actionAt(tokens, at) === null && looksFinite(tokens, at))) return true
  }
  return false
}
