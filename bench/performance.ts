/**
 * Makes the tables and charts of docs/performance.md from results that are kept beside it: `npm run performance`. The same
 * results give the same files, to the byte.
 */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import * as Schema from "effect/Schema"
import { repository } from "./harness/Bundle.ts"
import * as GoalChart from "./page/GoalChart.ts"
import * as GrowthCharts from "./page/GrowthCharts.ts"
import * as Page from "./page/Page.ts"
import { Goals, Scale } from "./page/Results.ts"
import * as Tables from "./page/Tables.ts"

const usage = `Usage: npm run performance -- [options]

  --goals FILE   Publish this result of npm run bench -- --json FILE
  --peers FILE   Publish this result of npm run bench -- --peers --json FILE
  --scale FILE   Publish this result of npm run scale -- --json FILE
  --check        Write nothing; exit with 1 where the page does not show the results that are kept
  --help         Print this

What is published is kept in docs/performance/, and the page is made of it.`

const folder = join(repository, "docs", "performance")
const page = join(repository, "docs", "performance.md")
const kept = {
  goals: join(folder, "goals.json"),
  peers: join(folder, "peers.json"),
  scale: join(folder, "scale.json")
} as const

interface Published {
  readonly goals: Goals | null
  readonly peers: Goals | null
  readonly scale: Scale | null
}

const formatter = join(dirname(createRequire(import.meta.url).resolve("oxfmt/package.json")), "bin", "oxfmt")

/** As `npm run format` would leave it. */
const formatted = (path: string, text: string): string =>
  execFileSync(process.execPath, [formatter, `--stdin-filepath=${path}`], { input: text, encoding: "utf8" })

/** What the page needs of a result; null where none was published. */
const read = <A, I>(schema: Schema.Schema<A, I>, path: string): A | null =>
  existsSync(path) ? Schema.decodeUnknownSync(Schema.parseJson(schema))(readFileSync(path, "utf8")) : null

const nothing = "_Not measured yet._"

const alts = {
  tick: "How long a tick takes, by the number of tasks",
  write: "How long a write takes, by the number of tasks",
  start: "How long a start takes, by the number of tasks",
  memory: "How much memory a supervisor holds, by the number of tasks"
} as const

/** Every generated file and its content. */
const files = ({ goals, peers, scale }: Published): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const growth = scale === null ? new Map<string, string>() : GrowthCharts.charts(scale)
  for (const [name, svg] of growth) found.set(join(folder, `${name}.svg`), svg)
  const room = goals === null ? null : GoalChart.chart(goals)
  if (room !== null) found.set(join(folder, "goals.svg"), room)
  for (const [path, result] of [
    [kept.goals, goals],
    [kept.peers, peers],
    [kept.scale, scale]
  ] as const) {
    if (result !== null) found.set(path, formatted(path, JSON.stringify(result)))
  }
  const images = Object.entries(alts).flatMap(([name, alt]) =>
    growth.has(name) ? [Page.image(alt, `${name}.svg`)] : []
  )
  const parts = {
    goals: goals === null ? nothing : Tables.goals(goals),
    peers: peers === null ? nothing : Tables.goals(peers),
    "goals chart": room === null ? nothing : Page.image("How far each goal is from its limit", "goals.svg"),
    scale: scale === null ? nothing : Tables.scale(scale),
    "scale charts": images.length === 0 ? nothing : images.join("\n\n")
  }
  const text = Object.entries(parts).reduce(
    (text, [name, part]) => Page.fill(text, name, part),
    readFileSync(page, "utf8")
  )
  return found.set(page, formatted(page, text))
}

const parse = () => {
  try {
    return parseArgs({
      options: {
        goals: { type: "string" },
        peers: { type: "string" },
        scale: { type: "string" },
        check: { type: "boolean", default: false },
        help: { type: "boolean", default: false }
      }
    }).values
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const main = (): number => {
  const options = parse()
  if (typeof options === "string") {
    console.error(`${options}\n\n${usage}`)
    return 2
  }
  if (options.help) {
    console.log(usage)
    return 0
  }
  const missing = [options.goals, options.peers, options.scale].find((path) => path !== undefined && !existsSync(path))
  if (missing !== undefined) {
    console.error(`${missing}: no such file`)
    return 2
  }
  const all = files({
    goals: read(Goals, options.goals ?? kept.goals),
    peers: read(Goals, options.peers ?? kept.peers),
    scale: read(Scale, options.scale ?? kept.scale)
  })
  const stale = [...all].filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text)
  if (!options.check) mkdirSync(folder, { recursive: true })
  for (const [path, text] of stale) {
    console.log(options.check ? `${path} is stale: npm run performance` : `${path} is new`)
    if (!options.check) writeFileSync(path, text)
  }
  if (stale.length === 0) console.log("the page shows the results that are kept")
  return options.check && stale.length > 0 ? 1 : 0
}

process.exitCode = main()
