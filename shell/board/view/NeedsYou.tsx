/** What waits for a person, above everything else. */
import { useComputed } from "@preact/signals"
import { forPerson, select } from "../client/BoardState.ts"
import { type Answer, ask } from "../client/Client.ts"
import { changes, now } from "../client/Live.ts"
import { useLoaded } from "../client/Loaded.ts"
import { tell } from "../client/Operate.ts"
import { print } from "../model/Route.ts"
import { standing } from "../model/Words.ts"
import { Chip } from "./Chip.tsx"

type Item = Answer<"attention">["attention"][number]

/** Chips that are in the page at most: the rest is a filter away. */
const most = 30
/** Milliseconds between two looks at what belongs to no task. */
const seldom = 15_000

const Other = ({ again, item }: { readonly item: Item; readonly again: () => void }) => {
  const acknowledge = async (): Promise<void> => {
    const answer = await ask("acknowledge", { path: { item: item.id } })
    if (answer.ok) again()
    else tell(answer.why.error, true)
  }
  return (
    <li>
      <div class="ask">
        <span class="why person">{item.text}</span>
        <span class="facts">{item.what_to_do}</span>
        {item.acknowledged_at === null && (
          <button type="button" onClick={() => void acknowledge()}>
            I know
          </button>
        )}
      </div>
    </li>
  )
}

export const NeedsYou = () => {
  const cards = forPerson.value
  const beat = useComputed(() => Math.floor(now.value / seldom))
  const attention = useLoaded("attention", `${changes.value}.${beat.value}`, () => ask("attention", {}))
  const others = attention.value?.attention.filter(({ task_id }) => task_id === null) ?? []
  if (cards.length + others.length === 0) return null
  return (
    <section class="needs" aria-labelledby="needs-title">
      <h2 id="needs-title">
        Needs you <span class="count">{cards.length + others.length}</span>
      </h2>
      <ul>
        {others.map((item) => (
          <Other key={`item-${item.id}`} item={item} again={attention.again} />
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
      </ul>
    </section>
  )
}
