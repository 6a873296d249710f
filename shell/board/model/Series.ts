/** What is drawn over time: numbers of a task and of the fleet, as uPlot takes them: seconds, then one row per line. */
import type { History } from "../../http/api/BoardWire.ts"
import type { Attempts } from "../../http/api/TaskParts.ts"

export interface Series {
  /** Seconds since 1970, rising. */
  readonly at: ReadonlyArray<number>
  readonly rows: ReadonlyArray<{ readonly name: string; readonly values: ReadonlyArray<number | null> }>
}

const seconds = (moment: string): number => Date.parse(moment) / 1000

/** What a task has cost up to each moment at which something of it ended; dollars. */
export const spent = (attempts: Attempts["attempts"]): Series => {
  const costs = attempts.flatMap((attempt) =>
    [attempt, ...attempt.runs].flatMap(({ cost_usd, ended_at }) =>
      cost_usd === null || ended_at === null ? [] : [{ at: seconds(ended_at), cost: cost_usd }]
    )
  )
  const sorted = costs.toSorted((a, b) => a.at - b.at)
  const at: Array<number> = []
  const values: Array<number> = []
  let sum = 0
  for (const { at: moment, cost } of sorted) {
    sum += cost
    if (at.at(-1) === moment) values[values.length - 1] = sum
    else {
      at.push(moment)
      values.push(sum)
    }
  }
  return { at, rows: [{ name: "spent", values }] }
}

type Samples = History["samples"]

/** `AccountPaused`: "account paused". */
const inWords = (tag: string): string => tag.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase()

/** What ran, and what waited for each reason that occurs. */
export const load = (samples: Samples): Series => {
  const reasons = [...new Set(samples.flatMap(({ waiting }) => Object.keys(waiting)))].toSorted()
  return {
    at: samples.map(({ at }) => seconds(at)),
    rows: [
      { name: "running", values: samples.map(({ running }) => running) },
      ...reasons.map((reason) => ({
        name: `waiting: ${inWords(reason)}`,
        values: samples.map(({ waiting }) => waiting[reason] ?? 0)
      }))
    ]
  }
}

/** Milliseconds; nothing where nothing was done. */
export const latencies = (samples: Samples): Series => {
  const row = (name: string, key: "tick_p50" | "tick_p95" | "ingest_p50" | "ingest_p95") => ({
    name,
    values: samples.map((sample) => {
      const value = sample[key]
      return value === null ? null : value * 1000
    })
  })
  return {
    at: samples.map(({ at }) => seconds(at)),
    rows: [
      row("tick, half", "tick_p50"),
      row("tick, 95 %", "tick_p95"),
      row("ingest, half", "ingest_p50"),
      row("ingest, 95 %", "ingest_p95")
    ]
  }
}

const anHour = 3600

/** Dollars per hour, a row for each account; hours in which nothing was spent are 0. */
export const spending = (spend: History["spend"]): Series => {
  const accounts = [...new Set(spend.map(({ account }) => account))].toSorted()
  const hours = spend.map(({ hour }) => seconds(hour))
  const first = Math.min(...hours)
  const last = Math.max(...hours)
  const at =
    hours.length === 0 ? [] : Array.from({ length: (last - first) / anHour + 1 }, (_, index) => first + index * anHour)
  return {
    at,
    rows: accounts.map((account) => {
      const values = at.map(() => 0)
      for (const each of spend) {
        if (each.account === account) values[(seconds(each.hour) - first) / anHour] = each.cost_usd
      }
      return { name: account, values }
    })
  }
}
