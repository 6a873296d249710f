/**
 * A command as a configuration describes it: words as in a shell, where `*` stands for any characters of a word and, as
 * a word of its own, for any number of words. `./deploy.sh *` is that script with any arguments; `./deploy.sh` is
 * without any. Assignments before it (`ENV=prod ./deploy.sh`) must be there as well; others may be.
 */
import * as Either from "effect/Either"
import { type Invocation, invocation, nameOf, parse, type Word } from "../shell-line/index.ts"

export interface Pattern {
  /** As it was written. */
  readonly source: string
  readonly assignments: ReadonlyArray<string>
  readonly words: ReadonlyArray<string>
}

const anything = "*"

/** A word for comparison: what it comes to, or, where that is not known, as it is written. */
const shape = ({ source, text }: Word): string => text ?? source

/** Reads a pattern, or says what is wrong with it, as the end of a sentence that began with it. */
export const compile = (source: string): Either.Either<Pattern, string> => {
  const [command, second] = parse(source)?.commands ?? []
  if (command?._tag !== "Simple" || second !== undefined || command.isRedirected) {
    return Either.left("is not one shell command with its arguments")
  }
  const { assignments, words } = invocation(command)
  const [program] = words
  if (program === undefined || shape(program) === anything) return Either.left("names no program")
  return Either.right({ source, assignments: assignments.map(shape), words: words.map(shape) })
}

/** Words with which a program only says what it would do: they count where the pattern has them. */
const idle = /^--(?:co|collect-only|dry-run|help|just-print|list|list-tests|listTests|no-run|version)(?:=|$)/

/** Whether a call is what the pattern describes. */
export const matches = (pattern: Pattern, { assignments, words }: Invocation): boolean => {
  const texts = words.map(shape)
  const named = [nameOf(words[0]) ?? "", ...texts.slice(1)]
  const isMeant = (text: string): boolean => !idle.test(text) || pattern.words.includes(text)
  return (
    pattern.assignments.every((each) => assignments.some((word) => shape(word) === each)) &&
    texts.every(isMeant) &&
    [texts, named].some((each) => matchAll(pattern.words, each, (word) => word === anything, matchWord))
  )
}

const matchWord = (pattern: string, text: string): boolean =>
  matchAll([...pattern], [...text], (character) => character === anything, Object.is)

/** Whether the items are what the parts describe, each of which stands for one item, or for any number of them. */
const matchAll = (
  parts: ReadonlyArray<string>,
  items: ReadonlyArray<string>,
  isAnything: (part: string) => boolean,
  isLike: (part: string, item: string) => boolean
): boolean => {
  let part = 0
  // Where the last part that stands for anything is, and up to where it reaches.
  let last = -1
  let reach = 0
  for (let item = 0; item < items.length;) {
    const [here, there] = [parts[part], items[item]]
    if (here !== undefined && isAnything(here)) {
      last = part
      reach = item
      part += 1
    } else if (here !== undefined && there !== undefined && isLike(here, there)) {
      part += 1
      item += 1
    } else if (last >= 0) {
      part = last + 1
      reach += 1
      item = reach
    } else return false
  }
  return parts.slice(part).every(isAnything)
}
