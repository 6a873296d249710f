/** The core where there is no Node: bundled as for a browser, run in a context that has the language and nothing else. */
import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { createContext, runInContext } from "node:vm"
import * as Schema from "effect/Schema"
import { build } from "esbuild"
import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import * as core from "../../core/index.ts"
import { worldArbitrary } from "../core/tick/Fleets.ts"

const project = resolve(import.meta.dirname, "../..")
const buildLimitMs = 60_000

/** The files of the bundle, from the root of the repository, and its text. */
const bundled = async () => {
  const { metafile, outputFiles } = await build({
    absWorkingDir: project,
    entryPoints: ["core/index.ts"],
    bundle: true,
    format: "iife",
    globalName: "drover",
    // Without Node's modules: one that is asked for is an error.
    platform: "browser",
    target: "es2022",
    metafile: true,
    write: false,
    logLevel: "silent"
  })
  return { inputs: Object.keys(metafile.inputs), text: outputFiles[0]?.text ?? "" }
}

let inputs: ReadonlyArray<string> = []
/** What no web runtime lacks and effect asks for by itself. */
const sandbox = createContext(Object.assign(Object.create(null), { URL }))
const there = (script: string): unknown => runInContext(script, sandbox)

beforeAll(async () => {
  const { text, ...found } = await bundled()
  inputs = found.inputs
  there(text)
}, buildLimitMs)

const Lock = Schema.Struct({
  packages: Schema.Record({
    key: Schema.String,
    value: Schema.Struct({
      dependencies: Schema.optional(Schema.Record({ key: Schema.String, value: Schema.String }))
    })
  })
})

/** A package and all that it depends on, and so on. */
const closure = async (name: string): Promise<ReadonlySet<string>> => {
  const text = await readFile(resolve(project, "package-lock.json"), "utf8")
  const { packages } = Schema.decodeUnknownSync(Schema.parseJson(Lock))(text)
  const found = new Set([name])
  for (const each of found) {
    for (const next of Object.keys(packages[`node_modules/${each}`]?.dependencies ?? {})) found.add(next)
  }
  return found
}

describe("the core without Node", () => {
  it("API-8 bundled for a browser, the core is its own files, effect, and what effect itself brings", async () => {
    const packages = inputs
      .filter((file) => !file.startsWith("core/"))
      .map((file) => /^node_modules\/(?<name>@[^/]+\/[^/]+|[^/]+)\//.exec(file)?.groups?.name ?? file)
    const allowed = await closure("effect")
    expect(new Set(packages)).toContain("effect")
    expect([...new Set(packages)].filter((name) => !allowed.has(name))).toEqual([])
  })

  it("API-8 it has no global of Node there: no process, no require, no timers", () => {
    const globals = ["process", "require", "Buffer", "setTimeout", "setInterval", "setImmediate", "crypto"]
    expect(globals.filter((name) => there(`typeof ${name}`) !== "undefined")).toEqual([])
    expect(there("Object.keys(drover).sort().join()")).toBe(Object.keys(core).toSorted().join())
  })

  it("API-8 a tick there gives the actions and the reasons to wait that it gives in Node, for every world", () => {
    there(`planned = (text) => {
      const { actions, waiting } = drover.Tick.plan(JSON.parse(text))
      return JSON.stringify({ actions, waiting: [...waiting] })
    }`)
    let acting = 0
    fc.assert(
      fc.property(worldArbitrary, (world) => {
        const text = JSON.stringify(world)
        const { actions, waiting } = core.Tick.plan(JSON.parse(text))
        expect(there(`planned(${JSON.stringify(text)})`)).toBe(JSON.stringify({ actions, waiting: [...waiting] }))
        if (actions.length > 0) acting++
      })
    )
    expect(acting).toBeGreaterThan(20)
  })

  it("API-8 the edges of both machines are the same there, in the same order", () => {
    expect(there("JSON.stringify(drover.Stage.edges)")).toBe(JSON.stringify(core.Stage.edges))
    expect(there("JSON.stringify(drover.Execution.edges)")).toBe(JSON.stringify(core.Execution.edges))
  })
})
