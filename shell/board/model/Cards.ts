/** The cards that the page knows, kept up by what the supervisor answers. */
import type { Board, Card } from "../../http/api/BoardWire.ts"

export type Cards = ReadonlyMap<number, Card>

/** Cards after an answer; the same map where it brings nothing new, so that nothing is drawn again. */
export const apply = (cards: Cards, answer: Pick<Board, "is_whole" | "cards" | "gone">): Cards => {
  if (answer.is_whole) return new Map(answer.cards.map((card) => [card.id, card]))
  if (answer.cards.length === 0 && !answer.gone.some((id) => cards.has(id))) return cards
  const next = new Map(cards)
  for (const id of answer.gone) next.delete(id)
  for (const card of answer.cards) next.set(card.id, card)
  return next
}
