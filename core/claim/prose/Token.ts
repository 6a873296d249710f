/**
 * The words and signs of a sentence. Marks that only dress text (emphasis, brackets, emoji) are left out; a word in a
 * path, an option, an address or a call is not that word.
 */
import type { Span } from "../ActionClaim.ts"
import { type Lexicon, unknownWord, type Word } from "../lexicon/Lexicon.ts"
import * as Trie from "../lexicon/Trie.ts"
import { isApostrophe, isDigit, isSpace, isWord } from "./Character.ts"
import type { Sentence } from "./Sentence.ts"
import { normalise } from "./Spelling.ts"

type Kind = "word" | "opaque" | "comma" | "colon" | "semicolon" | "dash" | "parenthesis"

export interface Token {
  readonly kind: Kind
  readonly start: number
  readonly end: number
  /** What the lexicon knows of it; no word is part of a path, an option, an address or a call. */
  readonly word: Word
  /** The whole text that it stands in. */
  readonly source: string
}

/** Of a word: itself in small letters, with straight apostrophes; empty for anything else. */
export const textOf = ({ end, kind, source, start, word }: Token): string =>
  word.text === "" && kind === "word" ? normalise(source.slice(start, end)) : word.text

const hyphen = 45
const underscore = 95
const colon = 58
const openingParenthesis = 40
const space = 32

/** Signs that hold words together: `re-run`, `a/b`, `v1.2`, `snake_case`. */
const joints: ReadonlySet<number> = new Set([..."-_/.@#+=\\%~$‐‑"].map((joint) => joint.charCodeAt(0)))

/** Whether a sign between a letter and `next` is part of the word; a colon is one only in `12:30`. */
const isInner = (code: number, next: number): boolean =>
  isApostrophe(code) || joints.has(code) || (code === colon && isDigit(next))

/** Where the word ends that begins at a place; `://` makes it an address, which ends at a space. */
const wordEnd = (text: string, start: number, end: number): number => {
  let at = start + 1
  for (;;) {
    while (at < end && isWord(text.charCodeAt(at))) at++
    if (at + 1 >= end) return at
    const code = text.charCodeAt(at)
    const next = text.charCodeAt(at + 1)
    if (code === colon && text.startsWith("://", at)) {
      while (at < end && !isSpace(text.charCodeAt(at))) at++
      return at
    }
    if (!isWord(next) || !isInner(code, next)) return at
    at += 2
  }
}

/** Whether what touches a word makes it a part of something else: `/restart`, `--fix`, `restart()`, `push-`. */
const isFragment = (text: string, start: number, end: number): boolean => {
  const before = start > 0 ? text.charCodeAt(start - 1) : space
  const after = end < text.length ? text.charCodeAt(end) : space
  if (after === openingParenthesis) return true
  // `--` is a dash; emphasis (`_`) touches words that stay words.
  if (after === hyphen && text.charCodeAt(end + 1) !== hyphen) return true
  if (before === hyphen && text.charCodeAt(start - 2) === hyphen)
    return !(start > 2 && isWord(text.charCodeAt(start - 3)))
  return before !== space && before !== underscore && joints.has(before)
}

const wordToken = (source: string, start: number, end: number, lexicon: Lexicon): Token => {
  const known = Trie.find(lexicon.words, source, start, end)
  const word = known === undefined || isFragment(source, start, end) ? unknownWord : known
  return { kind: "word", start, end, word, source }
}

/** `&` is `and`. */
const ampersand = (lexicon: Lexicon): Word => wordToken("and", 0, "and".length, lexicon).word

/** A hash or an at sign belongs to what follows: `#12`, `@bob`. */
const beginsWord = (text: string, at: number, code: number): boolean =>
  isWord(code) || ((code === 35 || code === 64) && isWord(text.charCodeAt(at + 1)))

/** The tokens of a sentence, in order. `shown` are the opaque parts of the text, of which those before `firstShown` end before it. */
export const tokens = (
  text: string,
  { end, start }: Pick<Sentence, "start" | "end">,
  shown: ReadonlyArray<Span>,
  firstShown: number,
  lexicon: Lexicon
): ReadonlyArray<Token> => {
  const found: Array<Token> = []
  let nextShown = firstShown
  for (let at = start; at < end;) {
    const span = shown[nextShown]
    if (span !== undefined && at >= span[0]) {
      nextShown++
      found.push(signToken("opaque", text, at, Math.min(end, span[1])))
      at = span[1]
      continue
    }
    const code = text.charCodeAt(at)
    if (code === space || isSpace(code)) {
      at++
    } else if (beginsWord(text, at, code)) {
      const token = wordToken(text, at, wordEnd(text, at, Math.min(end, span?.[0] ?? end)), lexicon)
      found.push(token)
      at = token.end
    } else {
      const next = signEnd(text, at, end)
      const kind = kindOf(text, code, at, next)
      if (kind === "word") found.push({ kind, start: at, end: next, word: ampersand(lexicon), source: text })
      else if (kind !== null) found.push(signToken(kind, text, at, next))
      at = next
    }
  }
  return found
}

const signToken = (kind: Kind, source: string, start: number, end: number): Token => ({
  kind,
  start,
  end,
  word: unknownWord,
  source
})

/** A run of hyphens is one sign. */
const signEnd = (text: string, at: number, end: number): number => {
  let next = at + 1
  if (text.charCodeAt(at) === hyphen) while (next < end && text.charCodeAt(next) === hyphen) next++
  return next
}

const signs: ReadonlyMap<string, Kind> = new Map(
  (
    [
      ["comma", ",，、"],
      ["semicolon", ";；|"],
      ["colon", ":："],
      ["dash", "–—―"],
      ["parenthesis", "()（）"],
      ["word", "&"]
    ] satisfies ReadonlyArray<readonly [Kind, string]>
  ).flatMap(([kind, all]) => [...all].map((each) => [each, kind] as const))
)

const greater = 62

/** What a sign is, or null where it means nothing here. */
const kindOf = (text: string, code: number, at: number, next: number): Kind | null => {
  const before = text.charCodeAt(at - 1)
  switch (code) {
    // A single hyphen is a dash between spaces only.
    case hyphen:
      return next - at > 1 || (isSpace(before) && isSpace(text.charCodeAt(next))) ? "dash" : null
    // `bob> hello` is what `bob: hello` is.
    case greater:
      return isWord(before) && isSpace(text.charCodeAt(next)) ? "colon" : null
    default:
      return signs.get(text.charAt(at)) ?? null
  }
}
