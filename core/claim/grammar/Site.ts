/**
 * Where in a message the verb of a claim could stand, by the word right before it. Most messages have no such place, and
 * of the others most sentences: what is told here need not be read.
 */
import type { Lexicon } from "../lexicon/Lexicon.ts"
import { isApostrophe, isSpace, isWord } from "../prose/Character.ts"
import { normalise } from "../prose/Spelling.ts"
import * as WordClass from "./WordClass.ts"

/** What can come right before a claimed verb; `force-push` and the like are forms of their own. */
const before = WordClass.Adverb | WordClass.Coordinator | WordClass.FirstPerson | WordClass.BeforeVerb

const newline = 10

/** No word of these classes is longer. */
const longest = 14

const canFollow = (text: string, at: number, words: Lexicon["words"]): boolean => {
  let end = at
  while (end > 0 && !isWord(text.charCodeAt(end - 1))) {
    const code = text.charCodeAt(end - 1)
    if (code === newline || !isSpace(code)) return true
    end--
  }
  let start = end
  while (start > 0 && end - start <= longest && isPart(text.charCodeAt(start - 1))) start--
  const word = normalise(text.slice(start, end))
  return start === end || ((words.get(word)?.classes ?? 0) & before) !== 0
}

const isPart = (code: number): boolean => isWord(code) || isApostrophe(code)

/** The offsets of the verbs that may be claimed, in order. */
export const sites = (text: string, { forms, words }: Lexicon): ReadonlyArray<number> => {
  const found: Array<number> = []
  forms.lastIndex = 0
  for (let form = forms.exec(text); form !== null; form = forms.exec(text)) {
    const isWhole = form.index === 0 || !isWord(text.charCodeAt(form.index - 1))
    if (isWhole && canFollow(text, form.index, words)) found.push(form.index)
  }
  return found
}
