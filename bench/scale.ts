/**
 * Measures how each cost grows with the number of tasks, and prints a table with the factor for ten times as many:
 * `npm run scale`.
 */
import { writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { parseArgs } from "node:util"
import { bundle } from "./harness/Bundle.ts"
import { within } from "./harness/DiskFolder.ts"
import * as Machine from "./harness/Machine.ts"
import { costs } from "./scale/Costs.ts"
import type { Cost } from "./scale/Cost.ts"
import * as ScaleReport from "./scale/ScaleReport.ts"
import * as Runs from "./scale/Runs.ts"

const smallest = 1000
const largest = 1_000_000

const usage = `Usage: npm run scale -- [options]

  --to TASKS          The largest fleet: 10000, 100000 or 1000000 (default: 100000; a million takes most of an hour)
  --only ID [ID...]   Only these: ${costs.map(({ id }) => id).join(", ")}
  --rounds N          Samples of each (default: 3)
  --minutes N         What is not expected to be done in so many minutes is left out, and it is said (default: 90)
  --quick             Less work in each sample
  --json FILE         Also write the result as JSON; npm run performance makes tables and charts of it
  --dir DIRECTORY     The disk under test (default: the folder for temporary files); allow 30 GB for a million tasks
  --help              Print this

Exit status: 0 every cost grows as it may, 1 one grows faster or failed, 2 on wrong usage.`

interface Options {
  readonly isHelp: boolean
  readonly sizes: ReadonlyArray<number>
  readonly costs: ReadonlyArray<Cost>
  readonly rounds: number
  readonly minutes: number
  readonly isQuick: boolean
  readonly json: string | null
  readonly directory: string
}

const sizesTo = (most: number): ReadonlyArray<number> => {
  const sizes: Array<number> = []
  for (let size = smallest; size <= most; size *= 10) sizes.push(size)
  return sizes
}

const parse = (args: ReadonlyArray<string>): Options | string => {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        to: { type: "string", default: "100000" },
        only: { type: "string", multiple: true },
        rounds: { type: "string", default: "3" },
        minutes: { type: "string", default: "90" },
        quick: { type: "boolean", default: false },
        json: { type: "string" },
        dir: { type: "string", default: tmpdir() },
        help: { type: "boolean", default: false }
      }
    })
    const only = values.only ?? []
    if (only.length === 0 && positionals.length > 0) return `unexpected argument: ${positionals.join(" ")}`
    const ids = [...only, ...positionals]
    const unknown = ids.filter((id) => costs.every((cost) => cost.id !== id))
    if (unknown.length > 0) return `unknown cost: ${unknown.join(", ")}`
    const [to, rounds, minutes] = [Number(values.to), Number(values.rounds), Number(values.minutes)]
    const sizes = sizesTo(Math.min(to, largest))
    if (sizes.at(-1) !== to) return `--to takes 1000, 10000, 100000 or 1000000, not ${values.to}`
    if (!Number.isInteger(rounds) || rounds < 1) return `--rounds takes a whole number from 1, not ${values.rounds}`
    if (!(minutes > 0)) return `--minutes takes a number above 0, not ${values.minutes}`
    return {
      isHelp: values.help,
      sizes,
      costs: ids.length === 0 ? costs : costs.filter(({ id }) => ids.includes(id)),
      rounds,
      minutes,
      isQuick: values.quick,
      json: values.json ?? null,
      directory: values.dir
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const onStep = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`)
}

const run = async (options: Options, root: string): Promise<boolean> => {
  await bundle()
  const machine = Machine.describe(root)
  const { costs, isQuick, minutes, rounds, sizes } = options
  const curves = await Runs.run({ costs, sizes, rounds, isQuick, limitMs: minutes * 60_000, root, onStep })
  const scale: ScaleReport.Scale = { machine, rounds, sizes, curves }
  for (const line of ScaleReport.lines(scale)) console.log(line)
  if (options.json !== null) await writeFile(options.json, `${JSON.stringify(ScaleReport.json(scale), null, 2)}\n`)
  return curves.every((curve) => !curve.hasFailed && ScaleReport.verdict(curve) !== "fail")
}

const main = async (): Promise<number> => {
  const options = parse(process.argv.slice(2))
  if (typeof options === "string") {
    console.error(`${options}\n\n${usage}`)
    return 2
  }
  if (options.isHelp) {
    console.log(usage)
    return 0
  }
  return within(options.directory, "drover-scale", (root) => run(options, root))
}

process.exitCode = await main()
