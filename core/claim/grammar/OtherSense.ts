/**
 * Verbs that mean something else by what follows them: `push back`, `push the deadline`, `fix in mind`.
 */
import type { Token } from "../prose/Token.ts"
import { has, textAt } from "./Lead.ts"
import * as WordClass from "./WordClass.ts"

/** Words before an object's noun that are looked past. */
const mostDeterminers = 2

const isNext = (tokens: ReadonlyArray<Token>, at: number, phrase: string): boolean =>
  phrase.split(" ").every((word, index) => textAt(tokens, at + index) === word)

/** Whether the verb at a place is meant in a sense that is no action. */
export const isMeant = (tokens: ReadonlyArray<Token>, verb: number): boolean => {
  const { unlessBefore = [], unlessObject = [] } = tokens[verb]?.verb ?? {}
  const next = textAt(tokens, verb + 1)
  if (next === "") return false
  if (unlessBefore.some((phrase) => phrase.startsWith(next) && isNext(tokens, verb + 1, phrase))) return true
  let noun = verb + 1
  while (noun <= verb + mostDeterminers && has(tokens, noun, WordClass.Determiner)) noun++
  return unlessObject.includes(textAt(tokens, noun))
}
