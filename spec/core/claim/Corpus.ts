/** The sentences of the corpus: what each claims is written beside it. */
import { readFileSync } from "node:fs"
import { join } from "node:path"

/** `push` for a claim of the future, `done push` for one of a completed action. */
type Expected = string

export interface Example {
  readonly category: string
  readonly text: string
  readonly expected: ReadonlyArray<Expected>
}

const folder = join(import.meta.dirname, "corpus")

/** Newlines and tabs are written as signs, so that an example is one line of its file. */
const written = (line: string): string => line.replaceAll("⏎", "\n").replaceAll("⇥", "\t")

const read = (file: string, parse: (line: string) => Omit<Example, "category">): ReadonlyArray<Example> => {
  let category = ""
  return readFileSync(join(folder, file), "utf8")
    .split("\n")
    .flatMap((line) => {
      if (line.startsWith("== ")) category = line.slice(3)
      return line === "" || line.startsWith(";") || line.startsWith("== ") ? [] : [{ category, ...parse(line) }]
    })
}

const claim = (line: string): Omit<Example, "category"> => {
  const at = line.lastIndexOf(" => ")
  return { text: written(line.slice(0, at)), expected: line.slice(at + " => ".length).split(", ") }
}

const other = (line: string): Omit<Example, "category"> => ({ text: written(line), expected: [] })

/** Every category that claims something. */
export const claims: ReadonlyArray<Example> = [...read("claims.txt", claim), ...read("claims-held-back.txt", claim)]

/** Every category that only looks like it. */
export const others: ReadonlyArray<Example> = [...read("others.txt", other), ...read("others-held-back.txt", other)]
