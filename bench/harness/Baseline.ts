/**
 * What an earlier run found, and whether this one is worse. Ratios are compared with ratios, so that a slower machine
 * is no regression; counters with counters, exactly.
 */
import { readFile, writeFile } from "node:fs/promises"
import * as Schema from "effect/Schema"
import { isRegression } from "./Judgement.ts"
import type { Measurement } from "./Measurement.ts"

const Numbers = Schema.Record({ key: Schema.String, value: Schema.Number })

const File = Schema.Struct({
  schema: Schema.Literal(1),
  results: Schema.Record({ key: Schema.String, value: Schema.Struct({ ratios: Numbers, counters: Numbers }) })
})
export type Baseline = typeof File.Type

/** The bundle grows with every feature; only what grows it by more than this is worth a look. */
const bundleCounter = "bundle bytes"
const bundleGrowth = 1.1

/** What a file that is about to be written is taken for as long as it is not there. */
export const empty: Baseline = { schema: 1, results: {} }

export const read = async (path: string): Promise<Baseline> =>
  Schema.decodeUnknownSync(Schema.parseJson(File))(await readFile(path, "utf8"))

const rounded = (value: number): number => Number(value.toPrecision(4))

/** Writes what was measured; what was not measured stays. */
export const update = async (path: string, before: Baseline, measured: ReadonlyArray<Measurement>): Promise<void> => {
  const results = { ...before.results }
  for (const { counters, references, scenario } of measured) {
    const ratios = Object.fromEntries(references.map(({ name, ratio }) => [name, rounded(ratio)]))
    results[scenario.id] = { ratios, counters: Object.fromEntries(counters) }
  }
  await writeFile(path, `${JSON.stringify({ schema: 1, results } satisfies Baseline, null, 2)}\n`)
}

/** One line for each ratio and counter that is worse than it was. */
export const regressions = (
  baseline: Baseline,
  { counters, references, scenario }: Measurement,
  sameRatio: number
): ReadonlyArray<string> => {
  const before = baseline.results[scenario.id]
  if (before === undefined) return []
  const slower = references.flatMap(({ interval, name, ratio }) => {
    const was = before.ratios[name]
    return was !== undefined && isRegression(scenario, interval, was, sameRatio)
      ? [`${scenario.id}: ${ratio.toFixed(3)} of ${name}, was ${was.toFixed(3)}`]
      : []
  })
  const more = [...counters].flatMap(([name, count]) => {
    const was = before.counters[name]
    const limit = was === undefined ? Number.POSITIVE_INFINITY : name === bundleCounter ? was * bundleGrowth : was
    return count > limit ? [`${scenario.id}: ${count} ${name}, was ${was}`] : []
  })
  return [...slower, ...more]
}
