/**
 * `npm run fuzz`: the specs of this folder with many more inputs: `DROVER_RUNS` for each property (2,000), from
 * `DROVER_SEED` (a random one). Prints what was broken, and last the seed and how much each parser was given; exits 1
 * where a promise was broken.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Schema from "effect/Schema"

const Counted = Schema.parseJson(
  Schema.Struct({
    parser: Schema.String,
    inputs: Schema.Int,
    bytes: Schema.Int,
    value: Schema.Int,
    refused: Schema.Int
  })
)
const decode = Schema.decodeUnknownSync(Counted)

/** For one property: at many runs it is no sign of a hang. */
const limitMs = 3_600_000

const runs = process.env.DROVER_RUNS ?? "2000"
const seed = process.env.DROVER_SEED ?? String(Math.floor(Math.random() * 0x7fffffff))
const folder = mkdtempSync(join(tmpdir(), "drover-fuzz-"))
const file = join(folder, "counts")
writeFileSync(file, "")
// Loading a certificate bundle more than doubles the start of every worker.
delete process.env.NODE_EXTRA_CA_CERTS
const { status } = spawnSync("npx", ["vitest", "run", "--project", "shell", `--testTimeout=${limitMs}`, "spec/fuzz"], {
  stdio: "inherit",
  env: { ...process.env, DROVER_RUNS: runs, DROVER_SEED: seed, DROVER_FUZZ: file }
})

const counted = readFileSync(file, "utf8")
  .split("\n")
  .flatMap((line) => (line === "" ? [] : [decode(line)]))
  .toSorted((a, b) => (a.parser < b.parser ? -1 : 1))
rmSync(folder, { recursive: true, force: true })

const row = (name: string, cells: ReadonlyArray<string>): string =>
  name.padEnd(34) + cells.map((cell) => cell.padStart(12)).join("")
const sum = (of: (each: (typeof counted)[number]) => number): number =>
  counted.reduce((total, each) => total + of(each), 0)
console.log(row("parser", ["inputs", "MB", "read", "refused"]))
for (const { bytes, inputs, parser, refused, value } of counted) {
  console.log(row(parser, [String(inputs), (bytes / 1e6).toFixed(1), String(value), String(refused)]))
}
console.log(
  `DROVER_SEED=${seed} DROVER_RUNS=${runs}: ${counted.length} parsers, ${sum((each) => each.inputs)} inputs, ` +
    `${(sum((each) => each.bytes) / 1e6).toFixed(0)} MB, ${status === 0 ? "no promise broken" : "a promise was broken"}`
)
process.exitCode = status === 0 ? 0 : 1
