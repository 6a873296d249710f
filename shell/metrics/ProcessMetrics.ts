/**
 * What this process counts of itself, with Effect's own metrics: there from its start, gone with it.
 */
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricLabel from "effect/MetricLabel"
import * as MetricState from "effect/MetricState"
import { definitions } from "../../core/metrics/Definition.ts"
import type { HistogramSample, Sample } from "../../core/metrics/Family.ts"
import type { Process, Way } from "../../core/metrics/Figures.ts"
import type { HookName } from "../../core/hook/HookName.ts"
import type { Action } from "../../core/tick/Action.ts"

/** Seconds: from half a millisecond, since most ticks and commits take a few, to what nobody should ever see. */
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const histogram = ({ help, name }: { readonly help: string; readonly name: string }) =>
  Metric.histogram(name, MetricBoundaries.fromIterable(bounds), help)
const counter = ({ help, name }: { readonly help: string; readonly name: string }) =>
  Metric.counter(name, { description: help, incremental: true })

const tickSeconds = histogram(definitions.tickSeconds)
const tickActions = counter(definitions.tickActions)
const ingestSeconds = histogram(definitions.ingestSeconds)
const ingestEvents = counter(definitions.ingestEvents)

type Tags = ReadonlyArray<MetricLabel.MetricLabel>

/** The same list for the same labels: Effect finds a metric by its list at once, and by its labels slowly. */
const tagsOf = (make: (...values: ReadonlyArray<string>) => Tags) => {
  const known = new Map<string, Tags>()
  return (...values: ReadonlyArray<string>): Tags => {
    const key = values.join(" ")
    const tags = known.get(key) ?? make(...values)
    known.set(key, tags)
    return tags
  }
}

const ofAction = tagsOf((action = "") => [MetricLabel.make("action", action)])
const ofEvent = tagsOf((hook = "", via = "") => [MetricLabel.make("hook", hook), MetricLabel.make("via", via)])

/** A tick asked for those actions, and took so many seconds with them. */
export const ticked = (seconds: number, actions: ReadonlyArray<Pick<Action, "_tag">>): void => {
  tickSeconds.unsafeUpdate(seconds, [])
  for (const { _tag } of actions) tickActions.unsafeUpdate(1, ofAction(_tag))
}

/** Events that came together are durable, and have waited so many seconds for it. */
export const ingested = (via: Way, seconds: number, hooks: Iterable<HookName>): void => {
  ingestSeconds.unsafeUpdate(seconds, [])
  for (const hook of hooks) ingestEvents.unsafeUpdate(1, ofEvent(hook, via))
}

const countedOf = (wanted: string): ReadonlyArray<Sample> =>
  Metric.unsafeSnapshot().flatMap(({ metricKey: { name, tags }, metricState }) =>
    name === wanted && MetricState.isCounterState(metricState)
      ? [{ labels: tags.map(({ key, value }) => [key, value] as const), value: Number(metricState.count) }]
      : []
  )

const histogramOf = (metric: ReturnType<typeof histogram>): HistogramSample => {
  const { buckets, count, sum } = metric.unsafeValue([])
  return { labels: [], buckets: [...buckets], count, sum }
}

/** How long things have taken, which costs next to nothing to ask. */
export const durations = (): Pick<Process, "tickSeconds" | "ingestSeconds"> => ({
  tickSeconds: histogramOf(tickSeconds),
  ingestSeconds: histogramOf(ingestSeconds)
})

/** All of it now. */
export const read = (): Pick<Process, "tickSeconds" | "tickActions" | "ingestSeconds" | "ingestEvents"> => ({
  ...durations(),
  tickActions: countedOf(definitions.tickActions.name),
  ingestEvents: countedOf(definitions.ingestEvents.name)
})
