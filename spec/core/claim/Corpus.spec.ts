/** How well claims are told from what looks like them, on sentences as agents write them; the table is printed. */
import { expect, it } from "vitest"
import { classify } from "../../../core/claim/index.ts"
import { claims, type Example, others } from "./Corpus.ts"

interface Score {
  readonly category: string
  readonly sentences: number
  readonly expected: number
  readonly found: number
  readonly right: number
  /** Sentences that were not read as they are marked. */
  readonly mistakes: ReadonlyArray<string>
}

/** How many of the first list are in the second one, each counted once. */
const common = (some: ReadonlyArray<string>, others: ReadonlyArray<string>): number => {
  const left = [...others]
  return some.filter((each) => {
    const index = left.indexOf(each)
    if (index >= 0) left.splice(index, 1)
    return index >= 0
  }).length
}

const scoreOf = (category: string, examples: ReadonlyArray<Example>): Score => {
  const read = examples.map(({ expected, text }) => {
    const found = classify(text).map(({ tense, verb }) => (tense === "completed" ? `done ${verb}` : verb))
    return { text, expected, found, right: common(expected, found) }
  })
  const sum = (count: (each: (typeof read)[number]) => number): number =>
    read.reduce((all, each) => all + count(each), 0)
  return {
    category,
    sentences: examples.length,
    expected: sum(({ expected }) => expected.length),
    found: sum(({ found }) => found.length),
    right: sum(({ right }) => right),
    mistakes: read
      .filter(({ expected, found }) => expected.join() !== found.join())
      .map(({ expected, found, text }) => `${JSON.stringify(text)}: ${found.join(", ")} for ${expected.join(", ")}`)
  }
}

const scores = (examples: ReadonlyArray<Example>): ReadonlyArray<Score> =>
  [...new Set(examples.map(({ category }) => category))].map((category) =>
    scoreOf(
      category,
      examples.filter((each) => each.category === category)
    )
  )

const total = (all: ReadonlyArray<Score>): Score => ({
  category: "all",
  sentences: all.reduce((sum, { sentences }) => sum + sentences, 0),
  expected: all.reduce((sum, { expected }) => sum + expected, 0),
  found: all.reduce((sum, { found }) => sum + found, 0),
  right: all.reduce((sum, { right }) => sum + right, 0),
  mistakes: all.flatMap(({ mistakes }) => mistakes)
})

/** Nothing found is nothing wrong, and nothing to find is nothing missed. */
const precision = ({ found, right }: Score): number => (found === 0 ? 1 : right / found)
const recall = ({ expected, right }: Score): number => (expected === 0 ? 1 : right / expected)

const row = (score: Score): string =>
  [
    score.category.padEnd(48),
    String(score.sentences).padStart(9),
    String(score.expected).padStart(6),
    String(score.found).padStart(5),
    precision(score).toFixed(3).padStart(9),
    recall(score).toFixed(3).padStart(6)
  ].join(" ")

const positive = scores(claims)
const negative = scores(others)
const all = total([...positive, ...negative])

it("CLM-2 every category of claims and of look-alikes has at least twenty sentences, none of them twice", () => {
  for (const { category, sentences } of [...positive, ...negative]) {
    expect(sentences, `${category}`).toBeGreaterThanOrEqual(20)
  }
  const texts = [...claims, ...others].map(({ text }) => text)
  expect(new Set(texts).size).toBe(texts.length)
})

it("CLM-2 no sentence of the corpus is read in another way than it is marked but these", () => {
  expect(all.mistakes).toEqual([`"We'll restart both nodes one after the other.":  for restart`])
})

it("CLM-2 on the corpus precision is at least 0.99 and recall at least 0.92, in every category too", () => {
  console.log(
    [
      "corpus of action claims".padEnd(48) + " sentences claims found precision recall",
      ...[...positive, ...negative, all].map(row),
      ...all.mistakes
    ].join("\n")
  )
  expect(precision(all)).toBeGreaterThanOrEqual(0.99)
  expect(recall(all)).toBeGreaterThanOrEqual(0.92)
  for (const score of positive) expect(recall(score), `${score.category}`).toBeGreaterThanOrEqual(0.92)
  for (const score of negative) expect(score.found, `${score.category}`).toBeLessThanOrEqual(1)
})
