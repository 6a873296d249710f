/**
 * Mutation testing: breaks the core's code in every way that Stryker knows and looks which breaks no spec notices.
 * Arguments are folders or files of the core (core/stage core/task/Apply.ts), none of them is all folders;
 * `--force` forgets what earlier runs found. Prints what survived and the score of each file and folder, and exits 1
 * where a folder's is below 90 %.
 */
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync, statSync } from "node:fs"
import * as Schema from "effect/Schema"

const leastScore = 90

const Place = Schema.Struct({ line: Schema.Number, column: Schema.Number })
const Mutant = Schema.Struct({
  status: Schema.String,
  mutatorName: Schema.String,
  replacement: Schema.optional(Schema.String),
  location: Schema.Struct({ start: Place, end: Place })
})
type Mutant = typeof Mutant.Type

/** The part that is read of Stryker's JSON report. */
const Report = Schema.parseJson(
  Schema.Struct({
    files: Schema.Record({
      key: Schema.String,
      value: Schema.Struct({ source: Schema.String, mutants: Schema.Array(Mutant) })
    })
  })
)

const count = (mutants: ReadonlyArray<Mutant>, status: string): number =>
  mutants.filter((mutant) => mutant.status === status).length

const columns = ["Killed", "Timeout", "Survived", "NoCoverage"] as const

/** The share of mutants that some spec noticed, in percent. */
const scoreOf = (mutants: ReadonlyArray<Mutant>): number => {
  const found = count(mutants, "Killed") + count(mutants, "Timeout")
  const all = found + count(mutants, "Survived") + count(mutants, "NoCoverage")
  return all === 0 ? 100 : (found / all) * 100
}

const line = (name: string, cells: ReadonlyArray<string>): string =>
  name.padEnd(36) + cells.map((cell) => cell.padStart(12)).join("")

const row = (name: string, mutants: ReadonlyArray<Mutant>): string =>
  line(name, [...columns.map((status) => String(count(mutants, status))), scoreOf(mutants).toFixed(1)])

/** The text of a mutant before and after, each cut to a line. */
const change = (source: string, { location: { end, start }, replacement }: Mutant): string => {
  const lines = source.split("\n").slice(start.line - 1, end.line)
  const before = lines
    .map((text, index) =>
      text.slice(index === 0 ? start.column - 1 : 0, index === lines.length - 1 ? end.column - 1 : undefined)
    )
    .join("\n")
  const short = (text: string) => text.replaceAll(/\s+/g, " ").slice(0, 110)
  return `  - ${short(before)}\n  + ${short(replacement ?? "")}`
}

const isForced = process.argv.includes("--force")
const asked = process.argv.slice(2).filter((word) => word !== "--force")
for (const place of asked) {
  if (!/^core\/[\w/.-]+$/.test(place) || statSync(place, { throwIfNoEntry: false }) === undefined) {
    console.error(`${place} is no folder or file of core`)
    process.exit(2)
  }
}
const folders = readdirSync("core", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `core/${name}`)
  .toSorted()

/** What to mutate, by folder: one run of Stryker for each, so that what it found is kept when a later one is broken off. */
const patterns = new Map<string, Array<string>>()
for (const place of asked.length === 0 ? folders : asked) {
  const folder = place.split("/").slice(0, 2).join("/")
  const own = patterns.get(folder) ?? []
  patterns.set(folder, own)
  own.push(place.endsWith(".ts") ? place : `${place.replace(/\/$/, "")}/**/*.ts`)
}

// Loading a certificate bundle more than doubles the start of every worker.
delete process.env.NODE_EXTRA_CA_CERTS
// With the same cases for every mutant, what survived once survives again.
process.env.DROVER_SEED ??= "1"
process.env.DROVER_SEED_SHOWN = "1"

const table: Array<string> = []
const low: Array<string> = []
for (const [folder, globs] of patterns) {
  const began = Date.now()
  const run = spawnSync(
    "npx",
    ["stryker", "run", "--logLevel", "warn", "--mutate", globs.join(","), ...(isForced ? ["--force"] : [])],
    { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, DROVER_MUTATED: folder } }
  )
  if (run.status !== 0) process.exit(run.status ?? 1)
  const report = Schema.decodeUnknownSync(Report)(readFileSync(".stryker/report.json", "utf8"))
  // The report knows as well what earlier runs found in the folder's other files.
  const files = Object.entries(report.files).filter(([name]) => name.startsWith(`${folder}/`))
  for (const [name, { mutants, source }] of files) {
    table.push(row(`  ${name}`, mutants))
    for (const mutant of mutants) {
      if (mutant.status !== "Survived" && mutant.status !== "NoCoverage") continue
      const { start } = mutant.location
      console.log(`${name}:${start.line}:${start.column} ${mutant.status} ${mutant.mutatorName}`)
      console.log(change(source, mutant))
    }
  }
  const all = files.flatMap(([, { mutants }]) => mutants)
  table.push(`${row(folder, all)}   in ${Math.round((Date.now() - began) / 1000)} s`)
  if (scoreOf(all) < leastScore) low.push(folder)
}
console.log(line("mutants", [...columns, "score"]))
for (const each of table) console.log(each)
if (low.length > 0) {
  console.error(`below ${leastScore} %: ${low.join(" ")}`)
  process.exitCode = 1
}
