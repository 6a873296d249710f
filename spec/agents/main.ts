/**
 * `npm run spec:agents [-- --latest]`: the vendors' programs, installed into a folder of their own, under the built drover
 * against a scripted model, in a network namespace of their own with an empty environment. Writes what was seen to
 * `docs/compatibility.md`; exits 1 when a case failed. Where there can be no such namespace it says so and does nothing.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import * as Schema from "effect/Schema"
import { packages, type Vendor, vendors } from "./Vendors.ts"

const { values } = parseArgs({ options: { latest: { type: "boolean", default: false } } })

const Report = Schema.parseJson(
  Schema.Struct({
    testResults: Schema.Array(
      Schema.Struct({
        assertionResults: Schema.Array(
          Schema.Struct({ ancestorTitles: Schema.Array(Schema.String), title: Schema.String, status: Schema.String })
        )
      })
    )
  })
)
const Manifest = Schema.parseJson(Schema.Struct({ version: Schema.String }))

const apart = ["-rnpf", "--mount-proc", "--kill-child"]

/** Installs them; answers their versions. */
const install = (programs: string): Readonly<Record<Vendor, string>> => {
  const wanted = vendors.map(
    (vendor) => `${packages[vendor].name}@${values.latest ? "latest" : packages[vendor].version}`
  )
  const npm = ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", programs, ...wanted]
  const { status } = spawnSync("npm", npm, { stdio: "inherit" })
  if (status !== 0) throw new Error("the vendors' programs could not be installed")
  const versionOf = (vendor: Vendor): string => {
    const manifest = join(programs, "node_modules", packages[vendor].name, "package.json")
    return Schema.decodeUnknownSync(Manifest)(readFileSync(manifest, "utf8")).version
  }
  return { "claude-code": versionOf("claude-code"), codex: versionOf("codex"), opencode: versionOf("opencode") }
}

/** Runs the cases; answers their status by case, then by vendor. */
const run = (programs: string): ReadonlyMap<string, ReadonlyMap<string, string>> => {
  const report = join(programs, "report.json")
  const vitest = `npx vitest run --project agents --reporter=default --reporter=json --outputFile=${report}`
  spawnSync("unshare", [...apart, "sh", "-c", `ip link set lo up && exec ${vitest}`], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      PATH: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: programs,
      LANG: "C.UTF-8",
      TERM: "dumb",
      DROVER_AGENTS: programs
    }
  })
  const { testResults } = Schema.decodeUnknownSync(Report)(readFileSync(report, "utf8"))
  const cases = new Map<string, Map<string, string>>()
  for (const { ancestorTitles, status, title } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    const own = cases.get(title) ?? new Map<string, string>()
    cases.set(title, own.set(ancestorTitles.at(-1) ?? "", status))
  }
  return cases
}

const page = (
  versions: Readonly<Record<Vendor, string>>,
  cases: ReadonlyMap<string, ReadonlyMap<string, string>>
): string => {
  const cell = (text: string): string => text.replaceAll("|", "\\|")
  const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
  return [
    "# Compatibility",
    "",
    "What `npm run spec:agents` saw of the vendors' real programs under drover, against a scripted model on this machine",
    `(Linux, Node ${process.version.slice(1)}). Real accounts and servers are not covered.`,
    "",
    row(["case", ...vendors.map((vendor) => `${vendor} ${versions[vendor]}`)]),
    row(["---", ...vendors.map(() => ":---:")]),
    ...[...cases].map(([title, seen]) => row([cell(title), ...vendors.map((vendor) => seen.get(vendor) ?? "not run")])),
    ""
  ].join("\n")
}

const isApart = spawnSync("unshare", [...apart, "sh", "-c", "ip link set lo up"], { stdio: "ignore" }).status === 0
if (!isApart) console.log("skipped: no network namespace can be made here (unshare -rnpf, ip)")
else {
  const programs = mkdtempSync(join(tmpdir(), "drover-vendors-"))
  try {
    const versions = install(programs)
    const cases = run(programs)
    writeFileSync("docs/compatibility.md", page(versions, cases))
    spawnSync("npx", ["oxfmt", "docs/compatibility.md"], { stdio: "ignore" })
    const failed = [...cases.values()].flatMap((seen) => [...seen.values()]).filter((status) => status !== "passed")
    console.log(`${cases.size} cases, ${failed.length} not passed: docs/compatibility.md`)
    process.exitCode = cases.size > 0 && failed.length === 0 ? 0 : 1
  } finally {
    rmSync(programs, { recursive: true, force: true })
  }
}
