/** A run as a person reads it: a row for each cost, a column for each size, and how it grows; and as a program does. */
import type { Machine } from "../harness/Machine.ts"
import { exponent, lastDecade, perDecade } from "./Growth.ts"
import type { Curve } from "./Runs.ts"

export interface Scale {
  readonly machine: Machine
  readonly rounds: number
  readonly sizes: ReadonlyArray<number>
  readonly curves: ReadonlyArray<Curve>
}

export type Verdict = "pass" | "fail" | "none"

/** How much more ten times the tasks cost: over all sizes, or the last ones, whichever is more. */
const steepest = ({ points }: Curve): number | null => {
  const [power, last] = [exponent(points), lastDecade(points)]
  return power === null || last === null ? null : Math.max(perDecade(power), last)
}

/** Whether that is no more than was promised; none where nothing was, or there are too few points. */
export const verdict = (curve: Curve): Verdict => {
  const [found, most] = [steepest(curve), curve.cost.mostPerDecade]
  if (found === null || most === null) return "none"
  return found <= most ? "pass" : "fail"
}

/** Three digits that count. */
export const number = (value: number): string => {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)))
  return value.toFixed(Math.min(digits, 4))
}

const times = (factor: number | null): string => (factor === null ? "-" : `x${factor.toFixed(2)}`)

const growth = ({ points }: Curve): ReadonlyArray<string> => {
  const power = exponent(points)
  return [times(power === null ? null : perDecade(power)), times(lastDecade(points))]
}

const row = (cells: ReadonlyArray<string>): string =>
  cells
    .map((cell, index) => (index < 2 ? cell.padEnd(index === 0 ? 66 : 4) : cell.padStart(11)))
    .join("  ")
    .trimEnd()

export const lines = ({ curves, machine, rounds, sizes }: Scale): ReadonlyArray<string> => [
  `${machine.cpu}, ${machine.cores} cores, ${machine.fs}, fdatasync p50 ${machine.fdatasyncP50Ms} ms, load ${machine.loadavg}`,
  `node ${machine.node}, SQLite ${machine.sqlite}, commit ${machine.commit}; medians of ${rounds}`,
  "",
  row(["what", "unit", ...sizes.map((size) => size.toLocaleString("en")), "ten times", "the last"]),
  ...curves.flatMap((curve) => [
    row([
      curve.cost.title,
      curve.cost.unit,
      ...sizes.map((size) => {
        const point = curve.points.find(({ tasks }) => tasks === size)
        return point === undefined ? "-" : number(point.value)
      }),
      ...growth(curve)
    ]),
    ...Object.keys(curve.points[0]?.details ?? {}).map((name) =>
      row([
        `  ${name}`,
        "",
        ...sizes.map((size) => {
          const value = curve.points.find(({ tasks }) => tasks === size)?.details[name]
          return value === undefined ? "-" : number(value)
        })
      ])
    )
  ]),
  "",
  ...curves.flatMap((curve) => {
    const { mostPerDecade } = curve.cost
    const found = verdict(curve)
    return found === "none" || mostPerDecade === null
      ? []
      : [
          `${found.padEnd(8)} ${curve.cost.id}: ten times the tasks ${times(steepest(curve))}, goal <= x${mostPerDecade.toFixed(2)}`
        ]
  }),
  ...curves.flatMap(({ cost, leftOut }) =>
    leftOut.map(({ tasks, why }) => `left out ${cost.id} at ${tasks.toLocaleString("en")}: ${why}`)
  )
]

export const json = ({ curves, machine, rounds, sizes }: Scale) => ({
  schema: 1,
  scale: true,
  env: machine,
  rounds,
  sizes,
  costs: curves.map((curve) => ({
    id: curve.cost.id,
    title: curve.cost.title,
    label: curve.cost.label,
    unit: curve.cost.unit,
    chart: curve.cost.chart,
    exponent: exponent(curve.points),
    lastDecade: lastDecade(curve.points),
    mostPerDecade: curve.cost.mostPerDecade,
    status: verdict(curve),
    points: curve.points.map(({ details, samples, tasks, value }) => ({ tasks, value, samples, details })),
    leftOut: curve.leftOut.map(({ tasks, why }) => ({ tasks, why }))
  }))
})
