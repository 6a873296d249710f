/** The last column: tasks that were put away. They have no cards; they are listed when somebody unfolds it. */
import { useState } from "preact/hooks"
import { type Answer, ask } from "../client/Client.ts"
import { tell } from "../client/Operate.ts"
import { print } from "../model/Route.ts"
import { dollars } from "../model/Words.ts"

type Row = Answer<"listTasks">["tasks"][number]

interface Held {
  readonly rows: ReadonlyArray<Row>
  readonly next: number | null
  readonly isWhole: boolean
}

const isArchived = ({ stage }: Row): boolean => stage.stage === "archived"

/** Tasks at once: ended ones that are not archived are among them. */
const atOnce = 500

const more = async ({ next, rows }: Held): Promise<Held | null> => {
  const answer = await ask("listTasks", {
    query: { state: ["DONE", "CANCELLED"], limit: atOnce, ...(next === null ? {} : { after: next }) }
  })
  if (!answer.ok) {
    tell(answer.why.error, true)
    return null
  }
  const { value } = answer
  return { rows: [...rows, ...value.tasks.filter(isArchived)], next: value.next, isWhole: value.next === null }
}

export const Archived = () => {
  const [isOpen, setOpen] = useState(false)
  const [held, setHeld] = useState<Held>({ rows: [], next: null, isWhole: false })
  const load = async (from: Held): Promise<void> => {
    const next = await more(from)
    if (next !== null) setHeld(next)
  }
  const toggle = (): void => {
    setOpen(!isOpen)
    if (!isOpen) void load({ rows: [], next: null, isWhole: false })
  }
  return (
    <section class={isOpen ? "column" : "column folded"} aria-labelledby="column-archived">
      <h2 id="column-archived">
        <button type="button" class="title" aria-expanded={isOpen} onClick={toggle}>
          Archived
        </button>
      </h2>
      {isOpen && (
        <div class="cards plain">
          <ul>
            {held.rows.map((row) => (
              <li key={row.id}>
                <a class="card" href={print({ at: "task", id: row.id, part: "overview" })}>
                  <span class="head">
                    <span class="number">#{row.id}</span>
                    <span class="name">{row.name}</span>
                  </span>
                  <span class="facts">
                    <span>{row.state.toLowerCase()}</span>
                    <span>{row.agent}</span>
                    <span>{dollars(row.cost_usd, row.cost_is_complete)}</span>
                  </span>
                </a>
              </li>
            ))}
          </ul>
          {held.isWhole && held.rows.length === 0 && <p class="none">Nothing here</p>}
          {!held.isWhole && (
            <button type="button" onClick={() => void load(held)}>
              More
            </button>
          )}
        </div>
      )}
    </section>
  )
}
