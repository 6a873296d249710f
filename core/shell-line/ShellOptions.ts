/**
 * The options of a shell that decide what its exit status says: `errexit` and `pipefail`.
 */
import type { Word } from "./Syntax.ts"

export interface ShellOptions {
  /** `set -e`: a command that fails ends the shell, unless something looks at its status. */
  readonly errexit: boolean
  /** The status of a pipeline is 0 only if that of each of its commands is. */
  readonly pipefail: boolean
}

export const none: ShellOptions = { errexit: false, pipefail: false }

/** Letters and names that change nothing about statuses. */
const harmless = "abfhuvxBCEHT"
const harmlessNames = [
  "allexport",
  "errtrace",
  "functrace",
  "noclobber",
  "noglob",
  "nounset",
  "posix",
  "verbose",
  "xtrace"
]

/** Options as a shell or `set` is given them, and the index of the first word after them; null where one is not known. */
export interface Given {
  readonly options: ShellOptions
  readonly next: number
  /** Further letters that were allowed and are there. */
  readonly letters: string
}

/** Reads options from the second word on. `more`: letters that this program has beside those of `set`. */
export const readOptions = (words: ReadonlyArray<Word>, before: ShellOptions, more = ""): Given | null => {
  let options = before
  let letters = ""
  let at = 1
  for (;;) {
    const text = words[at]?.text
    if (text === null) return null
    if (text === undefined || !/^[-+]./s.test(text)) return { options, next: at, letters }
    at += 1
    if (text === "--") return { options, next: at, letters }
    const isOn = text.startsWith("-")
    for (const letter of text.slice(1)) {
      if (letter === "e") options = { ...options, errexit: isOn }
      else if (letter === "o") {
        const changed = named(words[at]?.text ?? "", isOn, options)
        if (changed === null) return null
        options = changed
        at += 1
      } else if (more.includes(letter) && isOn) letters += letter
      else if (!harmless.includes(letter)) return null
    }
  }
}

const named = (name: string, isOn: boolean, options: ShellOptions): ShellOptions | null => {
  if (name === "errexit" || name === "pipefail") return { ...options, [name]: isOn }
  return harmlessNames.includes(name) ? options : null
}
