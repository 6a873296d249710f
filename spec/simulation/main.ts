/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--tasks N] [--hours N] [--story]`: that many fleets, one after the other.
 * Prints what was broken, with the story of the first such seed, and the counts; exits 1 on any violation.
 */
import { parseArgs } from "node:util"
import { simulate } from "./world/World.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: process.env.DROVER_SEED ?? "1" },
    tasks: { type: "string", default: "20" },
    hours: { type: "string", default: "3" },
    story: { type: "boolean", default: false }
  }
})

const counts = new Map<string, number>()
const count = (name: string, by: number): void => void counts.set(name, (counts.get(name) ?? 0) + by)

const begun = performance.now()
let isTold = false
for (let index = 0; index < Number(values.seeds); index++) {
  const seed = Number(values.from) + index
  const outcome = await simulate({ seed, tasks: Number(values.tasks), faultyMs: Number(values.hours) * 3_600_000 })
  count("seeds", 1)
  count("simulated hours", outcome.simulatedMs / 3_600_000)
  for (const [name, by] of outcome.counts) count(name, by)
  for (const { requirement, what } of outcome.violations) {
    count("violations", 1)
    console.log(`seed ${seed}: ${requirement} ${what}`)
  }
  if (values.story || (outcome.violations.length > 0 && !isTold)) {
    isTold = true
    for (const line of outcome.story) console.log(`  ${line}`)
  }
}
const seconds = (performance.now() - begun) / 1000
count("violations", 0)
for (const [name, by] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`${name.padEnd(40)} ${Number.isInteger(by) ? by : by.toFixed(1)}`)
}
const days = (counts.get("simulated hours") ?? 0) / 24
console.log(`${seconds.toFixed(1)} s, ${((days / seconds) * 60).toFixed(1)} simulated days a minute`)
if ((counts.get("violations") ?? 0) > 0) process.exitCode = 1
