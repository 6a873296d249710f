/**
 * Runs the benchmarks and prints their ratios: the A/A pairs first, then each scenario, then how the goals stand.
 */
import { existsSync } from "node:fs"
import { mkdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { bundle } from "./harness/Bundle.ts"
import * as Baseline from "./harness/Baseline.ts"
import * as Choice from "./harness/Choice.ts"
import { within } from "./harness/DiskFolder.ts"
import * as Machine from "./harness/Machine.ts"
import { compare, type Measurement, measure } from "./harness/Measurement.ts"
import * as Profile from "./harness/Profile.ts"
import * as Report from "./harness/Report.ts"
import * as SampleProcess from "./harness/SampleProcess.ts"
import * as Series from "./harness/Series.ts"
import { type Options, parse, usage } from "./Options.ts"
import type { Kind, Scenario } from "./Scenario.ts"
import * as Peers from "./peers/Peers.ts"
import { peerScenarios, same, scenarios } from "./Scenarios.ts"

/** Characters of what a sample that broke has said. */
const shownOfError = 1000

const progress = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`)
}

const profile = async (
  scenario: Scenario,
  fixture: string,
  { isQuick, peers, root }: Series.Options
): Promise<void> => {
  const directory = join(root, `profile-${scenario.id}`)
  await mkdir(directory)
  const flags = Profile.flags(directory)
  const isProgram = scenario.subjectIs === "program"
  const order = { scenario: scenario.id, variant: scenario.subject.name, fixture, isQuick, peers }
  await SampleProcess.sample({ ...order, nodeArgs: isProgram ? flags : [] }, root, isProgram ? [] : flags)
  console.log(`\nprofile of ${scenario.id}, ${scenario.subject.name}`)
  for (const line of await Profile.lines(directory)) console.log(line)
}

const samePairs = async (kinds: ReadonlySet<Kind>, options: Series.Options): Promise<Report.Same> => {
  const pairs = new Map<Kind, Measurement["references"][number]>()
  for (const kind of kinds) {
    const [pair] = compare(same[kind], await Series.run(same[kind], "", options))
    if (pair !== undefined) pairs.set(kind, pair)
  }
  return pairs
}

const run = async (options: Options, root: string): Promise<boolean> => {
  const baseline = existsSync(options.baseline) ? await Baseline.read(options.baseline) : Baseline.empty
  await bundle()
  const asked = (options.isWithPeers ? peerScenarios : scenarios).filter(({ id }) => options.ids.includes(id))
  const peers = options.isWithPeers
    ? Peers.prepare(root, new Set(asked.flatMap(Choice.needs)), (need) => progress(`${need} is made ready`))
    : null
  const { chosen, skipped } = Choice.choose(asked, peers?.lacks ?? new Map())
  let at = ""
  const seriesOptions: Series.Options = {
    root,
    isQuick: options.isQuick,
    peers: peers?.directory ?? null,
    onSample: (scenario, variant, round) =>
      progress(`${at}${scenario}: ${variant}, ${round < 0 ? "warm-up" : `round ${round + 1}`}`)
  }
  const machine = Machine.describe(root)
  const pairs = await samePairs(new Set(chosen.map(({ kind }) => kind)), seriesOptions)
  const ratioOf = (kind: Kind): number => pairs.get(kind)?.ratio ?? Number.NaN
  const measurements: Array<Measurement> = []
  const broken: Array<string> = []
  for (const [index, scenario] of chosen.entries()) {
    at = `${index + 1} of ${chosen.length}, `
    try {
      const fixture = await Series.prepare(scenario, seriesOptions)
      const series = await Series.run(scenario, fixture, seriesOptions)
      measurements.push(measure(scenario, series, ratioOf(scenario.kind)))
      progress("")
      if (options.isProfiling) await profile(scenario, fixture, seriesOptions)
      if (fixture !== "") await rm(fixture, { recursive: true, force: true })
    } catch (error) {
      // The others are measured all the same: a run takes long.
      broken.push(`${scenario.id}: ${error instanceof Error ? error.message.slice(0, shownOfError) : String(error)}`)
    }
  }
  const regressions = options.isUpdating
    ? []
    : measurements.flatMap((each) => Baseline.regressions(baseline, each, ratioOf(each.scenario.kind)))
  const result: Report.Run = {
    isQuick: options.isQuick,
    machine,
    same: pairs,
    measurements,
    regressions,
    skipped,
    broken
  }
  for (const line of Report.lines(result)) console.log(line)
  if (options.json !== null) await writeFile(options.json, `${JSON.stringify(Report.json(result), null, 2)}\n`)
  if (options.isUpdating) await Baseline.update(options.baseline, baseline, measurements)
  const isWhole = regressions.length === 0 && broken.length === 0
  return isWhole && measurements.every(({ goals }) => goals.every(({ status }) => status !== "fail"))
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
  if (!options.isUpdating && !existsSync(options.baseline)) {
    console.error(`there is no baseline ${options.baseline}: write it by --update-baseline`)
    return 2
  }
  return within(options.directory, "drover-bench", (root) => run(options, root))
}

process.exitCode = await main()
