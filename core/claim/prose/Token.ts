/**
 * The words and signs of a sentence. Marks that only dress text (emphasis, brackets, emoji) are left out; a word in a
 * path, an option, an address or a call is not that word.
 */
import type { Span } from "../ActionClaim.ts"
import { type Lexicon, unknownWord } from "../lexicon/Lexicon.ts"
import type { Verb } from "../lexicon/Verb.ts"
import { isApostrophe, isDigit, isSpace, isWord } from "./Character.ts"
import type { Sentence } from "./Sentence.ts"

export type Kind = "word" | "opaque" | "comma" | "colon" | "semicolon" | "dash" | "parenthesis"

export interface Token {
  readonly kind: Kind
  readonly start: number
  readonly end: number
  /** Of a word: in lower case, with straight apostrophes. */
  readonly text: string
  /** Bits of WordClass. */
  readonly classes: number
  /** The verb that it is a form of, if that verb is claimed. */
  readonly verb: Verb | null
}

const sign = (kind: Kind, start: number, end: number): Token => ({ kind, start, end, text: "", classes: 0, verb: null })

/** Signs that hold words together: `re-run`, `a/b`, `v1.2`, `snake_case`. */
const isJoint = (code: number): boolean =>
  code === 45 || code === 95 || code === 47 || code === 46 || code === 64 || code === 35 || code === 43 || code === 61 ||
  code === 92 || code === 37 || code === 126 || code === 36 || code === 0x2010 || code === 0x2011

/** Where the word ends that begins at a place; `://` makes it an address, which ends at a space. */
const wordEnd = (text: string, start: number, end: number): number => {
  let at = start + 1
  while (at < end) {
    const code = text.charCodeAt(at)
    if (isWord(code)) at++
    else if (code === 58 && text.startsWith("://", at)) {
      while (at < end && !isSpace(text.charCodeAt(at))) at++
    } else if (at + 1 < end && isWord(text.charCodeAt(at + 1)) && isInner(code, text.charCodeAt(at + 1))) at += 2
    else break
  }
  return at
}

/** Whether a sign between a letter and `next` is part of the word; a colon is one only in `12:30`. */
const isInner = (code: number, next: number): boolean =>
  isApostrophe(code) || isJoint(code) || (code === 58 && isDigit(next))

/** Whether what touches a word makes it a part of something else: `/restart`, `--fix`, `restart()`, `push-`. */
const isFragment = (text: string, start: number, end: number): boolean => {
  const before = start > 0 ? text.charCodeAt(start - 1) : 32
  const after = end < text.length ? text.charCodeAt(end) : 32
  if (after === 40) return true
  // `--` is a dash; emphasis (`_`) touches words that stay words.
  if (after === 45 && text.charCodeAt(end + 1) !== 45) return true
  if (before === 45 && text.charCodeAt(start - 2) === 45) return start < 3 || !isWord(text.charCodeAt(start - 3))
  return isJoint(before) && before !== 95
}

const normalise = (word: string): string => word.toLowerCase().replaceAll(/[’‘ʼ＇]/g, "'").replaceAll(/[‐‑]/g, "-")

const isPlain = /^[a-z]+$/

/** The tokens of a sentence, in order. `shown` are the opaque parts of the text from `firstShown` on. */
export const tokens = (
  text: string,
  { end, start }: Pick<Sentence, "start" | "end">,
  shown: ReadonlyArray<Span>,
  firstShown: number,
  lexicon: Lexicon
): ReadonlyArray<Token> => {
  const found: Array<Token> = []
  let nextShown = firstShown
  for (let at = start; at < end; ) {
    const span = shown[nextShown]
    if (span !== undefined && at >= span[0]) {
      nextShown++
      if (span[1] <= at) continue
      found.push(sign("opaque", span[0], Math.min(end, span[1])))
      at = span[1]
      continue
    }
    const code = text.charCodeAt(at)
    if (isWord(code) || ((code === 35 || code === 64) && at + 1 < end && isWord(text.charCodeAt(at + 1)))) {
      const limit = span === undefined ? end : Math.min(end, span[0])
      const next = wordEnd(text, at, limit)
      const raw = text.slice(at, next)
      const word = isPlain.test(raw) ? raw : normalise(raw)
      const known = isFragment(text, at, next) ? unknownWord : (lexicon.words.get(word) ?? unknownWord)
      found.push({ kind: "word", start: at, end: next, text: word, classes: known.classes, verb: known.verb })
      at = next
      continue
    }
    const next = signEnd(text, at, end)
    const kind = kindOf(text, code, at, next)
    if (kind === "word") {
      const { classes, verb } = lexicon.words.get("&") ?? unknownWord
      found.push({ kind, start: at, end: next, text: "&", classes, verb })
    } else if (kind !== null) found.push(sign(kind, at, next))
    at = next
  }
  return found
}

/** A run of hyphens is one sign. */
const signEnd = (text: string, at: number, end: number): number => {
  let next = at + 1
  if (text.charCodeAt(at) === 45) while (next < end && text.charCodeAt(next) === 45) next++
  return next
}

/** What a sign is, or null where it means nothing here. */
const kindOf = (text: string, code: number, at: number, next: number): Kind | null => {
  switch (code) {
    case 44:
    case 0xff0c:
    case 0x3001:
      return "comma"
    case 59:
    case 0xff1b:
    case 124:
      return "semicolon"
    case 58:
    case 0xff1a:
      return "colon"
    case 40:
    case 41:
    case 0xff08:
    case 0xff09:
      return "parenthesis"
    case 0x2013:
    case 0x2014:
    case 0x2015:
      return "dash"
    case 45:
      return next - at > 1 || (isSpace(text.charCodeAt(at - 1)) && isSpace(text.charCodeAt(next))) ? "dash" : null
    case 38:
      return "word"
    default:
      return null
  }
}
