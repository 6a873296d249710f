/** What needs a person, for people and programs: since when, who knows, what to do, and whether it could be told. */
import * as Effect from "effect/Effect"
import type { Delivery } from "../../core/attention/Outbox.ts"
import type { Task } from "../../core/task/Task.ts"
import { remedy } from "../attention/NextCommand.ts"
import type { AttentionItem, StoreError } from "../store/Store.ts"
import { paint } from "./Colour.ts"
import * as Moment from "./Moment.ts"
import type { OutputService } from "./Output.ts"
import type { StoreService } from "./Services.ts"
import * as Table from "./Table.ts"
import { cut, oneLine } from "./Text.ts"

export interface Seen {
  readonly item: AttentionItem
  readonly remedy: string
  readonly deliveries: ReadonlyArray<Delivery>
}

/** Every open item: those that nobody has acknowledged first, the oldest first. */
export const read = (store: StoreService): Effect.Effect<ReadonlyArray<Seen>, StoreError> =>
  Effect.gen(function* () {
    const items = yield* store.attention
    const deliveries = yield* store.deliveries
    const ids = items.flatMap(({ task }) => (task === null ? [] : [task]))
    const tasks = new Map<number, Task>((yield* store.tasks({ ids })).map((task) => [task.id, task]))
    const isKnown = ({ acknowledgedAt }: AttentionItem): number => (acknowledgedAt === null ? 0 : 1)
    return items
      .toSorted((a, b) => isKnown(a) - isKnown(b))
      .map((item) => ({
        item,
        remedy: remedy(item.key, item.task === null ? null : (tasks.get(item.task) ?? null)),
        deliveries: deliveries.filter((each) => each.item === item.id)
      }))
  })

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

const deliveryJson = ({ at, channel, detail, failures, state, tries }: Delivery) => ({
  channel,
  state,
  tries,
  failures,
  at: Moment.iso(at),
  detail
})

/** For programs. */
export const toJson = ({ deliveries, item, remedy }: Seen) => ({
  id: item.id,
  key: item.key,
  task_id: item.task,
  text: item.text,
  raised_at: Moment.iso(item.raisedAt),
  acknowledged_at: item.acknowledgedAt === null ? null : Moment.iso(item.acknowledgedAt),
  what_to_do: remedy,
  deliveries: deliveries.map(deliveryJson)
})
