/** The last column: tasks that were put away. They are listed when somebody unfolds it, and again when a card has gone. */
import { useEffect, useRef, useState } from "preact/hooks"
import { type Held, more, none, type Row } from "../client/ArchivedTasks.ts"
import { cards } from "../client/Live.ts"
import { isNarrow } from "../client/Preferences.ts"
import { print } from "../model/Route.ts"
import { dollars } from "../model/Words.ts"

/** Rows that one look brings. */
const atOnce = 100

const ArchivedRow = ({ row }: { readonly row: Row }) => (
  <li>
    <a class="card" href={print({ at: "task", id: row.id, part: "overview" })}>
      <span class="head">
        <span class="number">#{row.id}</span>
        <span class="name">{row.name}</span>
      </span>
      <span class="facts">
        <span>{row.state.toLowerCase()}</span>
        <span>{row.agent}</span>
        {row.cost_usd !== null && <span>{dollars(row.cost_usd, row.cost_is_complete)}</span>}
      </span>
    </a>
  </li>
)

const Rows = () => {
  const [held, setHeld] = useState<Held | null>(null)
  const [error, setError] = useState<string | null>(null)
  const asked = useRef(0)
  const load = async (from: Held, count: number): Promise<void> => {
    const number = ++asked.current
    const found = await more(from, count)
    // What was asked for later counts.
    if (number !== asked.current) return
    setError("kind" in found ? found.error : null)
    if (!("kind" in found)) setHeld(found)
  }
  const known = cards.value.size
  useEffect(() => {
    void load(none, Math.max(atOnce, held?.rows.length ?? 0))
  }, [known])
  if (held === null) return <p class={error === null ? "none" : "trouble"}>{error ?? "Reading…"}</p>
  return (
    <div class="cards plain">
      <ul>
        {held.rows.map((row) => (
          <ArchivedRow key={row.id} row={row} />
        ))}
      </ul>
      {held.isWhole && held.rows.length === 0 && <p class="none">Nothing here</p>}
      {error !== null && <p class="trouble">{error}</p>}
      {!held.isWhole && (
        <button type="button" onClick={() => void load(held, held.rows.length + atOnce)}>
          More
        </button>
      )}
    </div>
  )
}

export const Archived = () => {
  const [isUnfolded, setUnfolded] = useState(false)
  const section = useRef<HTMLElement>(null)
  useEffect(() => {
    if (isUnfolded) section.current?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }, [isUnfolded])
  // Where there is place for one column, whoever goes to it has it open.
  const isOpen = isUnfolded || isNarrow.value
  return (
    <section class={isOpen ? "column" : "column folded"} aria-labelledby="column-archived" ref={section}>
      <h2 id="column-archived">
        {isNarrow.value ? (
          <span class="title">Archived</span>
        ) : (
          <button type="button" class="title" aria-expanded={isOpen} onClick={() => setUnfolded(!isUnfolded)}>
            Archived
          </button>
        )}
      </h2>
      {isOpen && <Rows />}
    </section>
  )
}
