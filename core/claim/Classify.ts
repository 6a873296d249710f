/**
 * Finds what a message claims. It fails toward not claiming: a false claim is a nag that lasts, a miss is harmless.
 */
import type { ActionClaim } from "./ActionClaim.ts"
import * as Doubt from "./doubt/Doubt.ts"
import * as Speaker from "./doubt/Speaker.ts"
import * as NounPhrase from "./grammar/NounPhrase.ts"
import { type Candidate, isCompleted } from "./grammar/Reading.ts"
import * as Reading from "./grammar/Reading.ts"
import * as Lexicon from "./lexicon/Lexicon.ts"
import { opaque } from "./prose/Opaque.ts"
import { paragraphs } from "./prose/Paragraph.ts"
import { sentences } from "./prose/Sentence.ts"
import { type Token, tokens } from "./prose/Token.ts"

/** Whether somebody else speaks: not at all, to the end of the paragraph, from the next paragraph on, or over several. */
type Spoken = "no" | "paragraph" | "announced" | "block"

/** A blank line between two paragraphs ends a block. */
const blankLine = /\n[^\S\n]*\n/

/** All claims of a message, in order: of any text, in time linear in its length. */
export const classify = (text: string, lexicon: Lexicon.Lexicon = Lexicon.standard): ReadonlyArray<ActionClaim> => {
  if (!lexicon.hint.test(text)) return []
  const prose = paragraphs(text)
  const shown = opaque(text, prose)
  const claims: Array<ActionClaim> = []
  let firstShown = 0
  let spoken: Spoken = "no"
  let previousEnd = 0
  for (const sentence of sentences(text, prose, shown)) {
    const { end, isFirst, isQuestion, start } = sentence
    if (isFirst) spoken = atParagraph(spoken, () => text.slice(previousEnd, start))
    previousEnd = end
    while ((shown[firstShown]?.[1] ?? Infinity) <= start) firstShown++
    if (spoken !== "no") continue
    const speech = Speaker.speech(text, sentence, lexicon)
    if (speech !== null) spoken = speech.isAnnouncement ? "announced" : "paragraph"
    if (isQuestion || !lexicon.hint.test(text.slice(start, end))) continue
    claims.push(...claimsOf(text, tokens(text, { start, end: speech?.start ?? end }, shown, firstShown, lexicon)))
  }
  return claims
}

const atParagraph = (spoken: Spoken, gap: () => string): Spoken =>
  spoken === "announced" || (spoken === "block" && !blankLine.test(gap())) ? "block" : "no"

const claimsOf = (text: string, words: ReadonlyArray<Token>): ReadonlyArray<ActionClaim> => {
  const candidates = Reading.read(words)
  if (candidates.length === 0) return []
  const isEarnest = Doubt.earnest(words)
  return candidates.flatMap((candidate) => (isEarnest(candidate) ? claimOf(text, words, candidate) : []))
}

const claimOf = (text: string, words: ReadonlyArray<Token>, candidate: Candidate): ReadonlyArray<ActionClaim> => {
  const first = words[candidate.first]
  const token = words[candidate.verb]
  // Candidates name tokens that exist; the types can not say so.
  if (first === undefined || token === undefined || token.verb === null) return []
  const phrase = NounPhrase.after(words, candidate.verb)
  const [from, to] = phrase ?? [0, 0]
  const object = phrase === null ? undefined : text.slice(words[from]?.start, words[to - 1]?.end)
  return [
    {
      verb: token.verb.lemma,
      ...(object === undefined ? {} : { object }),
      tense: isCompleted(candidate) ? "completed" : "future",
      span: [first.start, object === undefined ? token.end : (words[to - 1]?.end ?? token.end)]
    }
  ]
}
