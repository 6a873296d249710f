/** The tables of the page, as Markdown. */
import { number } from "../scale/ScaleReport.ts"
import type { Curve, Env, Goal, Goals, Result, Scale } from "./Results.ts"

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const line = (cells: ReadonlyArray<string>): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n")
}

const machine = ({ commit, cores, cpu, fdatasyncP50Ms, fs, loadavg, node, sqlite }: Env): string =>
  `Commit \`${commit}\`; ${cpu}, ${cores} cores, ${fs}, one fdatasync ${fdatasyncP50Ms} ms at the median; Node ${node}, SQLite ` +
  `${sqlite}; load ${loadavg} when it began.`

const times = (value: number): string => `${number(value)}x`

const goalRow = ({ id: row, median, refs, unit }: Result, goal: Goal): ReadonlyArray<string> => {
  const { ci, detail, max, min, ratio, ref, status, value } = goal
  const shown = ratio === undefined ? number : times
  const limit = max === undefined ? `>= ${shown(min ?? Number.NaN)}` : `<= ${shown(max)}`
  const reference = ref === null ? undefined : refs[ref]
  const found = `${shown(ratio ?? value ?? Number.NaN)} (${ci.map(number).join(" .. ")})`
  const measured = detail === undefined ? `${number(median)} ${unit}` : detail
  const against = reference === undefined ? "-" : `${ref}: ${number(reference.median)} ${unit}`
  return [goal.id, row, measured, against, found, limit, status]
}

export const goals = ({ aa, env, quick, results, skipped }: Goals): string => {
  const all = results.flatMap(({ goal }) => goal)
  const count = (status: Goal["status"]): number => all.filter((each) => each.status === status).length
  const rows = results.flatMap((result) => result.goal.map((goal) => goalRow(result, goal)))
  const pairs = Object.entries(aa).map(
    ([kind, { ci, ratio }]) => `${kind} ${number(ratio)} (${ci.map(number).join(" .. ")})`
  )
  return [
    `${machine(env)}${quick ? " A quick run." : ""}`,
    `The same work on both sides came out as: ${pairs.join(", ")}.`,
    `Of ${all.length} goals ${count("pass")} pass, ${count("inconclusive")} are inconclusive and ${count("fail")} fail.`,
    table(["goal", "row", "measured", "against", "ratio or value (95 %)", "limit", "status"], rows),
    ...skipped.map((line) => `Not measured there: ${line}.`)
  ].join("\n\n")
}

const curveRow = (curve: Curve, sizes: ReadonlyArray<number>): ReadonlyArray<string> => [
  `${curve.title}, ${curve.unit === "us" ? "µs" : curve.unit}`,
  ...sizes.map((size) => {
    const point = curve.points.find(({ tasks }) => tasks === size)
    return point === undefined ? "-" : number(point.value)
  }),
  curve.exponent === null ? "-" : times(10 ** curve.exponent),
  curve.lastDecade === null ? "-" : times(curve.lastDecade),
  curve.mostPerDecade === null ? "-" : times(curve.mostPerDecade)
]

/** What else was measured of a cost, such as what of a start is reading. */
const detailRows = ({ points }: Curve, sizes: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<string>> =>
  Object.keys(points[0]?.details ?? {}).map((name) => [
    `… ${name}`,
    ...sizes.map((size) => {
      const value = points.find(({ tasks }) => tasks === size)?.details[name]
      return value === undefined ? "-" : number(value)
    }),
    "",
    "",
    ""
  ])

export const scale = ({ costs, env, rounds, sizes }: Scale): string => {
  const head = ["tasks", ...sizes.map((size) => size.toLocaleString("en")), "ten times", "the last ten times", "goal"]
  const rows = costs.flatMap((curve) => [curveRow(curve, sizes), ...detailRows(curve, sizes)])
  const leftOut = costs.flatMap(({ leftOut, title }) =>
    leftOut.map(({ tasks, why }) => `Left out: ${title}, ${tasks.toLocaleString("en")} tasks: ${why}.`)
  )
  return [`${machine(env)} Medians of ${rounds}.`, table(head, rows), ...leftOut].join("\n\n")
}
