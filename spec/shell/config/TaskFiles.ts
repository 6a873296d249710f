/** Task files in folders of their own, read as the program reads them, and generated tables to fill them. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import fc from "fast-check"
import { onTestFinished } from "vitest"
import type { AgentDefinition } from "../../../core/task/AgentDefinition.ts"
import type { ConfigProblem } from "../../../shell/config/ConfigProblem.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"

/** A folder that goes with the test that asks for it; links resolved. */
export const temporaryFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "drover-config-")))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a file and the folders above it; returns its path. */
export const put = (folder: string, name: string, content: string | Uint8Array, mode = 0o644): string => {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode })
  return path
}

/** A program that is on every machine that runs these specs. */
export const worker: AgentDefinition = {
  name: "worker",
  kind: "command",
  command: process.execPath,
  args: ["--version"],
  env: {},
  passEnv: [],
  model: null
}

const services = (roles: ReadonlyMap<string, string>) =>
  Layer.merge(
    NodeFileSystem.layer,
    Layer.succeed(Configuration.Configuration, {
      ...Configuration.defaults,
      file: "/none/config.toml",
      guardsNow: Effect.succeed(Configuration.defaults.guards),
      agents: Configuration.withAgents(Configuration.defaults.agents, [worker]),
      roles,
      prices: new Map([["priced", { input: 1, output: 2, cacheRead: 1, cacheWrite: 1 }]]),
      searchPath: "/usr/bin:/bin"
    })
  )

/** With `worker` besides the built-in agents, which does the work of the role `reviewer`, and a price for the model `priced`. */
export const run = <A, E>(
  effect: Effect.Effect<A, E, Configuration.Configuration | FileSystem.FileSystem>,
  roles: ReadonlyMap<string, string> = new Map([["reviewer", "worker"]])
): Promise<Either.Either<A, E>> => Effect.runPromise(Effect.either(Effect.provide(effect, services(roles))))

/** What a person would read of a refusal, without the parts that the spec has in `about`. */
export const brief = (problems: ReadonlyArray<ConfigProblem>) =>
  problems.map(({ kind, line, key, suggestion }) => [kind, line, key, suggestion])

const whole = (least: number) => fc.integer({ min: least, max: 1_000_000 })
const amount = fc.double({ min: 0.001, max: 500_000, noNaN: true })
/** Every kind of character that a text can hold, those that TOML must escape among them. */
const prompt = fc
  .array(
    fc.oneof(
      fc.fullUnicode(),
      fc.constantFrom(
        '"',
        "'",
        '"""',
        "'''",
        "#",
        "\\",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\u007f",
        " = ",
        "[[task]]",
        "é",
        "𝒳"
      )
    ),
    { minLength: 1, maxLength: 12 }
  )
  .map((parts) => `${parts.join("")}.`)

/** The keys of one task that may stand anywhere, each there or not. */
export const taskKeys = fc.record(
  {
    model: fc.constantFrom("small", "large"),
    max_retries: whole(0),
    timeout_min: amount,
    max_tool_turns: whole(1),
    inactivity_secs: amount,
    budget_usd: amount,
    priority: fc.integer({ min: -1000, max: 1000 }),
    qa: fc.constantFrom("server", "agent", "human"),
    start: fc.constantFrom("auto", "manual"),
    verify: fc.array(
      fc.record(
        { run: prompt.map((text) => text.replaceAll("\0", "0")), timeout_min: amount },
        { requiredKeys: ["run"] }
      ),
      { maxLength: 3 }
    )
  },
  { requiredKeys: [] }
)

/** A whole file of `worker` tasks: later ones wait for earlier ones. */
export const taskFile = fc
  .tuple(
    taskKeys,
    fc.uniqueArray(fc.constantFrom("lexer", "parser", "printer", "a b", "ünï", "x.y", "#7"), { minLength: 1 }),
    fc.infiniteStream(fc.tuple(taskKeys, prompt, fc.nat()))
  )
  .map(([defaults, names, stream]) => ({
    defaults: { ...defaults, agent: "worker" },
    task: names.map((name, index) => {
      const { value } = stream.next()
      const [keys, text, choice]: [typeof defaults, string, number] = value ?? [{}, "?", 0]
      const before = names.slice(0, index)
      return { ...keys, name, prompt: text, depends_on: before.filter((_, bit) => (choice >> bit) % 2 === 1) }
    })
  }))
