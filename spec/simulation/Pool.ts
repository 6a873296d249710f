/** As many simulations at once as there are processors, each in a process that plays one fleet after the other. */
import { fork } from "node:child_process"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"
import * as Schema from "effect/Schema"
import { simulate } from "./world/World.ts"

export const Job = Schema.Struct({
  seed: Schema.Int,
  tasks: Schema.Int,
  faultyMs: Schema.Number,
  /** It ends with the first promise that is broken. */
  isShort: Schema.Boolean,
  without: Schema.Array(Schema.Int),
  idle: Schema.Array(Schema.Int)
})
export type Job = typeof Job.Type

const Told = Schema.Struct({
  job: Job,
  violations: Schema.Array(Schema.Struct({ requirement: Schema.String, what: Schema.String })),
  story: Schema.Array(Schema.String),
  simulatedMs: Schema.Number,
  faults: Schema.Int,
  counts: Schema.Array(Schema.Tuple(Schema.String, Schema.Number))
})
export type Told = typeof Told.Type

/** What a person or a system sends to end a run. */
export const endings = ["SIGINT", "SIGTERM"] as const

/** Plays what the process that started this one asks for. */
export const serve = (): void => {
  const play = async (job: Job): Promise<void> => {
    const sets = { without: new Set(job.without), idle: new Set(job.idle) }
    const { counts, ...outcome } = await simulate({ ...job, ...sets })
    process.send?.({ job, ...outcome, counts: [...counts] } satisfies Told)
  }
  // From a terminal it comes to all: who leads says when to end.
  for (const signal of endings) process.on(signal, () => undefined)
  // What killed supervisors have left waits for ever.
  process.once("disconnect", () => process.exit())
  process.on("message", (message: unknown) => void play(Schema.decodeUnknownSync(Job)(message)))
}

/** Plays all of them, or those that were begun before it was told to stop; `hear` is told of each as it ends. */
export const playAll = async (
  jobs: ReadonlyArray<Job>,
  hear: (told: Told) => void,
  stop: AbortSignal | null = null
): Promise<void> => {
  const left = [...jobs]
  const next = (): Job | undefined => (stop?.aborted === true ? undefined : left.shift())
  /** One process, that plays one after the other. */
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const first = next()
      if (first === undefined) return resolve()
      // Most of what a simulation makes is gone at once, and nobody reads the stacks of its many errors.
      const execArgv = ["--max-semi-space-size=64", "--stack-trace-limit=0"]
      const child = fork(fileURLToPath(import.meta.url), { execArgv })
      child.on("message", (message: unknown) => {
        hear(Schema.decodeUnknownSync(Told)(message))
        const job = next()
        if (job === undefined) child.disconnect()
        else child.send(job)
      })
      child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a simulation ended with ${code}`))))
      child.send(first)
    })
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, work))
}
