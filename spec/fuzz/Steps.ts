/**
 * How much work a parser does, counted: the blocks of its code that are run (and those of the libraries in it), as V8 counts
 * them for coverage. It is the same on every machine, however busy. What is done within one regular expression or one
 * function of the engine is not in it.
 */
import { Session } from "node:inspector"
import { createRequire } from "node:module"
import { join } from "node:path"
import { build } from "esbuild"
import type * as Parsers from "./Parsers.ts"

interface Counter {
  readonly parsers: typeof Parsers.parsers
  /** Blocks that are run meanwhile. */
  readonly count: (work: () => unknown) => number
  readonly close: () => void
}

/** A function of the inspector's that answers at once, on this thread. */
const asked = (session: Session) => ({
  start: () => session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true }),
  sum: (url: string): number => {
    let total = 0
    session.post("Profiler.takePreciseCoverage", (error, answer) => {
      if (error !== null) throw error
      for (const script of answer.result) {
        if (!script.url.endsWith(url)) continue
        for (const { ranges } of script.functions) for (const { count } of ranges) total += count
      }
    })
    return total
  }
})

/** Only code that is compiled after counting has begun is counted block by block: the parsers are loaded anew. */
export const counter = async (folder: string): Promise<Counter> => {
  const file = join(folder, "parsers.cjs")
  await build({
    entryPoints: [join(import.meta.dirname, "Parsers.ts")],
    outfile: file,
    bundle: true,
    mainFields: ["module", "main"],
    platform: "node",
    format: "cjs",
    logLevel: "silent"
  })
  const session = new Session()
  session.connect()
  session.post("Profiler.enable")
  const { start, sum } = asked(session)
  start()
  const loaded: typeof Parsers = createRequire(file)(file)
  return {
    parsers: loaded.parsers,
    count: (work) => {
      sum("parsers.cjs")
      work()
      return sum("parsers.cjs")
    },
    close: () => {
      session.post("Profiler.stopPreciseCoverage")
      session.disconnect()
    }
  }
}
