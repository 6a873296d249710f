/**
 * How a sentence begins before it comes to its point: `OK,`, `Done —`, `On it,`, `Now`.
 */
import type { Token } from "../prose/Token.ts"
import { light, mostWords, phrases } from "../lexicon/Openers.ts"
import { afterAdverbs, has, textAt } from "./Lead.ts"
import * as WordClass from "./WordClass.ts"

export interface Opening {
  /** Index of the first token behind it. */
  readonly next: number
  /** It is more than adverbs: somebody was answered. */
  readonly isAnswer: boolean
}

const isPause = (token: Token | undefined): boolean =>
  token?.kind === "comma" || token?.kind === "dash" || token?.kind === "colon" || token?.kind === "semicolon"

/** The index behind one phrase and its sign, or the same index. */
const afterPhrase = (tokens: ReadonlyArray<Token>, at: number): number => {
  if (!has(tokens, at, WordClass.Opener)) return at
  let words = textAt(tokens, at)
  for (let length = 1; length <= mostWords; length++) {
    if (isPause(tokens[at + length]) && phrases.has(words)) return at + length + 1
    words += ` ${textAt(tokens, at + length)}`
  }
  return light.has(textAt(tokens, at)) ? at + 1 : at
}

/** The opening of a sentence; it may be empty. */
export const read = (tokens: ReadonlyArray<Token>): Opening => {
  let next = tokens[0]?.kind === "parenthesis" ? 1 : 0
  let isAnswer = false
  // Openers come in twos, `OK, done —`; nobody writes more than a few.
  for (let count = 0; count < 4; count++) {
    const after = afterPhrase(tokens, next)
    if (after === next) break
    isAnswer ||= isPause(tokens[after - 1])
    next = after
  }
  return { next: afterAdverbs(tokens, next), isAnswer }
}
