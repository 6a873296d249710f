/** What needs a person, as people read it. */
import type { Delivery } from "../../core/attention/Outbox.ts"
import type { AttentionItem } from "../store/Store.ts"
import { paint } from "./Colour.ts"
import type { Seen } from "../view/AttentionJson.ts"
import * as Moment from "../view/Moment.ts"
import type { OutputService } from "./Output.ts"
import * as Table from "./Table.ts"
import { cut, oneLine } from "./Text.ts"

const columns: ReadonlyArray<Table.Column> = [
  { title: "ID", align: "right" },
  { title: "SINCE" },
  { title: "TASK" },
  { title: "WHAT", least: 20 }
]

/** Of what could not be told so far. */
const untold = ({ channel, detail, state }: Delivery): ReadonlyArray<string> => {
  if (state !== "failed" && state !== "given-up") return []
  return [`not told by ${channel}${state === "given-up" ? ", and not tried any more" : ""}: ${oneLine(detail ?? "")}`]
}

/** A line for each item, and below it what to do about it. */
export const lines = (rows: ReadonlyArray<Seen>, now: number, output: OutputService): ReadonlyArray<string> => {
  const limit = output.size()?.columns ?? null
  const cells = rows.map(({ item: { acknowledgedAt, id, raisedAt, task, text } }) => [
    String(id),
    Moment.clock(raisedAt, now),
    task === null ? "" : `#${task}`,
    `${acknowledgedAt === null ? "" : `(acknowledged ${Moment.clock(acknowledgedAt, now)}) `}${oneLine(text)}`
  ])
  const [head = "", ...table] = Table.lines(columns, cells, limit)
  const indent = " ".repeat(Math.max(2, ...rows.map(({ item }) => String(item.id).length)) + 2)
  const dim = (text: string): string => {
    const fitting = limit === null ? text : cut(text, limit)
    return output.hasColour ? paint(fitting, "dim") : fitting
  }
  return [
    dim(head),
    ...rows.flatMap(({ deliveries, remedy }, index) => [
      table[index] ?? "",
      dim(`${indent}→ ${oneLine(remedy)}`),
      ...deliveries.flatMap(untold).map((line) => dim(`${indent}${line}`))
    ])
  ]
}

/** `2 things need a person, 1 acknowledged`; null when nobody is needed. */
export const tally = (items: ReadonlyArray<AttentionItem>): string | null => {
  if (items.length === 0) return null
  const known = items.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length
  const things = items.length === 1 ? "1 thing needs a person" : `${items.length} things need a person`
  return `${things}${known === 0 ? "" : `, ${known} acknowledged`}: drover attention`
}
