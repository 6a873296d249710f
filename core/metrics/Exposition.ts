/**
 * Families as Prometheus reads them: the text format, version 0.0.4. Total: whatever names, values and helps are, what
 * comes out can be read, and each series is in it once.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import type { Family, HistogramSample, Labels, Sample } from "./Family.ts"

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

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", '"': '\\"' }
const escaped = (text: string, special: RegExp): string =>
  wellFormed(text).replaceAll(special, (character) => escapes[character] ?? character)
const help = (text: string): string => escaped(text, /[\\\n]/g)
const value = (text: string): string => escaped(text, /[\\\n"]/g)

const number = (n: number): string => {
  if (Number.isFinite(n)) return String(n)
  return Number.isNaN(n) ? "NaN" : n > 0 ? "+Inf" : "-Inf"
}

const labelled = (labels: Labels, ...last: ReadonlyArray<readonly [string, string]>): string => {
  const all = new Map<string, string>()
  for (const [name, text] of last) all.set(name, value(text))
  const shown = new Map<string, string>()
  for (const [name, text] of labels) {
    const key = labelName(name)
    if (!all.has(key) && !shown.has(key)) shown.set(key, value(text))
  }
  const parts = [...shown, ...all].map(([name, text]) => `${name}="${text}"`)
  return parts.length === 0 ? "" : `{${parts.join(",")}}`
}

type Line = readonly [series: string, value: string]

const plain = (name: string, { labels, value }: Sample): Line => [`${name}${labelled(labels)}`, number(value)]

/** Counts that grow from bucket to bucket, whatever was given. */
const cumulative = ({ buckets, count }: HistogramSample): ReadonlyArray<readonly [le: number, count: number]> => {
  let highest = 0
  const grown = buckets
    .filter(([le]) => Number.isFinite(le))
    .toSorted(([a], [b]) => a - b)
    .map(([le, upto]) => [le, (highest = Math.max(highest, upto || 0))] as const)
  return [...grown, [Number.POSITIVE_INFINITY, Math.max(highest, count || 0)]]
}

const histogram = (name: string, sample: HistogramSample): ReadonlyArray<Line> => {
  const { labels, sum } = sample
  const buckets = cumulative(sample)
  const [, all] = buckets.at(-1) ?? [0, 0]
  return [
    ...buckets.map(([le, count]): Line => [`${name}_bucket${labelled(labels, ["le", number(le)])}`, number(count)]),
    [`${name}_sum${labelled(labels)}`, number(sum)],
    [`${name}_count${labelled(labels)}`, number(all)]
  ]
}

const lines = (family: Family, name: string): ReadonlyArray<Line> =>
  family.type === "histogram"
    ? family.samples.flatMap((sample) => histogram(name, sample))
    : family.samples.map((sample) => plain(name, sample))

const text = (name: string, family: Family): string => {
  const series = new Map<string, string>()
  for (const [key, shown] of lines(family, name)) if (!series.has(key)) series.set(key, shown)
  return [
    `# HELP ${name} ${help(family.help)}`,
    `# TYPE ${name} ${family.type}`,
    ...[...series].map(([key, shown]) => `${key} ${shown}`),
    ""
  ].join("\n")
}

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
