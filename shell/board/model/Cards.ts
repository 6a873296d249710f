/** The cards that the page knows, kept up by what the supervisor answers. */
import type { Board, Card } from "../../http/api/BoardWire.ts"

export type Cards = ReadonlyMap<number, Card>

export interface Difference {
  /** Cards that are not there any more, or not as they were. */
  readonly left: ReadonlyArray<Card>
  /** Cards that are new, or as they are now. */
  readonly came: ReadonlyArray<Card>
}

/** What is another between two looks; a card that is the same object is the same. */
export const difference = (before: Cards, after: Cards): Difference => {
  const left: Array<Card> = []
  const came: Array<Card> = []
  for (const [id, card] of after) {
    const was = before.get(id)
    if (was === card) continue
    came.push(card)
    if (was !== undefined) left.push(was)
  }
  for (const [id, card] of before) if (!after.has(id)) left.push(card)
  return { left, came }
}

/** Cards after an answer; the same map where it brings nothing new, so that nothing is drawn again. */
export const apply = (cards: Cards, answer: Pick<Board, "is_whole" | "cards" | "gone">): Cards => {
  if (answer.is_whole) return new Map(answer.cards.map((card) => [card.id, card]))
  if (answer.cards.length === 0 && !answer.gone.some((id) => cards.has(id))) return cards
  const next = new Map(cards)
  for (const id of answer.gone) next.delete(id)
  for (const card of answer.cards) next.set(card.id, card)
  return next
}
