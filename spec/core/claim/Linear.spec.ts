/** What a text costs: steps that grow with its length alone, and a time that nobody feels. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { classify, timePromises } from "../../../core/claim/index.ts"
import { type Counter, counter, times } from "./Cost.ts"

const kib = 1024

const repeated = (unit: string, length: number): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length)

/** Near misses, what opens and never closes, what nests, and what has to be looked at from both sides. */
const units: ReadonlyArray<string> = [
  ["I'll push ", "I’ll push ", "I'll push, ", "I'll push the the ", "I'll push the a of ", "I've pushed, merged "],
  ["Restarting the ", "Restarting it who ", "restart ", "now now push ", "push", "re-", "x'y", "I'll push          "],
  ["and I'll push ", "Say it and I'll push ", "I'll push it and, the ", "and, ", "go ahead and ", "OK, ", "the "],
  ["if I'll push ", "I'll push it if ", "I will not push ", "I'll push it, he said ", "said ", "he said: "],
  ["a: I'll push\n", "User: ", "<a> ", "bob> ", "The user wrote:\n", "the\n", "if a\n", "\n", "\t", "    "],
  ['"', '"a ', "'a ", "a' ", "' ' ' ", "“a ", "‘a’ ", "«a ", "» a «", "`", "`a ", "~~a ", 'I\'ll push "a" '],
  [
    "- ",
    "1. ",
    "> ",
    "```\n",
    "~~~\na\n",
    "# ",
    "| ",
    "[ ] ",
    "e.g. ",
    "1.1. ",
    "No. 5. ",
    "....",
    "? ",
    "?",
    ")",
    "-"
  ],
  ["I'll push!!!!", "I'll push the !!!!!!!!!!", ") I'll push (", "in 5 minutes ", "will be in 5 minutes ", "by 5pm "],
  ["\ud83d", "\0", "\u2028", "a.b", "#", "a--", "http://", "I'll push https://a.b/c?d "]
].flat()

/** Runs of backticks, each longer than the one before: none closes another. */
const ladder = (length: number): string => {
  let text = ""
  for (let count = 1; text.length < length; count++) text += `${"`".repeat(count)}a `
  return text.slice(0, length)
}

const texts: ReadonlyArray<readonly [name: string, make: (length: number) => string]> = [
  ...units.map((unit) => [JSON.stringify(unit), (length: number) => repeated(unit, length)] as const),
  ["a ladder of backticks", ladder],
  ["one of everything", (length) => repeated(units.join(" "), length)]
]

let counted: Counter

beforeAll(async () => {
  counted = await counter()
})
afterAll(() => counted.stop())

it("CLM-1 64 KiB take at most ten times the steps of 8 KiB, whatever the text", async () => {
  for (const [name, make] of texts) {
    const small = await counted.steps(make(8 * kib))
    const large = await counted.steps(make(64 * kib))
    expect(small, `${name}`).toBeGreaterThan(0)
    expect(large, `${name}`).toBeLessThanOrEqual(10 * small)
  }
})

// What V8 compiles between two runs may leave some hundredth part uncounted.
it("CLM-1 steps are counted truly: as many for the same text, twice as many for twice the text", async () => {
  const text = repeated("I'll push it. ", 2 * kib)
  const steps = await counted.steps(text)
  expect(Math.abs((await counted.steps(text)) / steps - 1)).toBeLessThan(0.02)
  expect((await counted.steps(text + text)) / steps).toBeGreaterThan(1.8)
})

/**
 * Milliseconds. The 20 of the promise are measured by the benchmark K3, on a machine with nothing else to do; beside
 * other specs a multiple of it still tells a text that costs more than its length.
 */
const limit = 60

it("CLM-1 256 KiB take milliseconds, whatever the text", async () => {
  const all = [...units, units.join(" "), ladder(256 * kib)]
  const taken = await times(all, 256 * kib, limit)
  expect(taken).toHaveLength(all.length)
  for (const [index, ms] of taken.entries()) expect(ms, `${all[index]?.slice(0, 40)}`).toBeLessThan(limit)
})

it("CLM-1 texts of a megabyte are read, whatever they are made of", () => {
  for (const unit of ["I'll push. ", "\ud83d", '" ']) {
    const text = unit.repeat(Math.ceil(2 ** 20 / unit.length))
    expect(Array.isArray(classify(text))).toBe(true)
    expect(Array.isArray(timePromises(text, { now: 0, offsetMinutes: 0 }))).toBe(true)
  }
})
