/**
 * Rows of text in aligned columns, cut to the width of the terminal where there is one.
 */
import { cut, pad, width } from "./Text.ts"

export interface Column {
  readonly title: string
  readonly align?: "left" | "right"
  /** Gives up its width first when the terminal is too narrow, down to `least` columns. */
  readonly least?: number
}

/** How a cell is dressed once it has its width; colours, or nothing. */
export type Dress = (text: string, row: number, column: number) => string

const gap = "  "

const widths = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  limit: number | null
): ReadonlyArray<number> => {
  const wanted = columns.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, width(row[index] ?? "")), width(title))
  )
  if (limit === null) return wanted
  const given = [...wanted]
  let over = given.reduce((sum, each) => sum + each, 0) + gap.length * (columns.length - 1) - limit
  // The last columns are the least telling ones, so they shrink first.
  for (const [index, { least }] of [...columns.entries()].toReversed()) {
    if (over <= 0 || least === undefined) continue
    const now = given[index] ?? 0
    const less = Math.min(over, Math.max(0, now - least))
    given[index] = now - less
    over -= less
  }
  return given
}

/** The lines of a table, its titles first. `limit` is the width of the terminal, null for none. */
export const lines = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  limit: number | null,
  dress: Dress = (text) => text
): ReadonlyArray<string> => {
  const given = widths(columns, rows, limit)
  const line = (cells: ReadonlyArray<string>, row: number): string => {
    const dressed = columns.map(({ align }, index) => {
      const room = given[index] ?? 0
      const text = cut(cells[index] ?? "", room)
      const isLast = index === columns.length - 1
      return { text, shown: dress(isLast && align !== "right" ? text : pad(text, room, align), row, index) }
    })
    // Nothing follows the last cell that has a text, so that no line ends in spaces.
    const last = dressed.findLastIndex(({ text }) => text !== "")
    const cellsShown = dressed
      .slice(0, last + 1)
      .map(({ shown, text }, index) => (index === last ? dress(text, row, index) : shown))
    return cellsShown.join(gap)
  }
  return [
    line(
      columns.map(({ title }) => title),
      -1
    ),
    ...rows.map(line)
  ]
}
