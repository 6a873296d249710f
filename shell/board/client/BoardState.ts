/** What of the board is shown, and where in it a person is. */
import { computed, effect, signal } from "@preact/signals"
import type { Card } from "../../http/api/BoardWire.ts"
import * as Cards from "../model/Cards.ts"
import { amend, arrange, type Column, type Columns, needPerson, order, usuallyFolded } from "../model/Columns.ts"
import * as Filter from "../model/Filter.ts"
import { type Place, placeOf, step, type Step } from "../model/Selection.ts"
import { cards } from "./Live.ts"
import { go, route } from "./Navigation.ts"
import { isNarrow } from "./Preferences.ts"

/** The line that a person typed; it outlives a visit of another page. */
const line = signal("")
effect(() => {
  if (route.value.at === "board") line.value = route.value.query
})

export const query = computed(() => (route.value.at === "board" ? route.value.query : line.value))
export const filter = computed(() => Filter.parse(query.value))

export const search = (text: string): void => {
  go({ at: "board", query: text }, "replace")
}

/** To the board as it was left. */
export const toBoard = (): void => go({ at: "board", query: query.peek() })

interface View {
  readonly cards: Cards.Cards
  readonly filter: Filter.Filter
  readonly columns: Columns
  readonly forPerson: ReadonlyArray<Card>
  readonly choices: Filter.Choices
}

/** Worked out from the view before, so that a change of few cards costs what few cards cost. */
let before: View | null = null
const view = computed<View>(() => {
  const passes = Filter.passes(filter.value)
  const all = cards.value
  const change = Cards.difference(before?.cards ?? new Map(), all)
  const isTouched = [...change.left, ...change.came].some(({ needs_person }) => needs_person !== null)
  before = {
    cards: all,
    filter: filter.value,
    columns:
      before !== null && before.filter === filter.value
        ? amend(before.columns, change, all.values(), passes)
        : arrange(all.values(), passes),
    forPerson: before === null || isTouched ? needPerson(all.values()) : before.forPerson,
    choices: Filter.choices(before?.choices ?? Filter.noChoices, change.came)
  }
  return before
})
export const columns = computed(() => view.value.columns)
const cardsIn = (column: Column) => computed(() => columns.value[column])
/** Each column by itself: who shows one is not drawn again when another changes. */
export const cardsOf = {
  backlog: cardsIn("backlog"),
  coding: cardsIn("coding"),
  qa: cardsIn("qa"),
  merge: cardsIn("merge"),
  done: cardsIn("done"),
  closed: cardsIn("closed")
} as const satisfies Readonly<Record<Column, unknown>>
export const forPerson = computed(() => view.value.forPerson)
export const choices = computed(() => view.value.choices)
export const count = computed(() => order.reduce((sum, column) => sum + columns.value[column].length, 0))

const folded = signal<ReadonlySet<Column>>(usuallyFolded)
/** Where there is place for one alone; the archived ones have no cards, and a column all the same. */
export const only = signal<Column | "archived">("coding")
export const places = [...order, "archived"] as const

export const open = computed<ReadonlySet<Column>>(
  () => new Set(order.filter((column) => (isNarrow.value ? column === only.value : !folded.value.has(column))))
)

export const fold = (column: Column): void => {
  const next = new Set(folded.peek())
  if (!next.delete(column)) next.add(column)
  folded.value = next
}

export const selected = signal<number | null>(null)
/** The card that the keyboard went to: it is brought into view, and focused. */
export const sought = signal<{ readonly id: number } | null>(null)
let last: Place | null = null

let wasElsewhere = false
effect(() => {
  const isHere = route.value.at === "board"
  const id = selected.peek()
  // Who comes back finds the card that was left.
  if (isHere && wasElsewhere && id !== null) sought.value = { id }
  wasElsewhere = !isHere
})

export const select = (id: number | null): void => {
  selected.value = id
  last = placeOf(columns.peek(), open.peek(), id) ?? last
}

export const seek = (id: number): void => {
  const card = cards.peek().get(id)
  if (card !== undefined && !open.peek().has(card.column)) {
    if (isNarrow.peek()) only.value = card.column
    else fold(card.column)
  }
  select(id)
  sought.value = { id }
}

/** On a narrow page left and right lead to the next column. */
const turn = (towards: "left" | "right"): void => {
  const next = places[places.indexOf(only.peek()) + (towards === "right" ? 1 : -1)]
  if (next === undefined) return
  only.value = next
  const first = next === "archived" ? undefined : columns.peek()[next][0]
  if (first !== undefined) seek(first.id)
}

export const move = (towards: Step): void => {
  if (isNarrow.peek() && (towards === "left" || towards === "right")) return turn(towards)
  last = placeOf(columns.peek(), open.peek(), selected.peek()) ?? last
  const id = step(columns.peek(), open.peek(), selected.peek(), last, towards)
  if (id !== null) seek(id)
}
