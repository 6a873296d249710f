/**
 * The sentences of a paragraph. Abbreviations and versions end none, and nothing that is only shown does. A line that
 * plainly goes on in the next one goes on; every other line ends a sentence, as people and agents write.
 */
import type { Span } from "../ActionClaim.ts"
import { isDigit, isSpace, isWord } from "./Character.ts"
import type { Paragraph } from "./Paragraph.ts"
import { normalise } from "./Spelling.ts"

export interface Sentence {
  readonly start: number
  /** Behind its closing punctuation. */
  readonly end: number
  readonly isQuestion: boolean
  /** It is the rest of a sentence that was too long: nothing begins here. */
  readonly isRest: boolean
}

/**
 * Nobody writes a longer sentence (UTF-16 units). It is cut, so that whatever is done with a sentence takes a bounded
 * time, and the whole a time linear in the text.
 */
const longestSentence = 2000

const newline = 10
const exclamationMark = 33
const period = 46
const questionMark = 63
const ellipsis = 0x2026
const wideExclamationMark = 0xff01
const ideographicPeriod = 0x3002
const wideQuestionMark = 0xff1f

const asks = (code: number): boolean => code === questionMark || code === wideQuestionMark

/** Of a sentence that asks nothing. */
const isTerminator = (code: number): boolean =>
  code < ellipsis
    ? code === period || code === exclamationMark
    : code === ellipsis || code === ideographicPeriod || code === wideExclamationMark

/** What may stand between the end of a sentence and the space behind it: brackets, emphasis, quotes. */
const closers = ")]*_\"'”’"

/** Of the abbreviations. */
const longestAbbreviation = 6
/** A version is shorter; what a period costs must not depend on the text before it. */
const longestWord = 24

/** After these a period is no end. */
const abbreviations: ReadonlySet<string> = new Set(
  "al approx ca cf ch dept dr e.g eg esp est etc fig i.e ie incl inc jr ltd mr mrs ms p pp prof resp sec sr st viz vol vs".split(
    " "
  )
)

/** Lines as long as that were wrapped: what they end in is no end. */
const wrappedColumns = 60

/** No line ends in these because its sentence does. */
const leadsOn: ReadonlySet<string> = new Set(
  (
    "a about already also am an and are as be because been but by can could did do does for from going had has have " +
    "how i i'd i'll i'm i've if into is it's its just let may might must my nor not of once onto or our quickly " +
    "should since so than that the their to unless until via was we we'd we'll we're we've were when whether which " +
    "while who will with without would your"
  ).split(" ")
)

/** A sentence that begins with one of these is not over before its comma. */
const subordinate =
  /^\W{0,8}(?:after|although|as|assuming|because|before|if|once|provided|since|unless|until|when|whenever|while)\b[^,]*$/i
/** Of a longer sentence the beginning tells. */
const subordinateLength = 400

/** `1.2` and `v2`, but neither `12` nor `#12`. */
const version = /^(?:v?\d+(?:\.\d+)+[\w.+-]*|v\d+)$/
/** `No. 5` and `Fig. 3` */
const numbered = /(?:^|\W)(?:no|fig|sec|ch|vol|pp?)\.\s?\d{1,6}$/i

/** Whether the period at a place, with a space behind it, belongs to the word before it. */
const isPartOfWord = (text: string, start: number, at: number, end: number): boolean => {
  const isNumber = at > start && isDigit(text.charCodeAt(at - 1))
  const longest = isNumber ? longestWord : longestAbbreviation + 1
  let first = at
  while (first > start && at - first < longest && !isSpace(text.charCodeAt(first - 1))) first--
  while (first < at && !isWord(text.charCodeAt(first)) && text[first] !== "#") first++
  const word = text.slice(first, at).toLowerCase()
  if (word === "no") return at + 2 < end && isDigit(text.charCodeAt(at + 2))
  if (!isNumber) return abbreviations.has(word)
  return version.test(word) || numbered.test(text.slice(Math.max(start, at - longestWord), at))
}

/** Whether the line that ends at a place goes on in the next one. */
const goesOn = (text: string, start: number, at: number): boolean => {
  const lineStart = Math.max(start, text.lastIndexOf("\n", at - 1) + 1)
  if (at - lineStart >= wrappedColumns) return true
  const line = text.slice(lineStart, at).trimEnd()
  if (line.endsWith(",")) return true
  const word = line.slice(line.lastIndexOf(" ") + 1)
  return leadsOn.has(normalise(word)) || subordinate.test(text.slice(start, Math.min(at, start + subordinateLength)))
}

/** The sentences of a paragraph, in order. `shown` are the opaque parts of the text, `firstShown` the first that may touch it. */
export const sentences = (
  text: string,
  { end, start }: Paragraph,
  shown: ReadonlyArray<Span>,
  firstShown: number
): ReadonlyArray<Sentence> => {
  const found: Array<Sentence> = []
  let nextShown = firstShown
  let first = start
  const close = (at: number, isQuestion: boolean): void => {
    let isRest = false
    while (at - first > longestSentence) {
      const cut = cutAt(text, first + longestSentence, at)
      found.push({ start: first, end: cut, isQuestion, isRest })
      first = cut
      isRest = true
    }
    if (at > first) found.push({ start: first, end: at, isQuestion, isRest })
    first = at
  }
  const prose = text.slice(start, end)
  const boundary = /[.!?\n\u2026\u3002\uff01\uff1f]/g
  while (boundary.test(prose)) {
    const at = start + boundary.lastIndex - 1
    while ((shown[nextShown]?.[1] ?? Infinity) <= at) nextShown++
    const span = shown[nextShown]
    if (span !== undefined && span[0] <= at) {
      boundary.lastIndex = span[1] - start
      continue
    }
    if (text.charCodeAt(at) === newline) {
      if (!goesOn(text, first, at)) close(at + 1, false)
      continue
    }
    const { isQuestion, next } = terminators(text, at, end)
    const isEnd = next >= end || isSpace(text.charCodeAt(next))
    if (isEnd && !(text.charCodeAt(at) === period && next === at + 1 && isPartOfWord(text, first, at, end))) {
      close(next, isQuestion)
    }
    boundary.lastIndex = next - start
  }
  close(end, false)
  return found
}

/** The next space, so that no word is cut that is not itself too long. */
const cutAt = (text: string, from: number, end: number): number => {
  let at = from
  while (at < end && at - from < longestSentence && !isSpace(text.charCodeAt(at))) at++
  return at
}

/** A run of terminators and closers. */
const terminators = (
  text: string,
  from: number,
  end: number
): { readonly isQuestion: boolean; readonly next: number } => {
  let isQuestion = false
  let next = from
  for (; next < end; next++) {
    const code = text.charCodeAt(next)
    if (asks(code)) isQuestion = true
    else if (!isTerminator(code)) break
  }
  while (next < end && closers.includes(text.charAt(next))) next++
  return { isQuestion, next }
}
