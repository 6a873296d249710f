/**
 * Which faults met which states of tasks, and how often: a row for each state, a column for each fault. A row with an
 * action has the faults that came while it was under way, by the state of its task.
 */
import { kinds } from "./world/FaultPlan.ts"

export const table = (counts: ReadonlyMap<string, number>): ReadonlyArray<string> => {
  const states = [...counts.keys()].filter((name) => name.includes(" × ")).map((name) => name.split(" × ")[1] ?? "")
  const rows = [...new Set(states)].toSorted().map((state) => {
    const cells = kinds.map((kind) => String(counts.get(`${kind} × ${state}`) ?? 0))
    return `| ${[state, ...cells].join(" | ")} |`
  })
  return [`| state | ${kinds.join(" | ")} |`, `| --- |${kinds.map(() => " ---: |").join("")}`, ...rows]
}
