/** One chart for each kind of cost, with both axes logarithmic: a cost in proportion rises a decade for each decade. */
import * as Plot from "@observablehq/plot"
import * as Chart from "./Chart.ts"
import type { Curve, Scale } from "./Results.ts"

const titles = {
  tick: "One tick, milliseconds",
  write: "One write, microseconds",
  start: "One start, milliseconds",
  memory: "Resident memory of a supervisor at rest, MB"
} as const

const short = (tasks: number): string =>
  tasks >= 1_000_000 ? `${tasks / 1_000_000}M` : tasks >= 1000 ? `${tasks / 1000}k` : `${tasks}`

const decades = (values: ReadonlyArray<number>): ReadonlyArray<number> => {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.ceil(Math.log10(Math.max(...values)))
  return Array.from({ length: Math.max(1, high - low) + 1 }, (_, index) => Number(`1e${low + index}`))
}

/** Labels at the ends of their lines, moved apart where two ends are closer than a line of text. */
const labelled = (curves: ReadonlyArray<Curve>, ticks: ReadonlyArray<number>, height: number) => {
  const span = Math.log10(ticks.at(-1) ?? 1) - Math.log10(ticks[0] ?? 1)
  const least = (span * 15) / height
  const ends = curves
    .map((curve) => ({ curve, end: curve.points.at(-1) }))
    .toSorted((a, b) => (a.end?.value ?? 0) - (b.end?.value ?? 0))
  let below = Number.NEGATIVE_INFINITY
  return ends.flatMap(({ curve, end }) => {
    if (end === undefined) return []
    below = Math.max(Math.log10(end.value), below + least)
    return [{ label: curve.label, tasks: end.tasks, value: 10 ** below }]
  })
}

const [width, height] = [760, 380]
const margins = { marginTop: 40, marginRight: 160, marginBottom: 45, marginLeft: 60 }
const inner = height - margins.marginTop - margins.marginBottom

const chartOf = (title: string, curves: ReadonlyArray<Curve>, sizes: ReadonlyArray<number>): string => {
  const rows = curves.flatMap(({ label, points }) => points.map(({ tasks, value }) => ({ label, tasks, value })))
  const ticks = decades(rows.map(({ value }) => value))
  const labels = curves.map(({ label }) => label)
  return Chart.draw(`${title}, by the number of tasks`, {
    width,
    height,
    ...margins,
    style: { fontSize: "12px" },
    x: {
      type: "log",
      domain: [sizes[0] ?? 1, sizes.at(-1) ?? 1],
      ticks: [...sizes],
      tickFormat: short,
      label: "tasks"
    },
    y: {
      type: "log",
      domain: [ticks[0] ?? 1, ticks.at(-1) ?? 1],
      ticks: [...ticks],
      tickFormat: (value: number) => `${value}`,
      label: title,
      grid: true
    },
    color: { domain: labels, range: [...Chart.palette] },
    marks: [
      Plot.line(rows, { x: "tasks", y: "value", stroke: "label", strokeWidth: 2 }),
      Plot.dot(rows, { x: "tasks", y: "value", fill: "label", r: 3.5 }),
      Plot.text(labelled(curves, ticks, inner), {
        x: "tasks",
        y: "value",
        text: "label",
        fill: "label",
        textAnchor: "start",
        dx: 10,
        fontWeight: "bold"
      })
    ]
  })
}

/** The charts that there are points for, by name. */
export const charts = ({ costs, sizes }: Scale): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const [name, title] of Object.entries(titles)) {
    const curves = costs.filter(({ chart, points }) => chart === name && points.length > 1)
    if (curves.length > 0) found.set(name, chartOf(title, curves, sizes))
  }
  return found
}
