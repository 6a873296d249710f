/**
 * Runs one sample in a process of its own and takes its answer, so that no sample inherits another's heap, compiled
 * code or open files.
 */
import { fork } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import type { Sample } from "../Scenario.ts"
import { fileOf } from "./Bundle.ts"

const Numbers = Schema.Record({ key: Schema.String, value: Schema.Number })

/** What the process sends before it ends. */
const Answer = Schema.Union(
  Schema.TaggedStruct("Sampled", { value: Schema.Number, details: Numbers, counters: Numbers }),
  Schema.TaggedStruct("Prepared", {}),
  Schema.TaggedStruct("Failed", { why: Schema.String })
)
export type Answer = typeof Answer.Type
const decodeAnswer = Schema.decodeUnknownSync(Answer)

/** What to run: the fixture of a scenario, or one of its sides. */
export interface Order {
  readonly scenario: string
  /** Null: the fixture. */
  readonly variant: string | null
  readonly fixture: string
  readonly isQuick: boolean
  readonly nodeArgs: ReadonlyArray<string>
  readonly peers: string | null
}

/** A sample that takes longer hangs, or making what it reads. */
const limitMs = { sample: 300_000, fixture: 1_800_000 }

/**
 * The environment of everything that is measured: `NODE_EXTRA_CA_CERTS` alone makes `node -e 0` take three times as
 * long, and drover's own variables would lead to a real state directory.
 */
export const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const kept = Object.entries(process.env).filter(
    ([name]) => name !== "NODE_EXTRA_CA_CERTS" && name !== "NODE_OPTIONS" && !name.startsWith("DROVER_")
  )
  return { ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ""])), ...more }
}

const answerOf = (order: Order, directory: string, execArgv: ReadonlyArray<string>): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const child = fork(fileOf("Sample"), [JSON.stringify(order), directory], {
      env: environment(),
      execArgv: [...execArgv],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      timeout: order.variant === null ? limitMs.fixture : limitMs.sample
    })
    const errors: Array<Buffer> = []
    let answer: Answer | null = null
    child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk))
    child.on("message", (message) => {
      answer = decodeAnswer(message)
    })
    child.on("error", reject)
    child.on("close", (code, signal) => {
      if (answer !== null && code === 0) resolve(answer)
      else
        reject(new Error(`${JSON.stringify(order)} ended with ${signal ?? code}: ${Buffer.concat(errors).toString()}`))
    })
  })

const run = async (order: Order, root: string, execArgv: ReadonlyArray<string>): Promise<Answer> => {
  const directory = await mkdtemp(join(root, "sample-"))
  try {
    const answer = await answerOf(order, directory, execArgv)
    if (answer._tag === "Failed") throw new Error(`${order.scenario} ${order.variant ?? "fixture"}: ${answer.why}`)
    return answer
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Measures one side once, in a folder of its own under `root`. */
export const sample = async (order: Order, root: string, execArgv: ReadonlyArray<string> = []): Promise<Sample> => {
  const answer = await run(order, root, execArgv)
  if (answer._tag !== "Sampled") throw new Error(`${order.scenario} measured nothing`)
  return answer
}

/** Fills the fixture of a scenario. */
export const prepare = async (order: Order, root: string): Promise<void> => {
  await run({ ...order, variant: null }, root, [])
}
