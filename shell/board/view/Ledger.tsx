/** What happened to a task, the newest first. */
import { useState } from "preact/hooks"
import { type Answer, ask } from "../client/Client.ts"
import { useLoaded } from "../client/Loaded.ts"
import { tell } from "../client/Operate.ts"
import { spaced } from "../model/Words.ts"
import { Moment } from "./Elapsed.tsx"

type Row = Answer<"taskLedger">["rows"][number]

const words = { tick: "drover", operator: "a person", consequence: "follows", submission: "submitted" } as const

const Detail = ({ row }: { readonly row: Row }) => (
  <details>
    <summary>{spaced(row.event)}</summary>
    <pre tabIndex={0}>{JSON.stringify(row.detail, null, 2)}</pre>
  </details>
)

/** Rows that follow those of the first page. */
interface Older {
  readonly of: string
  readonly rows: ReadonlyArray<Row>
  readonly next: number | null
}

export const Ledger = ({ id, version }: { readonly id: number; readonly version: string }) => {
  const read = useLoaded(`ledger ${id}`, version, () => ask("taskLedger", { path: { id } }))
  const [older, setOlder] = useState<Older | null>(null)
  if (read.value === null) return <p class="none">{read.why?.error ?? "Reading…"}</p>
  const of = `${id}.${version}`
  const more = older?.of === of ? older : null
  const rows = [...read.value.rows, ...(more?.rows ?? [])]
  const next = more === null ? read.value.next : more.next
  const load = async (before: number): Promise<void> => {
    const answer = await ask("taskLedger", { path: { id }, query: { before, limit: 500 } })
    if (!answer.ok) return tell(answer.why.error, true)
    setOlder({ of, rows: [...(more?.rows ?? []), ...answer.value.rows], next: answer.value.next })
  }
  return (
    <div class="wide" tabIndex={0} role="region" aria-label="Ledger">
      <table>
        <caption class="hidden">Ledger of task {id}, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">By</th>
            <th scope="col">Stage</th>
            <th scope="col">Execution</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.revision}>
              <td>
                <Moment at={row.at} />
              </td>
              <td>
                <Detail row={row} />
              </td>
              <td>{words[row.by]}</td>
              <td>{row.from === row.to ? spaced(row.to) : `${spaced(row.from)} → ${spaced(row.to)}`}</td>
              <td>{spaced(row.execution)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {next !== null && (
        <button type="button" onClick={() => void load(next)}>
          More
        </button>
      )}
    </div>
  )
}
