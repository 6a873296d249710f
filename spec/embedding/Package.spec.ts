/** The package as npm would publish and install it, with nothing beside it but effect; and its document on embedding. */
import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const run = promisify(execFile)
const project = resolve(import.meta.dirname, "../..")
const limitMs = 120_000

let root = ""
let files: ReadonlyArray<string> = []
const at = (...parts: ReadonlyArray<string>): string => join(root, ...parts)

const Packed = Schema.parseJson(
  Schema.Tuple(Schema.Struct({ filename: Schema.String, files: Schema.Array(Schema.Struct({ path: Schema.String })) }))
)

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "drover-package-")))
  const options = ["--json", "--ignore-scripts", "--offline", "--no-update-notifier", "--pack-destination", root]
  const { stdout } = await run("npm", ["pack", ...options], { cwd: project, maxBuffer: 64 * 1024 * 1024 })
  const [packed] = Schema.decodeUnknownSync(Packed)(stdout)
  files = packed.files.map(({ path }) => path)
  await mkdir(at("node_modules/drover"), { recursive: true })
  await run("tar", ["-xzf", at(packed.filename), "--strip-components=1", "-C", at("node_modules/drover")])
  await symlink(join(project, "node_modules/effect"), at("node_modules/effect"))
  await writeFile(at("package.json"), JSON.stringify({ type: "module" }))
}, limitMs)

afterAll(() => rm(root, { recursive: true, force: true }))

/** Compiles a program as an embedder would; what the compiler complains of, or nothing. */
const compiled = async (name: string, text: string): Promise<string> => {
  await writeFile(at(`${name}.ts`), text)
  const compilerOptions = {
    target: "ES2023",
    module: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [join(project, "node_modules/@types")],
    outDir: at("out")
  }
  await writeFile(at(`${name}.json`), JSON.stringify({ compilerOptions, files: [`${name}.ts`] }))
  const compiler = join(project, "node_modules/typescript/bin/tsc")
  return run(process.execPath, [compiler, "-p", at(`${name}.json`)], { cwd: root }).then(
    ({ stdout }) => stdout,
    ({ stdout }) => String(stdout)
  )
}

/** The blocks of a document in one language. */
const blocks = (document: string, language: string): ReadonlyArray<string> =>
  document
    .split(`\`\`\`${language}\n`)
    .slice(1)
    .map((rest) => rest.split("```")[0] ?? "")

describe("the package", () => {
  it("API-9 it has the documents and both faces with their types, and nothing of specs, benchmarks or sources", () => {
    const wanted = ["README.md", "LICENSE", "docs/embedding.md", "docs/properties.md", "docs/state-machines.md"]
    const faces = ["core", "shell"].flatMap((face) => [`dist/${face}/index.js`, `dist/${face}/index.d.ts`])
    expect(
      [...wanted, ...faces, "dist/bin/drover.cjs", "dist/board/index.html"].filter((file) => !files.includes(file))
    ).toEqual([])
    const rest = files.filter((file) => !/^(?:dist\/(?:bin|board|core|shell)\/|docs\/)/.test(file))
    expect(rest.toSorted()).toEqual(["LICENSE", "README.md", "package.json"])
  })

  it(
    "API-9 the program in docs/embedding.md has under 40 lines, compiles, and prints what stands there",
    async () => {
      const document = await readFile(at("node_modules/drover/docs/embedding.md"), "utf8")
      const [program = ""] = blocks(document, "ts")
      const [printed = ""] = blocks(document, "text")
      expect(program.trimEnd().split("\n").length).toBeLessThan(40)
      expect(await compiled("program", program)).toBe("")
      const { stdout } = await run(process.execPath, [at("out/program.js")], { cwd: root })
      expect(stdout).toBe(printed)
      expect(printed).toContain("DONE")
    },
    limitMs
  )

  it(
    "API-9 its types are those of the core: a program that uses it wrongly does not compile",
    async () => {
      const wrong =
        'import { Stage } from "drover/core"\nexport const column: number = Stage.pipeline({ _tag: "Qa" })\n'
      expect(await compiled("wrong", wrong)).toMatch(/^wrong\.ts\(2,14\): error TS2322/)
    },
    limitMs
  )

  it(
    "API-8 the core that is installed loads where nothing but effect is beside it",
    async () => {
      const script = 'import * as core from "drover/core"; console.log(Object.keys(core).length)'
      const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: root })
      expect(Number(stdout)).toBeGreaterThan(5)
    },
    limitMs
  )
})
