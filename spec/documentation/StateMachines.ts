/** docs/state-machines.md: the two machines, drawn and listed from the rows that they run on. */
import * as Executions from "../../core/execution/Step.ts"
import type { Row } from "../../core/machine/Table.ts"
import { table as projections } from "../../core/stage/Projection.ts"
import type { Tag as Stage } from "../../core/stage/Stage.ts"
import * as Stages from "../../core/stage/Transition.ts"
import { document, table } from "./Markdown.ts"
import { type Arrow, diagram } from "./Mermaid.ts"

const statesOf = <S extends string>(rows: ReadonlyArray<Row<S>>): ReadonlyArray<S> => [
  ...new Set(rows.flatMap(({ from, to }) => [...from, ...to]))
]

/** How many pairs of a state and an event there are, and how many of them lead somewhere. */
const counted = (rows: ReadonlyArray<Row>): string => {
  const states = statesOf(rows).length
  const events = new Set(rows.map(({ on }) => on)).size
  const pairs = new Set(rows.flatMap(({ from, on }) => from.map((state) => `${state} ${on}`))).size
  return `${states} states and ${events} events make ${states * events} pairs; ${pairs} of them lead somewhere.`
}

/** The condition of a row; one without has what the rows before it leave. */
const conditionOf = (row: Row, rows: ReadonlyArray<Row>): string => {
  const earlier = rows.slice(0, rows.indexOf(row))
  const isElse = earlier.some(({ from, on }) => on === row.on && from.some((state) => row.from.includes(state)))
  return row.when ?? (isElse ? "otherwise" : "")
}

const openStages = statesOf(Stages.rows).filter(
  (stage) => !["done", "closed", "archived"].includes(projections[stage].column)
)

/** A set of stages in few words. */
const setOf = (stages: ReadonlyArray<Stage>): string => {
  const missing = openStages.filter((stage) => !stages.includes(stage))
  const isOfOpen = stages.length > 5 && stages.every((stage) => openStages.includes(stage))
  if (!isOfOpen || missing.length > 3) return stages.join(", ")
  return missing.length === 0 ? "any open stage" : `any open stage but ${missing.join(", ")}`
}

const isClosed = (stage: Stage): boolean => ["closed", "archived"].includes(projections[stage].column)

/** On its way a task goes by rows with few ends; what can happen almost anywhere is drawn by sets of stages. */
const isOnTheWay = ({ from, to }: Row<Stage>): boolean =>
  from.length <= 3 && to.length <= 3 && ![...from, ...to].some(isClosed)

const label = ({ on, when }: Row): string => (when === null ? on : `${on}, ${when}`)

const wayArrows: ReadonlyArray<Arrow> = Stages.rows
  .filter(isOnTheWay)
  .flatMap((row) => row.from.flatMap((from) => row.to.map((to) => ({ from, to, label: label(row) }))))
  // Where a stage begins anew the picture shows nothing new.
  .filter(({ from, to }) => from !== to)

const setArrows: ReadonlyArray<Arrow> = Stages.rows
  .filter((row) => !isOnTheWay(row))
  .map((row) => ({ from: setOf(row.from), to: setOf(row.to), label: label(row) }))

const stageTable = table(
  ["stage", "column", "badge"],
  Object.entries(projections).map(([stage, { column, status }]) => [
    stage,
    column === "held" ? "that of the stage it holds" : column,
    status
  ])
)

const stageRows = table(
  ["from", "event", "when", "to"],
  Stages.rows.map((row) => [setOf(row.from), row.on, conditionOf(row, Stages.rows), setOf(row.to)])
)

const executionArrows: ReadonlyArray<Arrow> = Executions.edges
  .filter(({ from, to }) => from !== to)
  .map(({ consequence, from, on, to }) => ({ from, to, label: consequence === null ? on : `${on} ⇒ ${consequence}` }))

const executionRows = table(
  ["from", "event", "when", "to", "and the stage gets"],
  Executions.rows.map((row) => [
    row.from.join(", "),
    row.on,
    conditionOf(row, Executions.rows),
    row.to.join(", "),
    row.consequence ?? ""
  ])
)

export const render = (): string =>
  document([
    `# The state machines`,
    `Two machines that never mix describe a task. Its **stage** says where the work stands: durable, shared, the same on
every host. Its **execution** says what is being done about it now, one attempt at a time. Both are tables of rows
(\`core/stage/Transition.ts\`, \`core/execution/Step.ts\`), from which \`npm run docs\` draws this page; a program gets them
as \`Stage.edges\` and \`Execution.edges\` of \`drover/core\`.`,
    `The rows of one state and one event are tried in order. A pair that no row takes is illegal: it is refused by name and
changes nothing.`,
    `## Stages`,
    counted(Stages.rows),
    `### The way of a task`,
    diagram(wayArrows, ["Upcoming", "Backlog"]),
    `### What can happen almost anywhere`,
    diagram(setArrows),
    `### Every stage`,
    stageTable,
    `### Every row of the stages`,
    `An event that completes something names the visit of the stage it belongs to; of another visit it is ignored.`,
    stageRows,
    `## Executions`,
    counted(Executions.rows),
    `### The way of an attempt`,
    `The only way out of what may be alive is Stopping: proof of death, then status. \`⇒\` is the change of stage that
belongs in the same transaction; where the stage has gone on meanwhile, it is dropped and Idle stands. What leads from a
state to itself is in the table alone.`,
    diagram(executionArrows, ["Idle"]),
    `### Every row of the executions`,
    `Every event names the attempt, and the run, that it is about. One that is about another, or that completes a phase
that is over, is ignored: no error, no change, no row in the ledger.`,
    executionRows
  ])
