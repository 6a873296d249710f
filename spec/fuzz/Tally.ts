/** How much each parser was given and what it made of it: `npm run fuzz` adds it up. */
import { appendFileSync } from "node:fs"
import { createContext, Script } from "node:vm"

export type Outcome = "value" | "refused"

/** Milliseconds. No parser needs a hundredth of it for what it is given here; one that does not end never does. */
const limitMs = 20_000

const box = { work: (): unknown => undefined }
const context = createContext(box)
const script = new Script("work()")

let isWatched = false

/**
 * What it answers; it throws where that takes for ever, also within a regular expression. Node watches from a thread that
 * it starts and ends for each call, which costs more than most parsers: within another one it is watched already.
 */
export const bounded = <A>(work: () => A): A => {
  if (isWatched) return work()
  let answer: readonly [A] | null = null
  box.work = () => (answer = [work()])
  isWatched = true
  try {
    script.runInContext(context, { timeout: limitMs })
  } finally {
    isWatched = false
  }
  if (answer === null) throw new Error("it has not answered")
  return answer[0]
}

interface Counted {
  readonly parser: string
  inputs: number
  bytes: number
  value: number
  refused: number
}

let all: ReadonlyArray<Counted> = []

/** Counts the inputs of a parser. */
export const tally = (parser: string): ((bytes: number, outcome: Outcome) => void) => {
  const counted: Counted = { parser, inputs: 0, bytes: 0, value: 0, refused: 0 }
  all = [...all, counted]
  return (bytes, outcome) => {
    counted.inputs++
    counted.bytes += bytes
    counted[outcome]++
  }
}

/** Writes down what was counted so far; for the end of each file of specs. */
export const writeDown = (): void => {
  const file = process.env.DROVER_FUZZ
  const lines = all.filter(({ inputs }) => inputs > 0).map((each) => `${JSON.stringify(each)}\n`)
  all = []
  if (file !== undefined) appendFileSync(file, lines.join(""))
}
