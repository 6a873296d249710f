/** How far each goal is from its limit: 1 is just met, 2 is twice as good as it has to be. */
import * as Plot from "@observablehq/plot"
import * as Chart from "./Chart.ts"
import type { Goal, Goals } from "./Results.ts"

interface Row {
  readonly name: string
  readonly status: Goal["status"]
  readonly room: number
  readonly low: number
  readonly high: number
}

/** Null where the limit is nothing at all: such a goal is met or not. */
const rowOf = (name: string, { ci: [low, high], max, min, ratio, status, value }: Goal): Row | null => {
  const found = ratio ?? value ?? Number.NaN
  const limit = max ?? min
  if (limit === undefined || limit <= 0 || !(found > 0) || !(low > 0)) return null
  const room = (of: number): number => (max === undefined ? of / limit : limit / of)
  return {
    name,
    status,
    room: room(found),
    low: Math.min(room(low), room(high)),
    high: Math.max(room(low), room(high))
  }
}

const statuses = ["pass", "inconclusive", "fail"] as const
const colours = [Chart.palette[2], Chart.palette[4], Chart.palette[1]]
/** Marks differ by their form too. */
const legend = "\u25cf pass   \u25cb inconclusive   \u00d7 fail"
const rowHeight = 17
const margins = { marginTop: 45, marginRight: 30, marginBottom: 40, marginLeft: 190 }

export const chart = ({ results }: Goals): string | null => {
  const ids = results.flatMap(({ goal }) => goal.map(({ id }) => id))
  // Some goals are asked of several rows.
  const nameOf = (row: string, { id }: Goal): string => (ids.filter((each) => each === id).length > 1 ? row : id)
  const rows = results.flatMap(({ goal, id }) => goal.flatMap((each) => rowOf(nameOf(id, each), each) ?? []))
  const of = (status: Goal["status"]): ReadonlyArray<Row> => rows.filter((row) => row.status === status)
  if (rows.length === 0) return null
  const low = Math.min(0.5, ...rows.map((row) => row.low))
  const high = Math.max(2, ...rows.map((row) => row.high))
  return Chart.draw("How far each goal is from its limit", {
    width: 760,
    height: margins.marginTop + margins.marginBottom + rows.length * rowHeight,
    ...margins,
    style: { fontSize: "12px" },
    x: {
      type: "log",
      domain: [low / 1.1, high * 1.1],
      ticks: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000, 10_000].filter(
        (tick) => tick > low / 1.1 && tick < high * 1.1
      ),
      tickFormat: (value: number) => `${value}`,
      label: `${legend}   times as good as the goal asks, with the 95 % interval`,
      grid: true,
      axis: "both"
    },
    y: { label: null, domain: rows.map(({ name }) => name), type: "band" },
    color: { domain: [...statuses], range: colours },
    marks: [
      Plot.ruleX([1], { strokeWidth: 1.5 }),
      Plot.ruleY(rows, { x1: "low", x2: "high", y: "name", stroke: "status", strokeWidth: 2 }),
      Plot.dot(of("pass"), { x: "room", y: "name", fill: "status", r: 4 }),
      Plot.dot(of("inconclusive"), { x: "room", y: "name", stroke: "status", fill: "none", r: 4 }),
      Plot.dot(of("fail"), { x: "room", y: "name", stroke: "status", strokeWidth: 2.5, symbol: "times", r: 4 })
    ]
  })
}
