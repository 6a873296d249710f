/** The quick start as a newcomer runs it: its own script, the built program, an empty HOME, a folder of its own. */
import { execFile } from "node:child_process"
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import * as Schema from "effect/Schema"
import { afterAll, beforeAll, expect, it } from "vitest"
import { EventV1 } from "../../core/event/EventV1.ts"

const run = promisify(execFile)
const project = resolve(import.meta.dirname, "../..")
/** For a run that hangs; on an idle machine it takes 7 s. */
const limitMs = 180_000
const example = "docs/examples/quickstart"
const [slugify, wordcount, index, notes] = [1, 2, 3, 4]

let root = ""
let printed = ""
let events: ReadonlyArray<EventV1> = []

const at = (...parts: ReadonlyArray<string>): string => join(root, ...parts)
const repository = (...parts: ReadonlyArray<string>): string => at(example, "work/textkit", ...parts)
const environment = (): Record<string, string> => ({ PATH: process.env.PATH ?? "", HOME: at("home") })

const drover = async (...args: ReadonlyArray<string>): Promise<string> => {
  const env = { ...environment(), DROVER_HOME: at(".quickstart") }
  const { stdout } = await run(process.execPath, [at("dist/bin/drover.cjs"), ...args], { env, cwd: root })
  return stdout
}

const attempts = (task: number, phase: string) =>
  events.filter((event) => event.type === "task.attempt" && event.task_id === task && event.phase === phase)

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "drover-quickstart-")))
  await mkdir(at("home"))
  await symlink(join(project, "dist"), at("dist"))
  const isMade = (path: string): boolean => path === join(project, example, "work")
  await cp(join(project, example), at(example), { recursive: true, filter: (path) => !isMade(path) })
  const { stdout } = await run("sh", [at(example, "run.sh")], {
    env: environment(),
    cwd: root,
    timeout: limitMs - 10_000
  })
  printed = stdout
  const decode = Schema.decodeUnknownSync(Schema.parseJson(EventV1))
  events = (await drover("events"))
    .trim()
    .split("\n")
    .map((line) => decode(line))
}, limitMs)

afterAll(() => rm(root, { recursive: true, force: true }))

it("API-7 the quick start ends with 0 and a plain summary of what was done, what it cost and what was verified", () => {
  for (const name of ["wordcount", "slugify", "index", "release-notes"]) {
    expect(printed).toMatch(new RegExp(`^#\\d ${name} +DONE .*cost \\$0\\.00\\n +verified: .*node --test`, "m"))
  }
  expect(printed.trimEnd().split("\n").at(-1)).toMatch(/^4 done, .*cost \$0\.00$/)
  expect(printed).not.toContain("\u001b")
})

it("EXE-3 a check that fails on purpose costs its task one attempt, and no other task any", () => {
  expect([slugify, wordcount, index, notes].map((task) => attempts(task, "created").length)).toEqual([2, 1, 1, 1])
  const verdicts = events.flatMap((event) =>
    event.type === "task.verification" && event.task_id === slugify ? [event.verdict] : []
  )
  expect(verdicts).toEqual(["FAIL", "PASS"])
})

it("EXE-15 the second attempt answers what the failed check printed, which the first could not know", async () => {
  const [first, second] = await Promise.all(
    ["1.1", "1.2"].map((id) => readFile(at(".quickstart/attempts", id, "prompt.md"), "utf8"))
  )
  const demand = 'slugify("Salt & Pepper") should be "salt-and-pepper"'
  expect(first).not.toContain(demand)
  expect(second).toContain(first?.trim())
  expect(second).toContain(demand)

  // Without feedback another attempt of the same agent makes the same mistake.
  const cwd = repository("packages/slugify")
  const agent = run(at(example, "agents/coder.mjs"), { cwd, env: environment() })
  agent.child.stdin?.end(first)
  await agent
  const test = run("node", ["--test", "slugify.test.js"], { cwd, env: environment() })
  await expect(test).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining(demand) })
})

it("TCK-3 two tasks in two directories are live at once, and what depends on them begins after both", () => {
  const seqs = (task: number, phase: string): ReadonlyArray<number> => attempts(task, phase).map(({ seq }) => seq)
  const begun = [wordcount, slugify].flatMap((task) => seqs(task, "created").slice(0, 1))
  const ended = [wordcount, slugify].flatMap((task) => seqs(task, "ended"))
  expect(begun).toHaveLength(2)
  expect(Math.max(...begun)).toBeLessThan(Math.min(...ended))
  expect(Math.min(...seqs(index, "created"))).toBeGreaterThan(Math.max(...ended))
  expect(Math.min(...seqs(notes, "created"))).toBeGreaterThan(Math.max(...seqs(index, "ended")))
})

it("STO-5 the same file again is the same batch: all is done already, and nothing is started", async () => {
  expect(await drover("run", at(example, "tasks.toml"))).toMatch(/^4 done, /m)
  const again = (await drover("events")).split("\n").filter((line) => line.includes('"task.attempt"'))
  expect(again).toHaveLength(events.filter(({ type }) => type === "task.attempt").length)
})

it("API-7 trying it out needs no identity, leaves nothing in HOME, and setting it up again begins anew", async () => {
  const git = async (...args: ReadonlyArray<string>): Promise<string> =>
    (await run("git", args, { cwd: repository(), env: environment() })).stdout.trim()
  expect(await git("status", "--short")).toContain("RELEASE.md")
  await run("sh", [at(example, "setup.sh")], { env: environment(), cwd: "/" })
  expect(await git("status", "--short")).toBe("")
  expect(await git("log", "--format=%ae")).toBe("quickstart@drover.invalid")
  expect(await readdir(at("home"))).toEqual([])
})
