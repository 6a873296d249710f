/** What a run of the benchmarks is asked for. */
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { repository } from "./harness/Bundle.ts"
import type { Scenario } from "./Scenario.ts"
import { peerScenarios, scenarios } from "./Scenarios.ts"

const listed = (some: ReadonlyArray<Scenario>): string => some.map(({ id }) => id).join(", ")

const ownBaseline = join(repository, "bench", "baseline.json")

export const usage = `Usage: npm run bench -- [options]

  --quick             About a minute: what tells most, with less work and fewer repetitions
  --scenario ID [ID...]
                      Only these: ${listed(scenarios)}
                      With --peers: ${listed(peerScenarios)}
                      --only is the same
  --peers             Side by side with other queues and engines; they are installed into a temporary folder
  --json FILE         Also write the result as JSON
  --baseline [FILE]   What to compare with (default: bench/baseline.json)
  --update-baseline   Write this run to the baseline instead: what later ones are compared with
  --profile           Run each subject once more and print where its time goes and what held up its event loop
  --dir DIRECTORY     The disk under test (default: the folder for temporary files)
  --help              Print this

Exit status: 0 no goal failed, nothing regressed, no sample broke; 1 otherwise, 2 on wrong usage.`

export interface Options {
  readonly isQuick: boolean
  readonly isHelp: boolean
  readonly isProfiling: boolean
  readonly isUpdating: boolean
  /** Other systems are measured, too. */
  readonly isWithPeers: boolean
  readonly ids: ReadonlyArray<string>
  readonly baseline: string
  readonly json: string | null
  readonly directory: string
}

/** What follows an option of many values belongs to it, until the next option. */
const lists = new Set(["--scenario", "--only"])

/** `--baseline` without a file of its own means the one that there is; parseArgs knows no option of that kind. */
const withBaseline = (args: ReadonlyArray<string>): ReadonlyArray<string> =>
  args.flatMap((arg, index) => {
    const next = args[index + 1]
    return arg === "--baseline" && (next === undefined || next.startsWith("--")) ? [arg, ownBaseline] : [arg]
  })

const idsOf = (
  chosen: ReadonlyArray<string>,
  { peers, quick }: { readonly peers: boolean; readonly quick: boolean }
): ReadonlyArray<string> => {
  if (chosen.length > 0) return chosen
  const all = peers ? peerScenarios : scenarios
  return all.filter(({ inQuick, isLong }) => !quick || (peers ? isLong !== true : inQuick === true)).map(({ id }) => id)
}

/** The options, or what is wrong with the arguments. */
export const parse = (args: ReadonlyArray<string>): Options | string => {
  try {
    const { tokens, values } = parseArgs({
      args: [...withBaseline(args)],
      allowPositionals: true,
      tokens: true,
      options: {
        quick: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        profile: { type: "boolean", default: false },
        peers: { type: "boolean", default: false },
        "update-baseline": { type: "boolean", default: false },
        scenario: { type: "string", multiple: true },
        only: { type: "string", multiple: true },
        baseline: { type: "string", default: ownBaseline },
        json: { type: "string" },
        dir: { type: "string", default: tmpdir() }
      }
    })
    const more: Array<string> = []
    let option = ""
    for (const token of tokens) {
      if (token.kind === "option") option = token.rawName
      else if (token.kind === "positional" && lists.has(option)) more.push(token.value)
      else return `unexpected argument: ${token.kind === "positional" ? token.value : "--"}`
    }
    const chosen = [...(values.scenario ?? []), ...(values.only ?? []), ...more]
    const known = values.peers ? peerScenarios : scenarios
    const unknown = chosen.filter((id) => !known.some((scenario) => scenario.id === id))
    const needPeers = unknown.filter((id) => peerScenarios.some((scenario) => scenario.id === id))
    if (needPeers.length > 0) return `only with --peers: ${needPeers.join(", ")}`
    if (unknown.length > 0) return `unknown scenario: ${unknown.join(", ")}`
    return {
      isQuick: values.quick,
      isHelp: values.help,
      isProfiling: values.profile,
      isUpdating: values["update-baseline"],
      isWithPeers: values.peers,
      ids: idsOf(chosen, values),
      baseline: values.baseline,
      json: values.json ?? null,
      directory: values.dir
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
