/**
 * Finds what a message claims. It fails toward not claiming: a false claim is a nag that lasts, a miss is harmless.
 */
import type { ActionClaim } from "./ActionClaim.ts"
import * as Doubt from "./doubt/Doubt.ts"
import * as NounPhrase from "./grammar/NounPhrase.ts"
import { type Candidate, isCompleted, read } from "./grammar/Reading.ts"
import { sites } from "./grammar/Site.ts"
import * as Lexicon from "./lexicon/Lexicon.ts"
import type { Token } from "./prose/Token.ts"
import { type Statement, statements } from "./Statement.ts"

/** All claims of a message, in order: of any text, in time linear in its length. */
export const classify = (text: string, lexicon: Lexicon.Lexicon = Lexicon.standard): ReadonlyArray<ActionClaim> => {
  const claims: Array<ActionClaim> = []
  for (const statement of statements(text, lexicon, sites(text, lexicon))) addClaims(text, statement, claims)
  return claims
}

const addClaims = (text: string, { isRest, tokens }: Statement, claims: Array<ActionClaim>): void => {
  const candidates = read(tokens, isRest)
  if (candidates.length === 0) return
  const isEarnest = Doubt.earnest(tokens)
  for (const candidate of candidates) {
    const claim = isEarnest(candidate) ? claimOf(text, tokens, candidate) : null
    if (claim !== null) claims.push(claim)
  }
}

const claimOf = (text: string, tokens: ReadonlyArray<Token>, candidate: Candidate): ActionClaim | null => {
  const first = tokens[candidate.first]
  const token = tokens[candidate.verb]
  /* v8 ignore next -- @preserve Candidates name tokens that exist; the types can not say so. */
  if (first === undefined || token === undefined || token.word.action === null) return null
  const verb = token.word.action.lemma
  const tense = isCompleted(candidate) ? "completed" : "future"
  const phrase = NounPhrase.after(tokens, candidate.verb)
  if (phrase === null) return { verb, tense, span: [first.start, token.end] }
  /* v8 ignore start -- @preserve A phrase is of tokens that exist. */
  const start = tokens[phrase[0]]?.start ?? token.end
  const end = tokens[phrase[1] - 1]?.end ?? token.end
  /* v8 ignore stop -- @preserve */
  return { verb, object: text.slice(start, end), tense, span: [first.start, end] }
}
