/**
 * `npm run torture -- [--kills N]`: the built program over real processes. First disks that fill up, many supervisors and
 * the worst of agents (`real/`), then kills at its own boundaries (2,000 when not said), until every promise is looked at
 * (`spec/crash`). Prints how often it was killed and stopped before which effect of which action, and the counts last.
 *
 * `npm run torture -- --ingest [--kills N]`: kills (200 when not said) while events come in by every way
 * (`spec/crash/ingest`), and nothing else; its counts say how many that were acknowledged are lost.
 *
 * Exits 1 on any broken promise.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import * as Schema from "effect/Schema"

const { values } = parseArgs({ options: { kills: { type: "string" }, ingest: { type: "boolean", default: false } } })
const kills = values.kills ?? (values.ingest ? "200" : "2000")
if (!/^[1-9]\d{0,5}$/.test(kills)) {
  console.error(`--kills takes a number above 0, not ${JSON.stringify(kills)}`)
  process.exit(2)
}

const Counted = Schema.parseJson(
  Schema.Struct({
    killed: Schema.Record({ key: Schema.String, value: Schema.Int }),
    stopped: Schema.Record({ key: Schema.String, value: Schema.Int }),
    counts: Schema.Record({ key: Schema.String, value: Schema.Number })
  })
)

/** Disks that fill up, many supervisors and the worst of agents; whether all is well. */
const survivesTheWorst = (): boolean => {
  // Disks can be mounted without harm in a namespace of their own, where the system lets us have one.
  const apart = ["unshare", "-rm", "env", "DROVER_APART=1"]
  const isApart = spawnSync("unshare", ["-rm", "true"], { stdio: "ignore" }).status === 0
  if (!isApart) console.log("no disk is filled or made read-only: unshare -rm is refused here")
  const [command = "npx", ...args] = [...(isApart ? apart : []), "npx", "vitest", "run", "--project", "torture"]
  const { status } = spawnSync(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, DROVER_TORTURE: "1" }
  })
  return status === 0
}

/** The program that announces its effects and kills itself at them; events come in by the one that users have. */
const atBoundaries = { DROVER_PROGRAM: resolve("dist/torture/drover.cjs"), DROVER_AT_BOUNDARIES: "1" }

const isWell = values.ingest || survivesTheWorst()
const folder = mkdtempSync(join(tmpdir(), "drover-torture-"))
const file = join(folder, "counts.json")
try {
  const spec = values.ingest ? "spec/crash/ingest" : "spec/crash/crash.spec.ts"
  const { status } = spawnSync("npx", ["vitest", "run", "--project", "shell", spec], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...(!values.ingest && atBoundaries), DROVER_KILLS: kills, DROVER_COUNTS: file }
  })
  // A story that breaks off counts nothing.
  const { counts, ...places } = !existsSync(file)
    ? { killed: {}, stopped: {}, counts: {} }
    : Schema.decodeUnknownSync(Counted)(readFileSync(file, "utf8"))
  for (const [how, times] of Object.entries(places)) {
    for (const [place, count] of Object.entries(times).toSorted()) {
      console.log(`${how.padEnd(7)} before ${place.padEnd(60)} ${count}`)
    }
  }
  for (const [name, count] of Object.entries(counts)) console.log(`${name.padEnd(50)} ${count}`)
  process.exitCode = status === 0 && isWell ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
