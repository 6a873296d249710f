/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--tasks N] [--hours N] [--story]`: so many fleets, as many at once as
 * there are processors. Prints what was broken, the story of the first seed that broke something (or of each, with
 * `--story`), and the counts last; exits 1 on any violation.
 */
import { fork } from "node:child_process"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as Schema from "effect/Schema"
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

const Job = Schema.Struct({ seed: Schema.Int, tasks: Schema.Int, faultyMs: Schema.Number })
const Told = Schema.Struct({
  seed: Schema.Int,
  violations: Schema.Array(Schema.Struct({ requirement: Schema.String, what: Schema.String })),
  story: Schema.Array(Schema.String),
  simulatedMs: Schema.Number,
  counts: Schema.Array(Schema.Tuple(Schema.String, Schema.Number))
})
type Told = typeof Told.Type

const serve = async (job: typeof Job.Type): Promise<void> => {
  const { counts, simulatedMs, story, violations } = await simulate(job)
  const told: Told = { seed: job.seed, violations, story, simulatedMs, counts: [...counts] }
  process.send?.(told)
}

const integer = (name: string, text: string): number => {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  console.error(`--${name} takes a number, not ${JSON.stringify(text)}`)
  return process.exit(2)
}

const lead = async (): Promise<void> => {
  const from = integer("from", values.from)
  const seeds = Array.from({ length: integer("seeds", values.seeds) }, (_, index) => from + index)
  const tasks = integer("tasks", values.tasks)
  const faultyMs = integer("hours", values.hours) * 3_600_000
  const counts = new Map<string, number>([["violations", 0]])
  const count = (name: string, by: number): void => void counts.set(name, (counts.get(name) ?? 0) + by)
  let isStoryTold = false

  const hear = ({ counts: found, seed, simulatedMs, story, violations }: Told): void => {
    count("seeds", 1)
    count("simulated hours", simulatedMs / 3_600_000)
    for (const [name, by] of found) count(name, by)
    count("violations", violations.length)
    for (const { requirement, what } of violations) console.log(`seed ${seed}: ${requirement} ${what}`)
    if (!values.story && (violations.length === 0 || isStoryTold)) return
    isStoryTold = true
    for (const line of story) console.log(`  ${line}`)
  }

  const begun = performance.now()
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      // Most of what a simulation makes is gone at once.
      const child = fork(fileURLToPath(import.meta.url), { execArgv: ["--max-semi-space-size=64"] })
      const next = (): void => {
        const seed = seeds.shift()
        if (seed === undefined) child.disconnect()
        else child.send({ seed, tasks, faultyMs })
      }
      child.on("message", (message: unknown) => {
        hear(Schema.decodeUnknownSync(Told)(message))
        next()
      })
      child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a simulation ended with ${code}`))))
      next()
    })
  await Promise.all(Array.from({ length: Math.min(seeds.length, availableParallelism()) }, work))
  const seconds = (performance.now() - begun) / 1000

  for (const [name, by] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${name.padEnd(40)} ${Number.isInteger(by) ? by : by.toFixed(1)}`)
  }
  const days = (counts.get("simulated hours") ?? 0) / 24
  console.log(`${seconds.toFixed(1)} s, ${((days / seconds) * 60).toFixed(1)} simulated days a minute`)
  if ((counts.get("violations") ?? 0) > 0) process.exitCode = 1
}

// One fleet after the other, as the process that started this one asks for them.
if (process.send === undefined) await lead()
else process.on("message", (message: unknown) => void serve(Schema.decodeUnknownSync(Job)(message)))
