/**
 * Verbs that mean something else by what follows them: `push back`, `push the deadline`, `fix in mind`.
 */
import type { Token } from "../prose/Token.ts"
import { has, textAt } from "./Lead.ts"
import * as WordClass from "./WordClass.ts"

/** Of a phrase. */
const mostWords = 3

/** Words before an object's noun that are looked past. */
const mostDeterminers = 2

/** Whether the verb at a place is meant in a sense that is no action. */
export const isMeant = (tokens: ReadonlyArray<Token>, verb: number): boolean => {
  const { unlessBefore = [], unlessObject = [] } = tokens[verb]?.verb ?? {}
  let phrase = textAt(tokens, verb + 1)
  for (let length = 1; length <= mostWords && unlessBefore.length > 0; length++) {
    if (unlessBefore.includes(phrase)) return true
    phrase += ` ${textAt(tokens, verb + 1 + length)}`
  }
  let noun = verb + 1
  while (noun <= verb + mostDeterminers && has(tokens, noun, WordClass.Determiner)) noun++
  return unlessObject.includes(textAt(tokens, noun))
}
