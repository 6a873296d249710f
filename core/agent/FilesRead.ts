/**
 * Which files a shell command reads, as far as the command itself says so: the operands of programs that print files.
 * Codex reads in no other way (`../shared/agents/FACTS.md` 4), so that without it reading would look like doing nothing.
 */
import {
  afterOptions,
  type Invocation,
  invocation,
  nameOf,
  parse,
  simpleCommands,
  type Word
} from "../shell-line/index.ts"

interface Reader {
  readonly flags: string
  readonly values: string
  /** Operands before the files. */
  readonly operands?: number
  /** Without that letter among its options it does something else. */
  readonly needs?: string
}

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["cat", { flags: "AbeEnstTuv", values: "" }],
  ["head", { flags: "qv0123456789", values: "nc" }],
  ["tail", { flags: "qv0123456789", values: "nc" }],
  ["nl", { flags: "p", values: "bdfhilnsvw" }],
  ["sed", { flags: "nErsuz", values: "", operands: 1, needs: "n" }]
])

const shells: ReadonlySet<string> = new Set(["sh", "bash", "dash", "zsh"])
/** `-c`, also with other letters: `-lc`. */
const isScriptOption = ({ text }: Word): boolean => text !== null && /^-[a-z]*c$/.test(text)

/** Shells within shells that are looked into. */
const maxDepth = 3

/** UTF-16 units of a line that is looked into: a longer one brings along what it writes, and takes long to read. */
const longest = 16 * 1024

/** The paths, as they are written, in their order; what depends on a variable or a pattern is left out. */
export const ofCommand = (line: string, depth = maxDepth): ReadonlyArray<string> => {
  const script = line.length > longest ? null : parse(line)
  return script === null ? [] : simpleCommands(script).flatMap((simple) => ofInvocation(invocation(simple), depth))
}

const ofInvocation = ({ words }: Invocation, depth: number): ReadonlyArray<string> => {
  const name = nameOf(words[0])
  if (name === null) return []
  if (shells.has(name)) {
    const inner = words[words.findIndex(isScriptOption) + 1]?.text ?? null
    return inner === null || depth === 0 || !words.some(isScriptOption) ? [] : ofCommand(inner, depth - 1)
  }
  const reader = readers.get(name)
  return reader === undefined ? [] : operandsOf(words, reader)
}

const operandsOf = (words: ReadonlyArray<Word>, { needs, operands = 0, ...options }: Reader): ReadonlyArray<string> => {
  const after = afterOptions(words, 1, options)
  if (after === null) return []
  const given = words.slice(1, after).flatMap(({ text }) => text ?? [])
  if (needs !== undefined && !given.some((text) => text.includes(needs))) return []
  return words.slice(after + operands).flatMap(({ text }) => (text === null || text.startsWith("-") ? [] : text))
}
