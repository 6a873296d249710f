/**
 * Makes the recordings beside this file from those of the harness: `node spec/golden/agents/record.mjs ../shared/agents`.
 * A line for each run of a vendor's program: what it printed and when, how it ended, and what the server it spoke to knows
 * of it. Nothing is interpreted here that the programs themselves have said.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

const [source] = process.argv.slice(2)
const kinds = { claude: "claude-code", codex: "codex", opencode: "opencode" }
const isStream = {
  claude: (argv) => argv.includes("stream-json") && argv.includes("--verbose"),
  codex: (argv) => argv.includes("--json"),
  opencode: (argv) => argv.includes("run") && argv.includes("json")
}

const lines = (file) => (existsSync(file) ? readFileSync(file, "utf8").split("\n") : [])
const records = (file) => lines(file).flatMap((line) => (line === "" ? [] : [JSON.parse(line)]))

const index = new Map(
  lines(join(source, "fixtures/INDEX.md")).flatMap((line) => {
    const [, name, what] = line.split("|").map((cell) => cell.trim())
    return name === undefined ? [] : [[name, what]]
  })
)

const scenarioOf = ({ argv }) => /\[scenario:([^\]]+)\]/.exec(argv.join(" "))?.[1] ?? null

/** What the server answered to one stage; null where it can not tell its stages apart. */
const served = (folder, stages, exit) => {
  const name = scenarioOf(exit)
  if (name === null || stages.filter((other) => scenarioOf(other) === name).length > 1) return null
  const { scenarios } = JSON.parse(readFileSync(join(folder, "scenario.json"), "utf8"))
  const steps = scenarios[name] ?? []
  const requests = records(join(folder, "mock.jsonl")).filter((each) => each.scenario === name && each.side !== true)
  const answered = requests.filter(({ kind }) => kind === "text" || kind === "tool")
  const usages = answered.map(({ turn }) => ({
    input: 100,
    output: 20,
    cached: 0,
    cache_write: 0,
    ...steps.at(Math.min(turn, steps.length - 1))?.usage
  }))
  const sum = (key) => usages.reduce((total, usage) => total + usage[key], 0)
  const tools = answered.filter(({ kind }) => kind === "tool").length
  return {
    requests: requests.length,
    answered: answered.length,
    tools,
    input: sum("input"),
    output: sum("output"),
    cached: sum("cached"),
    cacheWrite: sum("cache_write")
  }
}

for (const [vendor, kind] of Object.entries(kinds)) {
  const runs = readdirSync(join(source, "fixtures", vendor))
    .toSorted()
    .flatMap((name) => {
      const folder = join(source, "fixtures", vendor, name)
      const stages = ["", ".2", ".3", ".4"].filter((stage) => existsSync(join(folder, `exit${stage}.json`)))
      const exits = stages.map((stage) => JSON.parse(readFileSync(join(folder, `exit${stage}.json`), "utf8")))
      return stages.flatMap((stage, at) => {
        const exit = exits[at]
        if (exit.exit === undefined || !existsSync(join(folder, `stdout${stage}.jsonl`))) return []
        return [
          {
            name: `${name}${stage}`,
            what: index.get(`${vendor}/${name}`) ?? "",
            isStream: isStream[vendor](exit.argv),
            exit: { code: exit.exit.code, signal: exit.exit.signal },
            session: exit.sessionId ?? null,
            wallMs: exit.t.wall,
            times: exit.events.filter((event) => Array.isArray(event)),
            signals: exit.signals.map(({ sig, t }) => ({ signal: sig, at: t ?? null })),
            served: served(folder, exits, exit),
            stderr: lines(join(folder, `stderr${stage}.txt`))
              .slice(-20)
              .join("\n"),
            stdout: lines(join(folder, `stdout${stage}.jsonl`))
          }
        ]
      })
    })
  const text = runs.map((run) => JSON.stringify(run)).join("\n")
  writeFileSync(join(import.meta.dirname, `${kind}.jsonl.gz`), gzipSync(`${text}\n`, { level: 9 }))
  console.log(`${kind}: ${runs.length} runs`)
}
