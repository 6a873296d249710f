/** What a task has cost, over time. */
import { useMemo } from "preact/hooks"
import { ask } from "../client/Client.ts"
import { useLoaded } from "../client/Loaded.ts"
import { spent } from "../model/Series.ts"
import { dollars } from "../model/Words.ts"
import { Chart } from "./Chart.tsx"

export const Spend = ({ id, version }: { readonly id: number; readonly version: string }) => {
  const { value, why } = useLoaded(`spend ${id}`, version, () =>
    ask("taskAttempts", { path: { id }, query: { limit: 100 } })
  )
  const series = useMemo(() => spent(value?.attempts ?? []), [value])
  if (value === null) return <p class="none">{why?.error ?? "Reading…"}</p>
  return (
    <>
      <Chart
        title="Spent"
        unit="US dollars, as agents and models report it"
        series={series}
        look="step"
        format={dollars}
      />
      <table>
        <caption class="hidden">What each attempt cost</caption>
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col">Agent</th>
            <th scope="col">The agent spent</th>
            <th scope="col">Its verifiers spent</th>
          </tr>
        </thead>
        <tbody>
          {value.attempts.map(({ agent, cost_usd, number, runs }) => {
            const known = runs.flatMap((run) => (run.cost_usd === null ? [] : [run.cost_usd]))
            return (
              <tr key={number}>
                <td>{number}</td>
                <td>{agent}</td>
                <td>{dollars(cost_usd)}</td>
                <td>{dollars(known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0))}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {value.next !== null && <p class="footnote">Of the last 100 attempts.</p>}
    </>
  )
}
