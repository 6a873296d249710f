/** The event loop of a program that is measured from outside, by `programs/LoopWatch.ts` inside of it. */
import type { ChildProcess } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { pathToFileURL } from "node:url"
import * as Schema from "effect/Schema"
import { fileOf } from "../harness/Bundle.ts"

const Numbers = Schema.parseJson(Schema.Record({ key: Schema.String, value: Schema.Number }))

const fileIn = (directory: string): string => join(directory, "loop.json")

/** Arguments for its Node, and what its environment needs. */
export const nodeArgs: ReadonlyArray<string> = ["--import", pathToFileURL(fileOf("LoopWatch")).href]
export const environmentOf = (directory: string): Record<string, string> => ({ BENCH_LOOP_FILE: fileIn(directory) })

/** From here on. */
export const begin = (child: ChildProcess): void => void child.kill("SIGWINCH")

const limitMs = 10_000

/** What it found until now. */
export const end = async (child: ChildProcess, directory: string): Promise<Readonly<Record<string, number>>> => {
  child.kill("SIGWINCH")
  const deadline = performance.now() + limitMs
  while (!existsSync(fileIn(directory))) {
    if (performance.now() > deadline) throw new Error("the program does not tell of its loop")
    await delay(20)
  }
  return Schema.decodeUnknownSync(Numbers)(readFileSync(fileIn(directory), "utf8"))
}
