/**
 * What the samples of a scenario come to: medians, ratios with their intervals, counters, and how each goal stands.
 */
import type { Goal, Sample, Scenario } from "../Scenario.ts"
import { judge, type Status } from "./Judgement.ts"
import type { Series } from "./Series.ts"
import { type Interval, median, medianInterval, percentile, ratioInterval } from "./Statistics.ts"

export interface Compared {
  readonly name: string
  readonly samples: ReadonlyArray<number>
  readonly median: number
  /** Subject to reference. */
  readonly ratio: number
  readonly interval: Interval
}

export interface Judged {
  readonly goal: Goal
  /** The ratio, or the value where the goal has no reference. */
  readonly found: number
  readonly interval: Interval
  readonly status: Status
}

export interface Measurement {
  readonly scenario: Scenario
  readonly samples: ReadonlyArray<number>
  readonly median: number
  readonly p10: number
  readonly p90: number
  readonly details: ReadonlyMap<string, number>
  readonly references: ReadonlyArray<Compared>
  readonly counters: ReadonlyMap<string, number>
  readonly goals: ReadonlyArray<Judged>
}

const valuesOf = (samples: ReadonlyArray<Sample>): ReadonlyArray<number> => samples.map(({ value }) => value)

const detailsOf = (samples: ReadonlyArray<Sample>): ReadonlyMap<string, number> => {
  const names = Object.keys(samples[0]?.details ?? {})
  return new Map(names.map((name) => [name, median(samples.map(({ details }) => details[name] ?? Number.NaN))]))
}

/** A counter that differs between samples of one run counts something else than it says. */
const countersOf = ({ id }: Scenario, samples: ReadonlyArray<Sample>): ReadonlyMap<string, number> => {
  const [first, ...rest] = samples
  for (const { counters } of rest) {
    for (const [name, value] of Object.entries(counters)) {
      if (first?.counters[name] !== value) throw new Error(`${id}: ${name} was ${first?.counters[name]}, then ${value}`)
    }
  }
  return new Map(Object.entries(first?.counters ?? {}))
}

export const compare = (scenario: Scenario, series: Series): ReadonlyArray<Compared> => {
  const subject = valuesOf(series.get(scenario.subject.name) ?? [])
  return scenario.references.map(({ name }) => {
    const samples = valuesOf(series.get(name) ?? [])
    const ratio = median(subject) / median(samples)
    return { name, samples, median: median(samples), ratio, interval: ratioInterval(subject, samples) }
  })
}

/** `sameRatio`: of the A/A pair of the scenario's kind. */
export const measure = (scenario: Scenario, series: Series, sameRatio: number): Measurement => {
  const samples = series.get(scenario.subject.name) ?? []
  const values = valuesOf(samples)
  const references = compare(scenario, series)
  const foundOf = ({ detail, reference }: Goal): Pick<Judged, "found" | "interval"> => {
    if (reference === null) {
      const own = detail === undefined ? values : samples.map(({ details }) => details[detail] ?? Number.NaN)
      return { found: median(own), interval: medianInterval(own) }
    }
    const compared = references.find(({ name }) => name === reference)
    if (compared === undefined) throw new Error(`${scenario.id} has no reference ${reference}`)
    return { found: compared.ratio, interval: compared.interval }
  }
  return {
    scenario,
    samples: values,
    median: median(values),
    p10: percentile(values, 0.1),
    p90: percentile(values, 0.9),
    details: detailsOf(samples),
    references,
    counters: countersOf(scenario, samples),
    goals: scenario.goals.map((goal) => {
      const found = foundOf(goal)
      return { goal, ...found, status: judge(goal, found.interval, scenario.kind, sameRatio) }
    })
  }
}
