/**
 * `drover ingest` without the rest of drover: `drover.cjs` asks it first. What it does not understand at once (help, other
 * options, mistakes) is for the command line, which does the same with what it does understand.
 */
import { ingest, report } from "../hooks/SpoolIngest.ts"

interface Asked {
  readonly hook: string | null
  readonly isJson: boolean
}

/** Null for what the command line should explain. */
const parse = (args: ReadonlyArray<string>): Asked | null => {
  let hook: string | null = null
  let isJson = false
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ""
    if (arg === "--json") isJson = true
    else if (arg === "--hook" && hook === null && args[index + 1]?.startsWith("-") === false)
      hook = args[++index] ?? null
    else if (arg.startsWith("--hook=") && hook === null) hook = arg.slice("--hook=".length)
    else return null
  }
  return { hook, isJson }
}

/** The process ends with 0 or 1, whatever happens: agents read 2 as "block". */
const answer = async ({ hook, isJson }: Asked): Promise<void> => {
  const ingested = await ingest(hook, process.env)
  if (ingested._tag === "Refused") {
    process.exitCode = 1
    process.stderr.write(`${ingested.message}\n`)
  } else if (isJson) process.stdout.write(`${JSON.stringify(report(ingested))}\n`)
}

/** Whether it was understood; then the process ends when that is done. */
export const run = (args: ReadonlyArray<string>): boolean => {
  const asked = parse(args)
  if (asked !== null) void answer(asked)
  return asked !== null
}
