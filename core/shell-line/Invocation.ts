/**
 * What a simple command runs in the end: the program behind `sudo`, `env`, `nohup` and their like, which end as what
 * they run ends. One whose options are not known here is not looked behind.
 */
import type { Simple, Word } from "./Syntax.ts"
import { isAssignment } from "./Word.ts"

/** The options of a program, as far as needed to find what comes after them. */
export interface Options {
  /** Letters that stand alone. */
  readonly flags: string
  /** Letters that take a value, attached or in the next word. */
  readonly values: string
  readonly longFlags: ReadonlyArray<string>
  /** Names that take a value, after `=` or in the next word. */
  readonly longValues: ReadonlyArray<string>
}

interface Wrapper extends Partial<Options> {
  /** Words between its options and the program. */
  readonly operands?: number
  /** `NAME=value` may stand before the program. */
  readonly assigns?: boolean
}

const wrappers: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  ["builtin", {}],
  ["caffeinate", { flags: "dimsu", values: "t" }],
  ["chronic", {}],
  ["command", { flags: "p" }],
  ["doas", { flags: "n", values: "u" }],
  [
    "env",
    { flags: "i", values: "uC", longFlags: ["ignore-environment"], longValues: ["unset", "chdir"], assigns: true }
  ],
  ["exec", { flags: "cl", values: "a" }],
  ["ionice", { flags: "t", values: "cn" }],
  ["nice", { values: "n", longValues: ["adjustment"] }],
  ["nohup", {}],
  ["stdbuf", { values: "ioe", longValues: ["input", "output", "error"] }],
  [
    "sudo",
    {
      flags: "AEHnPSi",
      values: "ugpCrtTDR",
      longFlags: ["preserve-env", "set-home", "non-interactive", "login", "stdin"],
      longValues: ["user", "group", "prompt", "chdir"],
      assigns: true
    }
  ],
  ["time", { flags: "apv", values: "fo" }],
  [
    "timeout",
    {
      flags: "fv",
      values: "ks",
      longFlags: ["foreground", "verbose"],
      longValues: ["kill-after", "signal"],
      operands: 1
    }
  ],
  ["unbuffer", {}]
])

export interface Invocation {
  readonly assignments: ReadonlyArray<Word>
  /** The program and its arguments; empty where there is none. */
  readonly words: ReadonlyArray<Word>
  /** The names of what it stands behind, outermost first. */
  readonly behind: ReadonlyArray<string>
}

/** The name under which a program is called: by itself, or with its whole path. A relative path is a program of its own. */
export const nameOf = (word: Word | undefined): string | null => {
  const text = word?.text ?? null
  return text !== null && text.startsWith("/") ? text.slice(text.lastIndexOf("/") + 1) : text
}

/** The index of the first word from `start` on that is no option, or null where one is not known. */
export const afterOptions = (words: ReadonlyArray<Word>, start: number, options: Partial<Options>): number | null => {
  for (let at = start; ; at++) {
    const text = words[at]?.text ?? null
    if (text === "--") return at + 1
    if (text === null || text === "-" || !text.startsWith("-")) return at
    const taken = text.startsWith("--") ? longOption(text.slice(2), options) : cluster(text.slice(1), options)
    if (taken === null) return null
    at += taken
  }
}

/** How many further words an option takes: 0 or 1; null for one that is not known. */
const longOption = (option: string, { longFlags = [], longValues = [] }: Partial<Options>): 0 | 1 | null => {
  const name = option.replace(/=.*/s, "")
  if (longValues.includes(name)) return name === option ? 1 : 0
  return longFlags.includes(name) ? 0 : null
}

const cluster = (letters: string, { flags = "", values = "" }: Partial<Options>): 0 | 1 | null => {
  for (const [index, letter] of [...letters].entries()) {
    if (values.includes(letter)) return index === letters.length - 1 ? 1 : 0
    if (!flags.includes(letter)) return null
  }
  return 0
}

export const invocation = ({ assignments, words }: Simple): Invocation => {
  const given = [...assignments]
  const behind: Array<string> = []
  let start = 0
  for (;;) {
    const name = nameOf(words[start])
    const wrapper = name === null ? undefined : wrappers.get(name)
    const options = wrapper === undefined ? null : afterOptions(words, start + 1, wrapper)
    if (name === null || wrapper === undefined || options === null) break
    const first = options + (wrapper.operands ?? 0)
    let next = first
    while (wrapper.assigns === true && isAssigned(words[next])) next += 1
    if (next >= words.length) break
    given.push(...words.slice(first, next))
    behind.push(name)
    start = next
  }
  return { assignments: given, words: words.slice(start), behind }
}

const isAssigned = (word: Word | undefined): boolean => word !== undefined && isAssignment(word)
