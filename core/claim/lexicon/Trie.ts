/**
 * Words by their letters: a trie in one table, so that a word of a text is looked up where it stands, without a copy of
 * it. Capitals are small letters here, and typographic apostrophes and hyphens plain ones.
 */
import { isApostrophe, isHyphen } from "../prose/Character.ts"

export interface Trie<A> {
  /** For each node and symbol the next node; 0, the root, where there is none. */
  readonly next: Int32Array
  /** What each node's word means; undefined where no word ends. */
  readonly values: ReadonlyArray<A | undefined>
}

const letters = 26
const apostrophe = letters
const hyphen = letters + 1
/** Of the alphabet: 26 letters, the apostrophe and the hyphen. */
const width = letters + 2
const none = -1

const ofAscii = (code: number): number => {
  if (code >= 97 && code <= 122) return code - 97
  if (code >= 65 && code <= 90) return code - 65
  return code === 39 ? apostrophe : code === 45 ? hyphen : none
}

const asciiSymbols = Int8Array.from({ length: 128 }, (_, code) => ofAscii(code))

/** The place of a character in the alphabet, or -1. */
const symbolOf = (code: number): number => {
  const symbol = asciiSymbols[code]
  if (symbol !== undefined) return symbol
  if (isApostrophe(code)) return apostrophe
  return isHyphen(code) ? hyphen : none
}

const isWritable = (word: string): boolean => {
  for (let at = 0; at < word.length; at++) if (symbolOf(word.charCodeAt(at)) === none) return false
  return true
}

/** The trie of these words; one with a character that is not in the alphabet can not be found. */
export const make = <A>(words: ReadonlyMap<string, A>): Trie<A> => {
  let most = 1
  for (const word of words.keys()) most += word.length
  const next = new Int32Array(most * width)
  const values: Array<A | undefined> = [undefined]
  for (const [word, value] of words) {
    if (!isWritable(word)) continue
    let node = 0
    for (let at = 0; at < word.length; at++) {
      const edge = node * width + symbolOf(word.charCodeAt(at))
      const known = next[edge]
      node = known === undefined || known === 0 ? values.push(undefined) - 1 : known
      next[edge] = node
    }
    values[node] = value
  }
  return { next: next.slice(0, values.length * width), values }
}

/** What the word between two places of a text means; undefined if it is none of the words. */
export const find = <A>({ next, values }: Trie<A>, text: string, start: number, end: number): A | undefined => {
  let node = 0
  for (let at = start; at < end; at++) {
    const symbol = symbolOf(text.charCodeAt(at))
    if (symbol === none) return undefined
    const known = next[node * width + symbol]
    if (known === undefined || known === 0) return undefined
    node = known
  }
  return values[node]
}
