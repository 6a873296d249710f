/**
 * A batch while it is worked: a table that is drawn again in place on a terminal, a line per change elsewhere.
 */
import * as Effect from "effect/Effect"
import type { TaskState } from "../../core/stage/TaskState.ts"
import type { AttentionItem } from "../store/Store.ts"
import { ofState, paint } from "./Colour.ts"
import type { Seen } from "../view/FleetView.ts"
import * as Moment from "../view/Moment.ts"
import * as News from "./News.ts"
import type { OutputService } from "./Output.ts"
import * as Screen from "./Screen.ts"
import * as Table from "./Table.ts"
import * as Tally from "./Tally.ts"
import * as TaskRow from "./TaskRow.ts"
import * as TaskJson from "../view/TaskJson.ts"
import { cut } from "./Text.ts"

interface Shown {
  readonly title: string
  readonly now: number
  readonly since: number
  readonly rows: ReadonlyArray<Seen>
  /** What is said once, above the table. */
  readonly attention: ReadonlyArray<AttentionItem>
}

/** What is left out first when the terminal is too low, from the end. */
const importance: ReadonlyArray<TaskState> = [
  "NEEDS_HUMAN",
  "RUNNING",
  "VERIFYING",
  "ASSIGNED",
  "RETRYING",
  "RESUMING",
  "READY",
  "PENDING",
  "DONE",
  "CANCELLED"
]

/** As many rows as there is room for, the most telling ones, in their order. */
const fit = (rows: ReadonlyArray<Seen>, room: number): ReadonlyArray<Seen> => {
  if (rows.length <= room) return rows
  const rank = (row: Seen): number => importance.indexOf(row.state)
  const kept = new Set(rows.toSorted((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, room)))
  return rows.filter((row) => kept.has(row))
}

/** Lines that are no rows: title, head of the table, what is left out, empty line, sums. */
const furniture = 5

export const frame = (
  { now, rows, since, title }: Omit<Shown, "attention">,
  output: OutputService
): ReadonlyArray<string> => {
  const size = output.size()
  const shown = size === null ? rows : fit(rows, Math.max(1, size.rows - 1 - furniture))
  const columns = size?.columns ?? null
  const table = Table.lines(TaskRow.columns, shown.map(TaskRow.cells), columns, TaskRow.dress(shown, output.hasColour))
  const left = rows.length - shown.length
  const dim = (text: string): string => {
    const fitting = columns === null ? text : cut(text, columns)
    return output.hasColour ? paint(fitting, "dim") : fitting
  }
  return [
    dim(title),
    ...table,
    ...(left === 0 ? [] : [dim(`… and ${left} more`)]),
    "",
    dim(`${Tally.line(rows)} · ${Moment.length(now - since)}`)
  ]
}

/** What happened to a task, as one line of a log. */
const change = (now: number, seen: Seen, hasColour: boolean): string => {
  const { state, task } = seen
  const said = TaskRow.note(seen)
  const word = hasColour ? paint(state, ofState(state)) : state
  return `${Moment.second(now)} #${task.id} ${task.spec.name} ${word}${said === "" ? "" : ` (${said})`}`
}

export interface BatchView {
  readonly show: (shown: Shown) => Effect.Effect<void>
  /** Takes the table away again: what follows says all of it. */
  readonly clear: Effect.Effect<void>
}

export const make = (output: OutputService, hasBell: boolean): BatchView => {
  const screen = Screen.make(output)
  const news = News.make(output, screen, hasBell)
  const before = new Map<number, string>()
  const log = ({ now, rows }: Shown) =>
    Effect.forEach(
      rows,
      (seen) => {
        const key = `${seen.state} ${TaskJson.attemptsOf(seen.task)}`
        if (before.get(seen.task.id) === key) return Effect.void
        before.set(seen.task.id, key)
        return output.line(change(now, seen, output.hasColour))
      },
      { discard: true }
    )
  return {
    show: (shown) =>
      output.isLive
        ? Effect.zipRight(news.tell(shown.attention, shown.now), screen.draw(frame(shown, output)))
        : log(shown),
    clear: output.isLive ? screen.draw([]) : Effect.void
  }
}
