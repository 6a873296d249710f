/** What a run of the benchmarks is asked for. */
import { tmpdir } from "node:os"
import { parseArgs } from "node:util"
import { scenarios } from "./Scenarios.ts"

export const usage = `Usage: npm run bench -- [options]

  --quick             Fewer repetitions and less work: two or three minutes
  --only ID [ID...]   Only these: ${scenarios.map(({ id }) => id).join(", ")}
  --json FILE         Also write the result as JSON
  --update-baseline   Take this run as what later ones are compared with
  --profile           Run each subject once more and print where its time goes
  --dir DIRECTORY     The disk under test (default: the folder for temporary files)
  --help              Print this

Exit status: 0 no goal failed and nothing regressed, 1 otherwise, 2 on wrong usage.`

export interface Options {
  readonly isQuick: boolean
  readonly isHelp: boolean
  readonly isProfiling: boolean
  readonly isUpdating: boolean
  readonly ids: ReadonlyArray<string>
  readonly json: string | null
  readonly directory: string
}

const known = new Set(scenarios.map(({ id }) => id))
const quick = scenarios.filter(({ isLong }) => isLong !== true).map(({ id }) => id)

/** The options, or what is wrong with the arguments. */
export const parse = (args: ReadonlyArray<string>): Options | string => {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        profile: { type: "boolean", default: false },
        "update-baseline": { type: "boolean", default: false },
        only: { type: "string", multiple: true },
        json: { type: "string" },
        dir: { type: "string", default: tmpdir() }
      }
    })
    // What follows --only without a flag of its own belongs to it.
    const only = values.only ?? []
    if (only.length === 0 && positionals.length > 0) return `unexpected argument: ${positionals.join(" ")}`
    const ids = [...only, ...positionals]
    const unknown = ids.filter((id) => !known.has(id))
    if (unknown.length > 0) return `unknown scenario: ${unknown.join(", ")}`
    return {
      isQuick: values.quick,
      isHelp: values.help,
      isProfiling: values.profile,
      isUpdating: values["update-baseline"],
      ids: ids.length > 0 ? ids : values.quick ? quick : [...known],
      json: values.json ?? null,
      directory: values.dir
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
