/**
 * How a sentence begins before it comes to its point: `OK,`, `Done —`, `On it,`, `Now`.
 */
import type { Token } from "../prose/Token.ts"
import { afterAdverbs, textAt } from "./Lead.ts"

export interface Opening {
  /** Index of the first token behind it. */
  readonly next: number
  /** It is more than adverbs: somebody was answered. */
  readonly isAnswer: boolean
}

/** Followed by a comma, a dash, a colon or a semicolon. */
const phrases: ReadonlySet<string> = new Set([
  ..."absolutely ah aha agreed alright approved confirmed cool correct done excellent fine good got great green hm hmm"
    .split(" "),
  ..."indeed interesting meanwhile nice next no now oh ok okay oops passed perfect progress ready right roger so".split(" "),
  ..."solved sorry status super sure thanks then true understood update well yeah yep yes yup".split(" "),
  "after that",
  "all clear",
  "all done",
  "all good",
  "all green",
  "all right",
  "and done",
  "fair enough",
  "fair point",
  "found it",
  "good call",
  "good catch",
  "good find",
  "good idea",
  "good point",
  "got it",
  "i see",
  "in progress",
  "in the meantime",
  "looks good",
  "makes sense",
  "my bad",
  "my mistake",
  "no problem",
  "no worries",
  "of course",
  "on it",
  "sounds good",
  "sure thing",
  "tests pass",
  "thank you",
  "that makes sense",
  "to do so",
  "very well",
  "will do",
  "you're right"
])

/** Need no sign behind them. */
const light: ReadonlySet<string> = new Set(["ok", "okay", "alright", "so", "then", "and", "now", "next"])

const isPause = (token: Token | undefined): boolean =>
  token?.kind === "comma" || token?.kind === "dash" || token?.kind === "colon" || token?.kind === "semicolon"

/** The index behind one phrase and its sign, or the same index. */
const afterPhrase = (tokens: ReadonlyArray<Token>, at: number): number => {
  for (let length = 3; length > 0; length--) {
    const words = Array.from({ length }, (_, index) => textAt(tokens, at + index)).join(" ")
    if (phrases.has(words) && isPause(tokens[at + length])) return at + length + 1
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
