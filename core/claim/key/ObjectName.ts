/**
 * The one name of an object that is written in many ways: `The **API server**` and `our API server` are `api server`.
 */

/** What stands before a name without being part of it. */
const determiners: ReadonlySet<string> = new Set(
  "a an the this that these those my our your his her its their".split(" ")
)

/** Names of nothing: what they stand for is said elsewhere. */
const pronouns: ReadonlySet<string> = new Set([
  "it",
  "them",
  "this",
  "that",
  "these",
  "those",
  "everything",
  "all",
  "both"
])

/** Emphasis, code, quotation, and the bar that divides a key. */
const marks = /[*_`~"“”„‟«»‹›「」『』|]/g

const isPartOfName = /[\p{L}\d]/u
/** `#12`, `@scope/name`, `.env`, `/etc/hosts`, `$HOME` */
const canBegin = /[\p{L}\d#@./$]/u
/** `c++` */
const canEnd = /[\p{L}\d+#]/u

/** A word without the punctuation around it; empty if nothing else is in it. */
const bare = (word: string): string => {
  if (!isPartOfName.test(word)) return ""
  let start = 0
  let end = word.length
  while (start < end && !canBegin.test(word.charAt(start))) start++
  while (end > start && !canEnd.test(word.charAt(end - 1))) end--
  return word.slice(start, end)
}

/**
 * The name that an object has in a key: Unicode's compatible form in small letters with straight apostrophes and single
 * spaces; without marks, without punctuation around its words, without leading determiners; empty for a pronoun. It
 * never holds a `|`.
 */
export const objectName = (object: string): string => {
  const words = object
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[’‘ʼ]/g, "'")
    .replaceAll(marks, " ")
    .split(/\s+/)
    .map(bare)
    .filter((word) => word !== "")
  const [only, second] = words
  if (only !== undefined && second === undefined && pronouns.has(only)) return ""
  const first = words.findIndex((word) => !determiners.has(word))
  return first < 0 ? "" : words.slice(first).join(" ")
}
