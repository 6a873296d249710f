/**
 * A binary heap whose items know where they are in it, so that one in the middle can be moved or taken out. An item is in
 * one heap at a time.
 *
 * Mutable, with one owner.
 */

/** `place`: the index in its heap, or `outside`. Only this file changes it. */
export interface Placed {
  place: number
}

export interface Heap<A extends Placed> {
  readonly items: Array<A>
  /** A strict order. */
  readonly isBefore: (a: A, b: A) => boolean
}

export const outside = -1

export const make = <A extends Placed>(isBefore: (a: A, b: A) => boolean): Heap<A> => ({ items: [], isBefore })

/** With that item alone, which is outside; of a heap that seldom gets another, it takes a third of the memory. */
export const of = <A extends Placed>(item: A, isBefore: (a: A, b: A) => boolean): Heap<A> => {
  item.place = 0
  return { items: [item], isBefore }
}

/** The first item. */
export const peek = <A extends Placed>({ items }: Heap<A>): A | undefined => items[0]

const put = <A extends Placed>(items: Array<A>, item: A, at: number): void => {
  items[at] = item
  item.place = at
}

const rise = <A extends Placed>({ isBefore, items }: Heap<A>, item: A, from: number): number => {
  let at = from
  while (at > 0) {
    const up = (at - 1) >> 1
    const parent = items[up]
    if (parent === undefined || !isBefore(item, parent)) break
    put(items, parent, at)
    at = up
  }
  return at
}

const sink = <A extends Placed>({ isBefore, items }: Heap<A>, item: A, from: number): number => {
  let at = from
  for (;;) {
    const left = items[2 * at + 1]
    const right = items[2 * at + 2]
    const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left
    if (child === undefined || !isBefore(child, item)) return at
    const down = child.place
    put(items, child, at)
    at = down
  }
}

/** Puts an item where it belongs now that its order may be another; adds one that is outside. */
export const settle = <A extends Placed>(heap: Heap<A>, item: A): void => {
  const from = item.place === outside ? heap.items.length : item.place
  put(heap.items, item, from)
  const risen = rise(heap, item, from)
  put(heap.items, item, risen === from ? sink(heap, item, from) : risen)
}

/** Takes an item out; one that is outside stays there. */
export const remove = <A extends Placed>(heap: Heap<A>, item: A): void => {
  const at = item.place
  if (at === outside) return
  item.place = outside
  const last = heap.items.pop()
  if (last === undefined || last === item) return
  last.place = at
  settle(heap, last)
}
