/** Cards by the column that they stand in, in the order in which a person wants to see them. */
import type { Card } from "../../http/api/BoardWire.ts"
import type { Difference } from "./Cards.ts"

export type Column = Card["column"]

const titles: Readonly<Record<Column, string>> = {
  backlog: "Backlog",
  coding: "Coding",
  qa: "QA",
  merge: "Merge",
  done: "Done",
  closed: "Closed"
}

export const title = (column: Column): string => titles[column]

/** From left to right. */
export const order = ["backlog", "coding", "qa", "merge", "done", "closed"] as const satisfies ReadonlyArray<Column>

/** Columns that begin folded: nothing in them moves by itself. */
export const usuallyFolded: ReadonlySet<Column> = new Set<Column>(["closed"])

export type Columns = Readonly<Record<Column, ReadonlyArray<Card>>>

/** What has ended last comes first; of the rest what is more urgent, then what is older. */
const compare = (a: Card, b: Card): number => {
  if (a.ended_at !== null && b.ended_at !== null && a.ended_at !== b.ended_at) return a.ended_at < b.ended_at ? 1 : -1
  return b.priority - a.priority || a.id - b.id
}

/** Every card that passes, once, in its own column. */
export const arrange = (cards: Iterable<Card>, passes: (card: Card) => boolean): Columns => {
  const columns: Record<Column, Array<Card>> = { backlog: [], coding: [], qa: [], merge: [], done: [], closed: [] }
  for (const card of cards) if (passes(card)) columns[card.column].push(card)
  for (const column of order) columns[column].sort(compare)
  return columns
}

/** Where a card belongs in a sorted column. */
const placeFor = (cards: ReadonlyArray<Card>, card: Card): number => {
  let low = 0
  let high = cards.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const there = cards[middle]
    if (there !== undefined && compare(there, card) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** So many changes at once are sorted anew: putting each in its place would take longer. */
const mostInPlace = 200

/** What `arrange` gives for the cards after a change; columns that it does not touch are the same arrays. */
export const amend = (
  columns: Columns,
  { came, left }: Difference,
  all: Iterable<Card>,
  passes: (card: Card) => boolean
): Columns => {
  if (came.length + left.length > mostInPlace) return arrange(all, passes)
  const gone = new Set(left.map(({ id }) => id))
  const come = came.filter(passes)
  const touched = new Set([...left, ...come].map(({ column }) => column))
  const next: Record<Column, ReadonlyArray<Card>> = { ...columns }
  for (const column of touched) {
    const cards = columns[column].filter(({ id }) => !gone.has(id))
    for (const card of come) if (card.column === column) cards.splice(placeFor(cards, card), 0, card)
    next[column] = cards
  }
  return next
}

/** Those that a person has to act on, the oldest task first. */
export const needPerson = (cards: Iterable<Card>): ReadonlyArray<Card> =>
  [...cards].filter((card) => card.needs_person !== null).toSorted((a, b) => b.priority - a.priority || a.id - b.id)
