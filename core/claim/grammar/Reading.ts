/**
 * Every place of a sentence where an agent could be claiming an action, by form alone.
 */
import type { Token } from "../prose/Token.ts"
import * as Lead from "./Lead.ts"
import { actionAt, has, textAt } from "./Lead.ts"
import * as Opening from "./Opening.ts"
import * as OtherSense from "./OtherSense.ts"
import * as Predicate from "./Predicate.ts"
import * as Trailer from "./Trailer.ts"
import * as WordClass from "./WordClass.ts"

/** A claim by its form; the numbers are indices of tokens. */
export interface Candidate {
  /** Where what governs the verb begins: `I'll`, or the verb itself. */
  readonly lead: number
  /** Where the claim begins in the text: its lead, or its own verb where that shares the lead of another one. */
  readonly first: number
  readonly verb: number
  /** What the verb stands in, one of WordClass. */
  readonly form: number
}

/** Whether it would be a claim of a completed action. */
export const isCompleted = ({ form }: Candidate): boolean => (form & (WordClass.Past | WordClass.Participle)) !== 0

const isAction = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  const action = actionAt(tokens, at)
  return action !== null && !has(tokens, at + 1, WordClass.Nothing) && !OtherSense.isMeant(tokens, at, action)
}

/** The index behind commas, `and`, `then` and adverbs. */
const afterLinks = (tokens: ReadonlyArray<Token>, from: number): number => {
  let at = from
  while (isLink(tokens, at)) at++
  return Lead.afterAdverbs(tokens, at)
}

/** Whether a token ends what one lead can govern. */
const isBreak = (tokens: ReadonlyArray<Token>, at: number): boolean => {
  const kind = tokens[at]?.kind
  if (kind !== "word") return kind !== "opaque" && kind !== "parenthesis"
  if (has(tokens, at, WordClass.Subordinator | WordClass.Subject | WordClass.Auxiliary | WordClass.Speech)) return true
  if (has(tokens, at, WordClass.Relative) && !has(tokens, at - 1, WordClass.Form)) return true
  return textAt(tokens, at) === "to" && has(tokens, at + 1, WordClass.Base)
}

/** Whether the noun before a link is a verb's form by its looks only: `the push and merge hooks`. */
const isCompound = (tokens: ReadonlyArray<Token>, link: number): boolean =>
  has(tokens, link - 1, WordClass.Base) &&
  actionAt(tokens, link - 1) !== null &&
  has(tokens, link - 2, WordClass.Determiner)

/** Whether the subject that a following `and will` shares is the agent. */
const isOwnAfter = (tokens: ReadonlyArray<Token>, at: number, isOwn: boolean): boolean =>
  has(tokens, at, WordClass.FirstPerson) ||
  (isOwn &&
    tokens[at]?.kind !== "semicolon" &&
    !has(tokens, at, WordClass.Subject | WordClass.Relative | WordClass.Subordinator))

const candidate = (lead: Lead.Lead): Candidate => ({ lead: lead.at, first: lead.at, verb: lead.verb, form: lead.form })

/** The lead, with its verb behind it, with which a sentence begins though nobody is named: `Will push`, `Restarting it`. */
const implied = (tokens: ReadonlyArray<Token>): Lead.Lead | null => {
  const { isAnswer, next: at } = Opening.read(tokens)
  const lead = Lead.withoutSubject(tokens, at)
  if (lead !== null) return has(tokens, lead.verb, lead.form) && !Predicate.follows(tokens, lead.verb + 1) ? lead : null
  // What is also a base asks for something: `Rerun it`.
  if (has(tokens, at, WordClass.Base)) return null
  if (has(tokens, at, WordClass.Progressive)) {
    const isReport = actionAt(tokens, at) !== null && Trailer.ofParticiple(tokens, at, isAnswer)
    return isReport ? { at, form: WordClass.Progressive, verb: at } : null
  }
  return has(tokens, at, WordClass.Past) && Trailer.ofPast(tokens, at) ? { at, form: WordClass.Past, verb: at } : null
}

/** The candidates of a sentence, in order; in the rest of one nothing begins. */
export const read = (tokens: ReadonlyArray<Token>, isRest: boolean): ReadonlyArray<Candidate> => {
  const found: Array<Candidate> = []
  const begun = isRest ? null : implied(tokens)
  if (begun !== null && isAction(tokens, begun.verb)) found.push(candidate(begun))
  /** Its verb may be followed by others of the same form: `I'll fix it, push it and deploy it`. */
  let chain = begun
  /** Verbs behind a comma alone: part of such a list if it ends in `and`. */
  const listed: Array<Candidate> = []
  /** Somebody said `I` or `we`, and nobody else was named since. */
  let isOwn = begun !== null
  for (let at = begun === null ? 0 : begun.verb + 1; at < tokens.length; at++) {
    const token = tokens[at]
    // Half of all words are in no class and change nothing.
    if (token?.kind === "word" && token.word.classes === 0) continue
    const lead = leadAt(tokens, at, isOwn)
    if (lead !== null) {
      chain = lead
      listed.length = 0
      isOwn = true
      if (isAction(tokens, lead.verb)) found.push(candidate(lead))
      at = lead.verb
      continue
    }
    isOwn = isOwnAfter(tokens, at, isOwn)
    if (chain === null) continue
    if (!isLink(tokens, at)) {
      if (isBreak(tokens, at)) chain = null
      continue
    }
    const verb = afterLinks(tokens, at)
    if (has(tokens, verb, chain.form) && !isCompound(tokens, at)) {
      const isList = token?.kind === "comma" && verb === at + 1
      if (!isList) found.push(...listed.splice(0))
      if (isAction(tokens, verb)) (isList ? listed : found).push({ ...candidate(chain), first: verb, verb })
      at = verb
    } else {
      if (!has(tokens, verb, WordClass.Determiner | WordClass.Pronoun) && tokens[verb]?.kind !== "opaque") chain = null
      // Links are looked at once, however many stand in a row.
      at = verb - 1
    }
  }
  return found
}

/** The lead at a place, with its verb behind it; after `and` it may share the subject of the words before. */
const leadAt = (tokens: ReadonlyArray<Token>, at: number, isOwn: boolean): Lead.Lead | null => {
  const lead =
    Lead.match(tokens, at) ??
    (isOwn && has(tokens, at - 1, WordClass.Coordinator) ? Lead.withoutSubject(tokens, at) : null)
  return lead !== null && has(tokens, lead.verb, lead.form) ? lead : null
}

const isLink = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  tokens[at]?.kind === "comma" || has(tokens, at, WordClass.Coordinator)
