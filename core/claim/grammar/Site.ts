/**
 * Where in a message the verb of a claim could stand, by itself and by the word right before it. Most messages have no
 * such place, and of the others most sentences: what is told here need not be read.
 */
import type { Lexicon } from "../lexicon/Lexicon.ts"
import * as Trie from "../lexicon/Trie.ts"
import { isApostrophe, isHyphen, isSpace, isWord } from "../prose/Character.ts"
import * as WordClass from "./WordClass.ts"

/** What can come right before a claimed verb. */
const before = WordClass.Adverb | WordClass.Coordinator | WordClass.FirstPerson | WordClass.BeforeVerb

/** No word that matters here is longer; what a place costs must not depend on the text around it. */
const longest = 40

const newline = 10

const isPart = (code: number): boolean => isWord(code) || isApostrophe(code)

/** A hyphen joins letters; two are a dash. */
const joins = (text: string, at: number): boolean =>
  isHyphen(text.charCodeAt(at)) && isWord(text.charCodeAt(at - 1)) && isWord(text.charCodeAt(at + 1))

const wordStart = (text: string, at: number): number => {
  let start = at
  while (start > 0 && at - start < longest && (isPart(text.charCodeAt(start - 1)) || joins(text, start - 1))) start--
  return start
}

const wordEnd = (text: string, at: number): number => {
  let end = at
  while (end < text.length && end - at < longest && (isPart(text.charCodeAt(end)) || joins(text, end))) end++
  return end
}

const canFollow = (text: string, at: number, words: Lexicon["words"]): boolean => {
  let end = at
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) {
    if (text.charCodeAt(end - 1) === newline) return true
    end--
  }
  const start = wordStart(text, end)
  // Behind punctuation, emphasis, a dash or nothing a sentence may begin.
  if (start === end) return true
  return ((Trie.find(words, text, start, end)?.classes ?? 0) & before) !== 0
}

/** The offsets of the verbs that may be claimed, in order. */
export const sites = (text: string, { forms, words }: Lexicon): ReadonlyArray<number> => {
  const found: Array<number> = []
  forms.lastIndex = 0
  while (forms.test(text)) {
    const start = wordStart(text, forms.lastIndex)
    const end = wordEnd(text, forms.lastIndex)
    const word = Trie.find(words, text, start, end)
    // A word is looked at once, however many forms stand in it.
    forms.lastIndex = end
    if (word !== undefined && word.action !== null && canFollow(text, start, words)) found.push(start)
  }
  return found
}
