/**
 * The sentences of a message that its writer states: no questions, and nothing that somebody else says.
 */
import type { Span } from "./ActionClaim.ts"
import * as Speaker from "./doubt/Speaker.ts"
import type { Lexicon } from "./lexicon/Lexicon.ts"
import { isSpace } from "./prose/Character.ts"
import { opaque } from "./prose/Opaque.ts"
import { type Paragraph, paragraphs } from "./prose/Paragraph.ts"
import { sentences } from "./prose/Sentence.ts"
import { type Token, tokens } from "./prose/Token.ts"

export interface Statement {
  readonly tokens: ReadonlyArray<Token>
  /** It is the rest of a sentence that was cut: nothing begins here. */
  readonly isRest: boolean
}

interface Message {
  readonly text: string
  readonly lexicon: Lexicon
  readonly shown: ReadonlyArray<Span>
  /** Offsets, ascending, of which a sentence must hold one to be read. */
  readonly sites: ReadonlyArray<number>
}

/** How far a message is read: indices of its first opaque part and its first site that do not lie before. */
interface Place {
  shown: number
  site: number
}

const colon = 58

/** A blank line between two paragraphs ends what somebody else says in them. */
const blankLine = /\n[^\S\n]*\n/

const endsInColon = (text: string, { end }: Paragraph): boolean => {
  let last = end - 1
  while (isSpace(text.charCodeAt(last))) last--
  return text.charCodeAt(last) === colon
}

const advance = (place: Place, { shown, sites }: Message, start: number): void => {
  while ((shown[place.shown]?.[1] ?? Infinity) <= start) place.shown++
  while ((sites[place.site] ?? Infinity) < start) place.site++
}

const hasSite = ({ site }: Place, { sites }: Message, end: number): boolean => (sites[site] ?? Infinity) < end

/** The statements of a paragraph; returns whether it announces words of somebody else. */
const inParagraph = function* (message: Message, paragraph: Paragraph, place: Place): Generator<Statement, boolean> {
  const { lexicon, shown, text } = message
  for (const sentence of sentences(text, paragraph, shown, place.shown)) {
    advance(place, message, sentence.start)
    const read: Speaker.Reader = (part) => tokens(text, part, shown, place.shown, lexicon)
    const speech = Speaker.speech(text, sentence, read)
    const end = speech?.start ?? sentence.end
    if (!sentence.isQuestion && hasSite(place, message, end)) {
      yield { tokens: read({ start: sentence.start, end }), isRest: sentence.isRest }
    }
    if (speech !== null) return speech.isAnnouncement
  }
  return false
}

/** Every statement that holds one of the sites, in order, read one by one. */
export const statements = function* (
  text: string,
  lexicon: Lexicon,
  sites: ReadonlyArray<number>
): Generator<Statement, void> {
  if (sites.length === 0) return
  const prose = paragraphs(text)
  const message: Message = { text, lexicon, sites, shown: opaque(text, prose) }
  const place: Place = { shown: 0, site: 0 }
  let isAnnounced = false
  let isBlock = false
  let previousEnd = 0
  for (const paragraph of prose) {
    advance(place, message, paragraph.start)
    // What was announced goes on over paragraphs until a blank line, which may stand before the first of them.
    isBlock = isAnnounced || (isBlock && !blankLine.test(text.slice(previousEnd, paragraph.start)))
    previousEnd = paragraph.end
    const isRead = hasSite(place, message, paragraph.end) || endsInColon(text, paragraph)
    isAnnounced = !isBlock && isRead && (yield* inParagraph(message, paragraph, { ...place }))
  }
}
