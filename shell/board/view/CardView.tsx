/** One task on the board, in short. */
import type { Card } from "../../http/api/BoardWire.ts"
import { select, selected } from "../client/BoardState.ts"
import { attempts, dollars, reason, standing } from "../model/Words.ts"
import { repository } from "../model/Filter.ts"
import { print } from "../model/Route.ts"
import { Chip } from "./Chip.tsx"
import { Elapsed, Remaining } from "./Elapsed.tsx"

const verdicts = { passed: "✓ verified", failed: "✗ failed", unverified: "unverified" } as const

const Facts = ({ card }: { readonly card: Card }) => (
  <span class="facts">
    <span>{card.agent}</span>
    {attempts(card) !== null && <span>{attempts(card)}</span>}
    {card.role !== null && card.column !== "backlog" && card.role !== "coder" && <span>{card.role}</span>}
    {card.since !== null && <Elapsed since={card.since} />}
    {card.until !== null && card.needs_person === null && (
      <span>
        goes on <Remaining until={card.until} />
      </span>
    )}
    {((card.cost_usd ?? 0) > 0 || card.budget_usd !== null) && (
      <span>
        {dollars(card.cost_usd, card.cost_is_complete)}
        {card.budget_usd !== null && ` of ${dollars(card.budget_usd)}`}
      </span>
    )}
    {card.verdict !== null && card.badge !== "done" && (
      <span class={`verdict ${card.verdict}`}>{verdicts[card.verdict]}</span>
    )}
    <span>{repository(card.cwd)}</span>
  </span>
)

export const CardView = ({ card }: { readonly card: Card }) => {
  const stands = standing(card)
  const why = reason(card)
  const isSelected = selected.value === card.id
  return (
    <a
      class={`card${card.is_held ? " held" : ""}${card.needs_person === null ? "" : " asks"}${isSelected ? " selected" : ""}`}
      href={print({ at: "task", id: card.id, part: "overview" })}
      data-id={card.id}
      onFocus={() => select(card.id)}
    >
      <span class="head">
        <span class="number">#{card.id}</span>
        <span class="name">{card.name}</span>
        <Chip {...stands} />
      </span>
      <Facts card={card} />
      {why !== null && <span class={why.isForPerson ? "why person" : "why"}>{why.text}</span>}
    </a>
  )
}
