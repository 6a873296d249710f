/** K1 to K3: what it costs to look for claims in what agents write, and in what is written to be slow. */
import { classify } from "../../core/claim/index.ts"
import { median } from "../harness/Statistics.ts"
import * as TwelvePatterns from "../references/TwelvePatterns.ts"
import { only, type Sample, type Scenario } from "../Scenario.ts"
import { adversarial, turns } from "../workload/Messages.ts"

const kib = 1024

/** Thousands of turns a second, over rounds of all turns. */
const rate = (find: (text: string) => number): Promise<Sample> => {
  const took: Array<number> = []
  let found = 0
  for (let round = -30; round < 120; round++) {
    const begun = performance.now()
    for (const text of turns) found += find(text)
    if (round >= 0) took.push(performance.now() - begun)
  }
  if (found === 0) throw new Error("nothing was found")
  return Promise.resolve(only(turns.length / median(took)))
}

/** Milliseconds of the text that takes longest; each text's own time is its shortest of many, which noise can not lower. */
const slowest = (length: number, times: number): number => {
  const texts = adversarial(length)
  return Math.max(
    ...texts.map((text) => {
      let least = Number.POSITIVE_INFINITY
      for (let time = 0; time < times; time++) {
        const begun = performance.now()
        classify(text)
        least = Math.min(least, performance.now() - begun)
      }
      return least
    })
  )
}

const worst = (length: number, times: number) => (): Promise<Sample> => Promise.resolve(only(slowest(length, times)))

export const claims: Scenario = {
  id: "K1",
  title: "turns of 2 KB searched for claims",
  kind: "cpu",
  unit: "k/s",
  better: "higher",
  subjectIs: "process",
  subject: { name: "ActionClaim.classify", run: () => rate((text) => classify(text).length) },
  references: [{ name: "twelve patterns", run: () => rate(TwelvePatterns.count) }],
  goals: [
    { id: "K1", reference: "twelve patterns", relation: "atLeast", limit: 0.5 },
    { id: "K1 rate", reference: null, relation: "atLeast", limit: 40 }
  ]
}

export const linearClaims: Scenario = {
  id: "K2",
  title: "the slowest of texts that are made to be slow, 64 KiB",
  kind: "cpu",
  unit: "ms",
  better: "lower",
  subjectIs: "process",
  subject: { name: "classify, 64 KiB", run: worst(64 * kib, 30) },
  references: [{ name: "classify, 8 KiB", run: worst(8 * kib, 200) }],
  goals: [{ id: "K2", reference: "classify, 8 KiB", relation: "atMost", limit: 10 }]
}

export const longClaims: Scenario = {
  id: "K3",
  title: "the slowest of texts that are made to be slow, 256 KiB",
  kind: "cpu",
  unit: "ms",
  better: "lower",
  subjectIs: "process",
  subject: { name: "classify, 256 KiB", run: worst(256 * kib, 15) },
  references: [],
  goals: [{ id: "K3", reference: null, relation: "atMost", limit: 20 }]
}
