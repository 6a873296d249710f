/**
 * A run as a person reads it (a table of fixed width, then a line for each goal) and as a program does (JSON).
 */
import type { Kind } from "../Scenario.ts"
import { gates, isNoisy } from "./Judgement.ts"
import type { Machine } from "./Machine.ts"
import type { Compared, Judged, Measurement } from "./Measurement.ts"
import type { Interval } from "./Statistics.ts"

/** How an A/A pair of each kind that was needed came out. */
export type Same = ReadonlyMap<Kind, Compared>

export interface Run {
  readonly isQuick: boolean
  readonly machine: Machine
  readonly same: Same
  readonly measurements: ReadonlyArray<Measurement>
  readonly regressions: ReadonlyArray<string>
  /** What could not be measured on this machine, and why. */
  readonly skipped: ReadonlyArray<string>
  /** What could be measured and was not, since a sample broke. */
  readonly broken: ReadonlyArray<string>
}

/** Three digits that count, and none after the point where there are three before it. */
const number = (value: number): string => {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)))
  return value.toFixed(Math.min(digits, 3))
}

const ratio = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)}x`
const between = ({ high, low }: Interval): string => `${low.toFixed(2)} .. ${high.toFixed(2)}`

const columns = [14, 30, 12, 10, 9, 16] as const
const row = (cells: ReadonlyArray<string>): string =>
  cells
    .map((cell, index) => (index < 2 ? cell.padEnd(columns[index] ?? 0) : cell.padStart(columns[index] ?? 0)))
    .join("  ")
    .trimEnd()

const head = row(["id", "what", "median", "unit", "ratio", "95 %"])

const machineLines = ({ isQuick, machine }: Run): ReadonlyArray<string> => [
  `${machine.cpu}, ${machine.cores} cores, ${machine.fs}, fdatasync p50 ${machine.fdatasyncP50Ms} ms, load ${machine.loadavg}`,
  `node ${machine.node}, SQLite ${machine.sqlite}, commit ${machine.commit}${isQuick ? ", quick" : ""}`
]

const sameLines = (same: Same): ReadonlyArray<string> =>
  [...same].map(([kind, { interval, ratio }]) => {
    const verdict = isNoisy(kind, ratio) ? `noisier than the gate of ${gates[kind]}: nothing passes` : "within the gate"
    return `A/A ${kind.padEnd(5)} ${ratio.toFixed(3)} (${between(interval)}): ${verdict}`
  })

const measurementLines = (measurement: Measurement): ReadonlyArray<string> => {
  const { counters, details, median, references, scenario } = measurement
  return [
    row([scenario.id, scenario.subject.name, number(median), scenario.unit]),
    ...references.map(({ interval, median, name, ratio: found }) =>
      row(["", `  ${name}`, number(median), scenario.unit, ratio(found), between(interval)])
    ),
    ...[...details].map(([name, value]) => row(["", `  ${name}`, number(value)])),
    ...[...counters].map(([name, value]) => row(["", `  ${name}`, `${value}`]))
  ]
}

const goalLine = ({ found, goal, interval, status }: Judged, unit: string): string => {
  const shown = (value: number): string =>
    goal.reference === null ? `${number(value)} ${goal.detail ?? unit}` : ratio(value)
  const against = goal.reference === null ? "" : ` of ${goal.reference}`
  const relation = goal.relation === "atLeast" ? ">=" : "<="
  return `${status.padEnd(12)} ${goal.id}: ${shown(found)}${against}, goal ${relation} ${shown(goal.limit)} (${between(interval)})`
}

export const lines = (run: Run): ReadonlyArray<string> => [
  ...machineLines(run),
  "",
  ...sameLines(run.same),
  "",
  head,
  ...run.measurements.flatMap(measurementLines),
  "",
  ...run.measurements.flatMap(({ goals, scenario }) => goals.map((each) => goalLine(each, scenario.unit))),
  ...run.regressions.map((line) => `regression   ${line}`),
  ...run.skipped.map((line) => `skipped      ${line}`),
  ...run.broken.map((line) => `broken       ${line}`)
]

const comparedJson = ({ interval, median, ratio, samples }: Compared) => ({
  median,
  ratio,
  ci: [interval.low, interval.high],
  samples
})

const goalJson = ({ found, goal, interval, status }: Judged) => ({
  id: goal.id,
  ref: goal.reference,
  ...(goal.detail !== undefined && { detail: goal.detail }),
  status,
  [goal.reference === null ? "value" : "ratio"]: found,
  ci: [interval.low, interval.high],
  [goal.relation === "atLeast" ? "min" : "max"]: goal.limit
})

/** The JSON of a run (PERFORMANCE, section 5.3). */
export const json = ({ isQuick, machine, measurements, regressions, same, skipped, broken }: Run) => ({
  schema: 1,
  quick: isQuick,
  env: machine,
  aa: Object.fromEntries([...same].map(([kind, pair]) => [kind, comparedJson(pair)])),
  results: measurements.map(({ counters, details, goals, median, p10, p90, references, samples, scenario }) => ({
    id: scenario.id,
    title: scenario.title,
    unit: scenario.unit,
    samples,
    median,
    p10,
    p90,
    details: Object.fromEntries(details),
    refs: Object.fromEntries(references.map((each) => [each.name, comparedJson(each)])),
    counters: Object.fromEntries(counters),
    goal: goals.map(goalJson)
  })),
  regressions,
  skipped,
  broken
})
