/** One column: of its cards only those that are to be seen are in the page. */
import { useSignalEffect } from "@preact/signals"
import { useEffect, useLayoutEffect, useRef } from "preact/hooks"
import type { Card } from "../../http/api/BoardWire.ts"
import { cardsOf, fold, sought } from "../client/BoardState.ts"
import { isNarrow } from "../client/Preferences.ts"
import { type Column, title } from "../model/Columns.ts"
import { CardView } from "./CardView.tsx"
import { useVirtual } from "./Virtual.tsx"

/** Pixels of a card before it was measured. */
const usualHeight = 84

const focus = (list: HTMLElement | null, id: number): boolean => {
  const card = list?.querySelector(`[data-id="${id}"]`)
  if (!(card instanceof HTMLElement)) return false
  card.focus({ preventScroll: true })
  // Once: what is drawn anew later takes nobody's focus away.
  sought.value = null
  return true
}

const Cards = ({ cards, column }: { readonly cards: ReadonlyArray<Card>; readonly column: Column }) => {
  const scroller = useRef<HTMLDivElement>(null)
  const wanted = useRef<number | null>(null)
  const { height, instance, items } = useVirtual({
    count: cards.length,
    scroller,
    size: usualHeight,
    gap: 8,
    keyOf: (index) => cards[index]?.id ?? index
  })
  useSignalEffect(() => {
    const id = sought.value?.id
    const index = id === undefined ? -1 : cardsOf[column].peek().findIndex((card) => card.id === id)
    if (id === undefined || index < 0) return
    instance.scrollToIndex(index)
    wanted.current = focus(scroller.current, id) ? null : id
  })
  // A card that was out of sight is there only after it was scrolled to.
  useLayoutEffect(() => {
    if (wanted.current !== null && focus(scroller.current, wanted.current)) wanted.current = null
  })
  return (
    <div class="cards" ref={scroller}>
      <ul style={{ height: `${height}px` }}>
        {items.map(({ index, key, start }) => {
          const card = cards[index]
          return card === undefined ? null : (
            <li
              key={key}
              ref={instance.measureElement}
              data-index={index}
              aria-setsize={cards.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)` }}
            >
              <CardView card={card} />
            </li>
          )
        })}
      </ul>
    </div>
  )
}

export const ColumnView = ({ column, isOpen }: { readonly column: Column; readonly isOpen: boolean }) => {
  const cards = cardsOf[column].value
  const name = `column-${column}`
  const section = useRef<HTMLElement>(null)
  const wasOpen = useRef(isOpen)
  useEffect(() => {
    // What is unfolded at the side may be out of sight.
    if (isOpen && !wasOpen.current) section.current?.scrollIntoView({ block: "nearest", inline: "nearest" })
    wasOpen.current = isOpen
  }, [isOpen])
  return (
    <section class={isOpen ? "column" : "column folded"} aria-labelledby={name} ref={section}>
      <h2 id={name}>
        {isNarrow.value ? (
          <span class="title">
            {title(column)} <span class="count">{String(cards.length)}</span>
          </span>
        ) : (
          <button type="button" class="title" aria-expanded={isOpen} onClick={() => fold(column)}>
            {title(column)} <span class="count">{String(cards.length)}</span>
          </button>
        )}
      </h2>
      {isOpen && (cards.length === 0 ? <p class="none">Nothing here</p> : <Cards cards={cards} column={column} />)}
    </section>
  )
}
