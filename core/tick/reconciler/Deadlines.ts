/**
 * When what was decided about a task ends. Most ends move later again and again, as a task that shows progress does: such
 * a one keeps its place, and is looked up only once its earlier end has come.
 *
 * Mutable, with one owner.
 */
import type { Timed } from "../Context.ts"
import type { Entry, Term } from "./Entries.ts"
import * as Heap from "./Heap.ts"

export type Deadlines = Heap.Heap<Term>

const never = Number.POSITIVE_INFINITY

export const empty = (): Deadlines => Heap.make((a, b) => a.at < b.at)

const key = (deadlines: Deadlines, term: Term, at: number): void => {
  term.at = at
  if (at === never) Heap.remove(deadlines, term)
  else Heap.settle(deadlines, term)
}

/** Takes down how long a decision stands; a task that time means nothing to has no term. */
export const note = (deadlines: Deadlines, entry: Entry, { from, until }: Timed): void => {
  const known = entry.term
  if (known === null && until === never && from === Number.NEGATIVE_INFINITY) return
  const term = known ?? { entry, from, until, at: never, place: Heap.outside }
  entry.term = term
  term.from = from
  term.until = until
  if (until < term.at) key(deadlines, term, until)
}

/** Wakes those whose decision has ended. */
export const pass = (deadlines: Deadlines, now: number, wake: (entry: Entry) => void): void => {
  for (let first = Heap.peek(deadlines); first !== undefined && first.at <= now; first = Heap.peek(deadlines)) {
    const isOver = first.until <= now
    key(deadlines, first, isOver ? never : first.until)
    if (isOver) wake(first.entry)
  }
}

/** The earliest end; infinite where there is none. */
export const next = (deadlines: Deadlines): number => {
  for (let first = Heap.peek(deadlines); first !== undefined; first = Heap.peek(deadlines)) {
    if (first.at === first.until) return first.at
    key(deadlines, first, first.until)
  }
  return never
}

export const drop = (deadlines: Deadlines, { term }: Entry): void => {
  if (term !== null) Heap.remove(deadlines, term)
}
