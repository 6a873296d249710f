/** The fleet: how it did over the last hours, and how its protections stand. */
import { useComputed } from "@preact/signals"
import { useEffect, useMemo, useState } from "preact/hooks"
import { type Answer, ask } from "../client/Client.ts"
import { about, now, sync } from "../client/Live.ts"
import { useLoaded } from "../client/Loaded.ts"
import { tell } from "../client/Operate.ts"
import { heading } from "../client/Title.ts"
import { latencies, load, spending } from "../model/Series.ts"
import { dollars, duration } from "../model/Words.ts"
import { Chart } from "./Chart.tsx"
import { Accounts, Commitments, Guards } from "./FleetTables.tsx"

const spans = ["1", "6", "24"] as const
/** Milliseconds between two looks. */
const often = 10_000

const whole = (value: number): string => String(Math.round(value))
const milliseconds = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`

const anHour = 3600
/** Of the last hours; at least the hour that the latest spend belongs to. */
const spanOf = (now: string | null, hours: number): readonly [number, number] => {
  const end = (now === null ? Date.now() : Date.parse(now)) / 1000
  return [end - hours * anHour, end]
}
/** Hours are drawn around their beginnings. */
const inHours = ([from, to]: readonly [number, number]): readonly [number, number] => [from - anHour, to + anHour / 2]

/** What the charts can not show: samples begin with the supervisor, and costs come from the store. */
const reach = ({ every, now, samples }: Answer<"history">, hours: number): string => {
  const [first] = samples
  if (first === undefined) {
    return `What runs and latencies are noted every ${every} s from the supervisor's start on: nothing is noted yet. Costs are those of the store.`
  }
  const known = Date.parse(now) - Date.parse(first.at)
  // A sample may be missing at the edge.
  if (known + 2000 * every >= hours * anHour * 1000) return ""
  return (
    `What runs and latencies are noted from the supervisor's start on: the charts begin ${duration(known)} ago, and what an earlier ` +
    "supervisor saw is not in them. Costs are those of the store, and go on through a restart."
  )
}

const Admission = () => {
  const draining = about.value?.draining ?? false
  const turn = async (): Promise<void> => {
    const answer = draining ? await ask("undrain", {}) : await ask("drain", {})
    if (!answer.ok) tell(answer.why.error, true)
    void sync()
  }
  return (
    <p class="facts">
      <span>
        {about.value?.running ?? 0} of {about.value?.max_concurrent ?? 0} run
      </span>
      <span>{draining ? "Draining: nothing new begins" : "Admission is open"}</span>
      {about.value?.supervisor !== null && about.value !== null && (
        <span>
          supervisor {about.value.supervisor.pid} on {about.value.supervisor.host}
        </span>
      )}
      <button type="button" onClick={() => void turn()}>
        {draining ? "Open admission" : "Drain"}
      </button>
    </p>
  )
}

export const Fleet = () => {
  const [hours, setHours] = useState<(typeof spans)[number]>("1")
  const beat = useComputed(() => Math.floor(now.value / often))
  const history = useLoaded(`history ${hours}`, beat.value, () => ask("history", { query: { hours } }))
  const guards = useLoaded("guards", beat.value, () => ask("guards", {}))
  const commitments = useLoaded("commitments", beat.value, () => ask("listCommitments", {}))
  const samples = history.value?.samples
  const drawn = useMemo(
    () => ({
      load: load(samples ?? []),
      latencies: latencies(samples ?? []),
      spending: spending(history.value?.spend ?? []),
      reach: history.value === null ? "" : reach(history.value, Number(hours)),
      span: spanOf(history.value?.now ?? null, Number(hours))
    }),
    [history.value]
  )
  useEffect(() => {
    heading.value = "Fleet – drover"
  }, [])
  return (
    <main class="fleet" id="main" tabIndex={-1}>
      <header>
        <h1>Fleet</h1>
        <Admission />
        <label class="choice">
          <span>The last</span>
          <select
            value={hours}
            onChange={({ currentTarget }) => setHours(spans.find((span) => span === currentTarget.value) ?? "1")}
          >
            {spans.map((span) => (
              <option key={span} value={span}>
                {span === "1" ? "hour" : `${span} hours`}
              </option>
            ))}
          </select>
        </label>
      </header>
      {history.why !== null && <p class="trouble">{history.why.error}</p>}
      {drawn.reach !== "" && <p class="reach">{drawn.reach}</p>}
      <div class="charts">
        <Chart
          title="Running and waiting"
          unit="tasks"
          series={drawn.load}
          span={drawn.span}
          look="step"
          format={whole}
        />
        <Chart
          title="Spent per hour"
          unit="US dollars by account"
          series={drawn.spending}
          span={inHours(drawn.span)}
          look="bars"
          format={dollars}
        />
        <Chart
          title="Latency"
          unit="of ticks and of taking in hook events"
          series={drawn.latencies}
          span={drawn.span}
          format={milliseconds}
        />
      </div>
      <div class="wide" tabIndex={0} role="region" aria-label="Accounts, guards and promises">
        <Accounts />
        <Guards loaded={guards} />
        <Commitments loaded={commitments} />
      </div>
    </main>
  )
}
