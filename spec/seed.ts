/** Chooses the seed of a whole test run once, prints it, and hands it to every worker. */
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    /** Seed of every property in this run, a 32-bit integer. */
    readonly seed: number
    /** Cases tried per property. */
    readonly runs: number
  }
}

/** The integer in an environment variable; a word that is not one stops the run, it must not silently become a default. */
const integer = (name: string, fallback: number): number => {
  const text = process.env[name]
  if (text === undefined || text === "") return fallback
  if (!/^-?\d{1,15}$/.test(text)) throw new Error(`${name} must be an integer, got ${JSON.stringify(text)}`)
  return Number(text)
}

// Several vitest projects run this file in one process; the environment carries the first one's choice to the rest.
const chosen = process.env.DROVER_SEED === undefined || process.env.DROVER_SEED === ""
process.env.DROVER_SEED = String(integer("DROVER_SEED", Math.floor(Math.random() * 0x7fffffff)))
if (!process.env.DROVER_SEED_SHOWN) {
  process.env.DROVER_SEED_SHOWN = "1"
  console.log(
    `DROVER_SEED=${process.env.DROVER_SEED} DROVER_RUNS=${integer("DROVER_RUNS", 100)}${chosen ? " (random seed; set it to repeat this run)" : ""}`
  )
}

export default (project: TestProject): void => {
  project.provide("seed", integer("DROVER_SEED", 0))
  project.provide("runs", integer("DROVER_RUNS", 100))
}
