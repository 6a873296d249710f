/** What waits for a person, above everything else. */
import { acknowledge, type Item, needed, others, trouble } from "../client/Attention.ts"
import { forPerson, select } from "../client/BoardState.ts"
import { print } from "../model/Route.ts"
import { standing } from "../model/Words.ts"
import { Chip } from "./Chip.tsx"

/** Chips that are in the page at most: the rest is a filter away. */
const most = 30

const Other = ({ item }: { readonly item: Item }) => (
  <li>
    <div class={item.acknowledged_at === null ? "ask" : "ask known"}>
      <span class="why person">
        {item.task_id !== null && (
          <a href={print({ at: "task", id: item.task_id, part: "overview" })}>#{item.task_id}</a>
        )}{" "}
        {item.text}
      </span>
      <span class="facts">
        <code>{item.what_to_do}</code>
        {item.acknowledged_at === null ? (
          <button type="button" title="It is told nobody any more" onClick={() => void acknowledge(item)}>
            I know
          </button>
        ) : (
          <span>acknowledged</span>
        )}
      </span>
    </div>
  </li>
)

export const NeedsYou = () => {
  const cards = forPerson.value
  const rest = others.value
  const isNew = ({ acknowledged_at }: Item): boolean => acknowledged_at === null
  if (cards.length + rest.length === 0 && trouble.value === null) return null
  return (
    <section class={needed.value === 0 ? "needs none-new" : "needs"} aria-labelledby="needs-title">
      <h2 id="needs-title">
        Needs you <span class="count">{needed.value}</span>
      </h2>
      {trouble.value !== null && <p class="trouble">{trouble.value}</p>}
      <ul>
        {rest.filter(isNew).map((item) => (
          <Other key={`item-${item.id}`} item={item} />
        ))}
        {cards.slice(0, most).map((card) => (
          <li key={card.id}>
            <a class="ask" href={print({ at: "task", id: card.id, part: "overview" })} onFocus={() => select(card.id)}>
              <span class="head">
                <span class="number">#{card.id}</span>
                <span class="name">{card.name}</span>
                <Chip {...standing(card)} />
              </span>
              <span class="why person">{card.needs_person}</span>
            </a>
          </li>
        ))}
        {cards.length > most && (
          <li>
            <a class="ask" href={print({ at: "board", query: "is:needs-you" })}>
              All {cards.length}
            </a>
          </li>
        )}
        {rest
          .filter((item) => !isNew(item))
          .map((item) => (
            <Other key={`item-${item.id}`} item={item} />
          ))}
      </ul>
    </section>
  )
}
