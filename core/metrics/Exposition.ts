/**
 * Families as Prometheus reads them: the text format, version 0.0.4. Total: whatever names, values and helps are, what
 * comes out can be read, and each series is in it once.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import type { Family, HistogramSample, Labels } from "./Family.ts"

/** The content type of `render`. */
export const contentType = "text/plain; version=0.0.4; charset=utf-8"

/** What is no name becomes one: every other character is an underscore. */
const named = (text: string, others: RegExp): string => {
  const name = text.replaceAll(others, "_")
  return /^[a-zA-Z_:]/.test(name) ? name : `_${name}`
}
const metricName = (text: string): string => named(text, /[^a-zA-Z0-9_:]/g)
const labelName = (text: string): string => named(text, /[^a-zA-Z0-9_]/g)

/** A half of a pair of surrogates has no UTF-8. */
const wellFormed = (text: string): string => text.replaceAll(/\p{Surrogate}/gu, "\uFFFD")

const help = (text: string): string => wellFormed(text).replaceAll("\\", "\\\\").replaceAll("\n", "\\n")
const value = (text: string): string => help(text).replaceAll('"', '\\"')

const number = (n: number): string => {
  if (Number.isFinite(n)) return String(n)
  return Number.isNaN(n) ? "NaN" : n > 0 ? "+Inf" : "-Inf"
}

type Shown = ReadonlyMap<string, string>

/** Of several labels with one name the first counts; `le` is the buckets' own. */
const shownOf = (labels: Labels, isHistogram: boolean): Shown => {
  const shown = new Map<string, string>()
  for (const [name, text] of labels) {
    const key = labelName(name)
    if (!shown.has(key) && !(isHistogram && key === "le")) shown.set(key, value(text))
  }
  return shown
}

const braces = (labels: Shown): string => {
  const parts = [...labels].map(([name, text]) => `${name}="${text}"`)
  return parts.length === 0 ? "" : `{${parts.join(",")}}`
}

/** Counts that grow from bucket to bucket, whatever was given. */
const cumulative = ({ buckets, count }: HistogramSample): ReadonlyMap<number, number> => {
  const grown = new Map<number, number>()
  let highest = 0
  const sorted = buckets.filter(([le]) => Number.isFinite(le)).toSorted(([a], [b]) => a - b)
  for (const [le, upto] of [...sorted, [Number.POSITIVE_INFINITY, count] as const]) {
    if (upto > highest && Number.isFinite(upto)) highest = upto
    grown.set(le, highest)
  }
  return grown
}

const histogram = (name: string, labels: Shown, sample: HistogramSample): ReadonlyArray<string> => {
  const buckets = cumulative(sample)
  const own = braces(labels)
  return [
    ...[...buckets].map(([le, count]) => `${name}_bucket${braces(new Map([...labels, ["le", number(le)]]))} ${count}`),
    `${name}_sum${own} ${number(sample.sum)}`,
    `${name}_count${own} ${buckets.get(Number.POSITIVE_INFINITY)}`
  ]
}

/** The lines of each sample, by its labels. */
const lines = <S extends { readonly labels: Labels }>(
  samples: ReadonlyArray<S>,
  isHistogram: boolean,
  show: (labels: Shown, sample: S) => ReadonlyArray<string>
): ReadonlyArray<string> => {
  const all = new Map<string, ReadonlyArray<string>>()
  for (const sample of samples) {
    const labels = shownOf(sample.labels, isHistogram)
    const key = JSON.stringify([...labels].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    if (!all.has(key)) all.set(key, show(labels, sample))
  }
  return [...all.values()].flat()
}

const text = (name: string, family: Family): string =>
  [
    `# HELP ${name} ${help(family.help)}`,
    `# TYPE ${name} ${family.type}`,
    ...(family.type === "histogram"
      ? lines(family.samples, true, (labels, sample) => histogram(name, labels, sample))
      : lines(family.samples, false, (labels, { value }) => [`${name}${braces(labels)} ${number(value)}`])),
    ""
  ].join("\n")

/** By name; of several families, and of several samples with the same labels, the first counts. */
export const render = (families: ReadonlyArray<Family>): string => {
  const byName = new Map<string, Family>()
  for (const family of families) {
    const name = metricName(family.name)
    if (!byName.has(name)) byName.set(name, family)
  }
  return [...byName]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, family]) => text(name, family))
    .join("")
}
