/** Which card the keyboard is at, and where a key takes it. */
import { type Column, type Columns, order } from "./Columns.ts"

export type Step = "down" | "up" | "left" | "right" | "first" | "last"

export interface Place {
  readonly column: Column
  readonly index: number
}

/** Where a card stands; null where it is not to be seen. */
export const placeOf = (columns: Columns, open: ReadonlySet<Column>, id: number | null): Place | null => {
  if (id === null) return null
  for (const column of order) {
    const index = open.has(column) ? columns[column].findIndex((card) => card.id === id) : -1
    if (index >= 0) return { column, index }
  }
  return null
}

const idAt = (columns: Columns, column: Column, index: number): number | null => {
  const cards = columns[column]
  return cards[Math.min(Math.max(index, 0), cards.length - 1)]?.id ?? null
}

/**
 * The card that a step leads to, from the one that is selected; `last` is where that one stood when it was last to be seen. Without either it
 * begins at the first card. Null where there is no card at all.
 */
export const step = (
  columns: Columns,
  open: ReadonlySet<Column>,
  selected: number | null,
  last: Place | null,
  towards: Step
): number | null => {
  const filled = order.filter((column) => open.has(column) && columns[column].length > 0)
  const here = placeOf(columns, open, selected)
  if (here === null) {
    const near = last !== null && filled.includes(last.column) ? last : null
    const column = near?.column ?? filled[0]
    return column === undefined ? null : idAt(columns, column, near?.index ?? 0)
  }
  const at = filled.indexOf(here.column)
  switch (towards) {
    case "down":
      return idAt(columns, here.column, here.index + 1)
    case "up":
      return idAt(columns, here.column, here.index - 1)
    case "first":
      return idAt(columns, here.column, 0)
    case "last":
      return idAt(columns, here.column, columns[here.column].length - 1)
    case "left":
    case "right": {
      const next = filled[at + (towards === "right" ? 1 : -1)]
      return next === undefined ? selected : idAt(columns, next, here.index)
    }
  }
}
