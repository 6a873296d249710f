/**
 * The sentences of a paragraph. Abbreviations and versions end none, and nothing that is only shown does. A line that
 * plainly goes on in the next one goes on; every other line ends a sentence, as people and agents write.
 */
import type { Span } from "../ActionClaim.ts"
import { isDigit, isSpace, isWord } from "./Character.ts"
import type { Paragraph } from "./Paragraph.ts"

export interface Sentence {
  readonly start: number
  /** Behind its closing punctuation. */
  readonly end: number
  readonly isQuestion: boolean
  /** It begins its paragraph. */
  readonly isFirst: boolean
}

const newline = 10
const period = 46

/** `.` `!` `?` `…` and those of Chinese and Japanese. */
const isTerminator = (code: number): boolean =>
  code === period || code === 33 || code === 63 || code === 0x2026 || code === 0x3002 || code === 0xff01 || code === 0xff1f

const isQuestionMark = (code: number): boolean => code === 63 || code === 0xff1f

/** What may stand between the end of a sentence and the space behind it. */
const isCloser = (code: number): boolean => code === 41 || code === 93 || code === 42 || code === 95 || code === 34 || code === 39 || code === 0x201d || code === 0x2019

/** An abbreviation or a version is shorter; what a period costs must not depend on the text before it. */
const longestWord = 24

/** After these a period is no end. */
const abbreviations: ReadonlySet<string> = new Set(
  "e.g i.e eg ie etc cf vs viz al approx resp incl esp fig sec ch vol dr mr mrs ms prof st jr sr inc ltd dept est ca pp"
    .split(" ")
)

/** Lines as long as that were wrapped: what they end in is no end. */
const wrappedColumns = 60

/** No line ends in these because its sentence does. */
const leadsOn: ReadonlySet<string> = new Set(
  (
    "a an the of for to and or but nor so by with from into onto than as which who is are was were be been not if " +
    "when while once unless until because since whether will would can could should may might must my our your their " +
    "its it's i'm let about via without"
  ).split(" ")
)

/** A sentence that begins with these is not over before its comma. */
const subordinate = /^\W{0,8}(?:if|when|whenever|once|unless|until|after|before|while|as|since|because|although|assuming|provided)\b[^,]*$/i
/** Of a longer line the first part tells. */
const subordinateLength = 400

/** `No. 5.` and `Fig. 3.` */
const numbered = /(?:^|\W)(?:no|fig|sec|ch|vol|pp?)\.\s?\d{1,6}$/i

/** Whether the period at a place, with a space behind it, belongs to the word before it. */
const isPartOfWord = (text: string, start: number, at: number, end: number): boolean => {
  let first = at
  while (first > start && at - first < longestWord && !isSpace(text.charCodeAt(first - 1))) first--
  const word = text
    .slice(first, at)
    .replace(/^[^\p{L}\d#]+/u, "")
    .toLowerCase()
  if (abbreviations.has(word)) return true
  if (word === "no") return isDigit(text.charCodeAt(at + 2)) && at + 2 < end
  // `1.2.` and `v2.`, but neither `12.` nor `#12.`.
  if (/^v?\d+(?:\.\d+)+[\w.+-]*$/.test(word) || /^v\d+$/.test(word)) return true
  return isDigit(text.charCodeAt(at - 1)) && numbered.test(text.slice(Math.max(start, at - longestWord), at))
}

/** Whether the line that ends at a place goes on in the next one. */
const goesOn = (text: string, start: number, at: number): boolean => {
  const lineStart = Math.max(start, text.lastIndexOf("\n", at - 1) + 1)
  if (at - lineStart >= wrappedColumns) return true
  const line = text.slice(lineStart, at).trimEnd()
  if (line.endsWith(",")) return true
  const word = /[\p{L}'’]+$/u.exec(line)?.[0] ?? ""
  return leadsOn.has(word.toLowerCase().replace("’", "'")) || subordinate.test(text.slice(start, Math.min(at, start + subordinateLength)))
}

/** The sentences of all paragraphs, in order. */
export const sentences = (
  text: string,
  paragraphs: ReadonlyArray<Paragraph>,
  opaque: ReadonlyArray<Span>
): ReadonlyArray<Sentence> => {
  const found: Array<Sentence> = []
  let nextOpaque = 0
  for (const { end, start } of paragraphs) {
    let first = start
    let isFirst = true
    const close = (at: number, isQuestion: boolean): void => {
      if (at > first) found.push({ start: first, end: at, isQuestion, isFirst })
      isFirst = false
      first = at
    }
    for (let at = start; at < end; ) {
      const shown = opaque[nextOpaque]
      if (shown !== undefined && at >= shown[0]) {
        at = Math.max(at, shown[1])
        nextOpaque++
        continue
      }
      const code = text.charCodeAt(at)
      if (code === newline) {
        if (!goesOn(text, first, at)) close(at + 1, false)
        at++
        continue
      }
      if (!isTerminator(code)) {
        at++
        continue
      }
      let isQuestion = false
      let after = at
      for (; after < end && isTerminator(text.charCodeAt(after)); after++) {
        isQuestion ||= isQuestionMark(text.charCodeAt(after))
      }
      const isSingle = after === at + 1
      let behind = after
      while (behind < end && isCloser(text.charCodeAt(behind))) behind++
      const isEnd = behind >= end || isSpace(text.charCodeAt(behind))
      if (isEnd && !(code === period && isSingle && isPartOfWord(text, first, at, end))) close(behind, isQuestion)
      at = behind
    }
    close(end, false)
  }
  return found
}
