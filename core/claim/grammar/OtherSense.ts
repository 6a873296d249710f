/**
 * Verbs that mean something else by what follows them: `push back`, `push the deadline`, `fix in mind`.
 */
import type { Action } from "../lexicon/Lexicon.ts"
import type { Token } from "../prose/Token.ts"
import { has, textAt } from "./Lead.ts"
import * as WordClass from "./WordClass.ts"

/** Words before an object's noun that are looked past. */
const mostDeterminers = 2

/** Whether the verb at a place is meant in a sense that is no action. */
export const isMeant = (tokens: ReadonlyArray<Token>, verb: number, action: Action): boolean => {
  const next = textAt(tokens, verb + 1)
  if (next === "") return false
  const phrases = action.unlessBefore.get(next)
  if (phrases?.some((phrase) => phrase.every((word, index) => textAt(tokens, verb + 1 + index) === word))) return true
  let noun = verb + 1
  while (noun <= verb + mostDeterminers && has(tokens, noun, WordClass.Determiner)) noun++
  return action.unlessObject.has(textAt(tokens, noun))
}
