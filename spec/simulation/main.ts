/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--tasks N] [--hours N] [--story] [--table]`: so many fleets, as many at
 * once as there are processors. In more than three hours as many tasks and faults come as in three, over all of that time.
 * Prints what was broken, the story of the first seed that broke something, made small (or of each seed, with `--story`),
 * which faults met which states (`--table`), and the counts last; exits 1 on any violation. Interrupted, it tells what it
 * has found so far.
 */
import { parseArgs } from "node:util"
import { endings, type Job, playAll, serve, type Told } from "./Pool.ts"
import { shrink } from "./Shrink.ts"
import { table } from "./Table.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: process.env.DROVER_SEED ?? "1" },
    tasks: { type: "string", default: "20" },
    hours: { type: "string", default: "3" },
    story: { type: "boolean", default: false },
    table: { type: "boolean", default: false }
  }
})

const integer = (name: string, text: string): number => {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  console.error(`--${name} takes a number, not ${JSON.stringify(text)}`)
  return process.exit(2)
}

const tell = (story: ReadonlyArray<string>): void => {
  for (const line of story) console.log(`  ${line}`)
}

const lead = async (): Promise<void> => {
  const from = integer("from", values.from)
  const tasks = integer("tasks", values.tasks)
  const faultyMs = integer("hours", values.hours) * 3_600_000
  const jobs = Array.from({ length: integer("seeds", values.seeds) }, (_, index): Job => {
    return { seed: from + index, tasks, faultyMs, isShort: false, without: [], idle: [] }
  })
  const counts = new Map<string, number>([["violations", 0]])
  const count = (name: string, by: number): void => void counts.set(name, (counts.get(name) ?? 0) + by)
  const broken: Array<Told> = []

  const stop = new AbortController()
  for (const signal of endings) process.once(signal, () => stop.abort())
  const begun = performance.now()
  const hear = (told: Told): void => {
    const { counts: found, job, simulatedMs, story, violations } = told
    count("seeds", 1)
    count("simulated hours", simulatedMs / 3_600_000)
    for (const [name, by] of found) count(name, by)
    count("violations", violations.length)
    for (const { requirement, what } of violations) console.log(`seed ${job.seed}: ${requirement} ${what}`)
    if (violations.length > 0) broken.push(told)
    if (values.story) tell(story)
  }
  await playAll(jobs, hear, stop.signal)
  const seconds = (performance.now() - begun) / 1000

  const [first] = broken.toSorted((a, b) => a.job.seed - b.job.seed)
  if (first !== undefined && !values.story) {
    const { faults, job, story } = await shrink(first)
    console.log(`the story of seed ${job.seed} with ${faults} faults and ${tasks - job.idle.length} tasks:`)
    tell(story)
  }
  if (values.table) for (const line of table(counts)) console.log(line)
  for (const [name, by] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.includes(" × ")) console.log(`${name.padEnd(40)} ${Number.isInteger(by) ? by : by.toFixed(1)}`)
  }
  const days = (counts.get("simulated hours") ?? 0) / 24
  console.log(`${seconds.toFixed(1)} s, ${((days / seconds) * 60).toFixed(1)} simulated days a minute`)
  if (broken.length > 0) process.exitCode = 1
}

// Told by another process what to play, or by a person.
if (process.send === undefined) await lead()
else serve()
