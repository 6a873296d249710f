/** What `drover init` writes where nobody is asked, and what `--upgrade` brings up to date. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import { goldenOf } from "../store/Golden.ts"
import { raw } from "../store/Raw.ts"
import { type Site, site, until } from "./Drover.ts"

let here: Site
beforeEach(async () => {
  here = await site()
})
afterEach(() => here.remove())

const home = (): string => dirname(here.home)
const settings = (): string => join(home(), ".claude/settings.json")
const config = (): string => join(home(), "new.toml")

/** With no configuration yet. */
const init = (...args: ReadonlyArray<string>) => here.start(["init", ...args], { DROVER_CONFIG: config() }).end

interface Line {
  readonly what: string
  readonly path: string
  readonly was: string
  readonly note: string | null
}
const lines = async (...args: ReadonlyArray<string>): Promise<ReadonlyArray<Line>> => {
  const { stderr, stdout } = await init(...args, "--json")
  if (stdout === "") throw new Error(stderr)
  return JSON.parse(stdout).files
}
const was = async (...args: ReadonlyArray<string>) =>
  Object.fromEntries((await lines(...args)).map((line) => [line.what, line.was]))

/** Every file below the home and its text. */
const everything = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(home(), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/-(?:wal|shm)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((path) => [path, readFileSync(path, "latin1")])
  )

it("API-7 without choices init writes the task file and its schema alone, and asks nothing of who can not answer", async () => {
  const { code, stdout } = await init()
  expect(code).toBe(0)
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("next: drover run tasks.toml")
  expect(readdirSync(here.folder).toSorted()).toEqual([".drover", "tasks.toml"])
  expect([existsSync(here.home), existsSync(config())]).toEqual([false, false])
  expect(await here.run("run", "tasks.toml")).toMatchObject({ code: 0 })
  const again = await init()
  expect(again.code).toBe(1)
  expect(again.stderr).toContain("--force writes it anew")
  expect((await init("--force")).code).toBe(0)
})

const all = ["--agent", "claude", "--hooks", "user", "--max-concurrent", "3", "--unit", "--yes"]

it("API-7 flags choose what a wizard would have asked for; a dry run says the same and writes nothing", async () => {
  const before = everything()
  const planned = await lines(...all, "--dry-run")
  expect(everything()).toEqual(before)
  const done = await lines(...all)
  expect(done.map(({ path, was, what }) => [what, path, was])).toEqual(
    planned.map(({ path, was, what }) => [what, path, was])
  )
  expect(done.map(({ was, what }) => [what, was])).toEqual([
    ["schema of task files", "written"],
    ["task file", "written"],
    ["configuration", "written"],
    ["hook program", "written"],
    ["hooks of claude (user)", "written"],
    ["unit", "written"]
  ])
  expect(readFileSync(join(here.folder, "tasks.toml"), "utf8")).toContain('\n[defaults]\nagent = "claude"\n')
  expect(readFileSync(config(), "utf8")).toContain("max_concurrent = 3 ")
  expect(statSync(join(here.home, "hook")).mode & 0o777).toBe(0o700)
  const checked = await here.start(["doctor", "--json"], { DROVER_CONFIG: config() }).end
  expect(checked.code).toBe(0)
})

it("API-7 what is there is a person's: a configuration and a task file stay, and a second time changes nothing", async () => {
  expect((await init(...all)).code).toBe(0)
  writeFileSync(config(), "[policy]\nmax_concurrent = 9\n")
  const before = everything()
  expect(await was(...all)).toEqual({
    configuration: "left",
    "hook program": "unchanged",
    "hooks of claude (user)": "unchanged",
    unit: "unchanged"
  })
  expect(everything()).toEqual(before)
})

it("API-7 hooks alone are for the programs that are found, and none takes them nowhere", async () => {
  const bin = join(here.folder, "bin")
  mkdirSync(bin)
  writeFileSync(join(bin, "codex"), "#!/bin/sh\n")
  chmodSync(join(bin, "codex"), 0o755)
  const choose = (...args: ReadonlyArray<string>) =>
    here.start(["init", "--json", ...args], { DROVER_CONFIG: config(), PATH: `${bin}:/usr/bin:/bin` }).end
  const project = JSON.parse((await choose("--hooks", "project")).stdout)
  const hooked = project.files.filter(({ what }: Line) => what.startsWith("hooks of"))
  expect(hooked.map(({ path, what }: Line) => [what, path])).toContainEqual([
    "hooks of codex (project)",
    join(here.folder, ".codex/hooks.json")
  ])
  expect(existsSync(join(home(), ".codex"))).toBe(false)
  const none = JSON.parse((await choose("--agent", "claude", "--hooks", "none")).stdout)
  expect(none.files.map(({ what }: Line) => what)).toEqual(["configuration"])
})

it("API-1 choices that make no sense are refused", async () => {
  for (const args of [
    ["--upgrade", "--unit"],
    ["--upgrade", "--agent", "claude"],
    ["--upgrade", "--force"],
    ["--max-concurrent", "0"],
    ["--agent", "gpt"],
    ["--hooks", "everywhere"]
  ])
    expect([args, (await init(...args)).code]).toEqual([args, 2])
  expect(readdirSync(here.folder)).toEqual([])
})

it("API-7 an upgrade where nothing of drover is makes nothing, and says so", async () => {
  const before = everything()
  expect(await init("--upgrade")).toMatchObject({ code: 0, stdout: "nothing of drover is here yet: drover init\n" })
  expect(everything()).toEqual(before)
})

it("API-6 an upgrade renews all that an older drover has written, line by line, and a second one changes nothing", async () => {
  expect((await init(...all)).code).toBe(0)
  writeFileSync(join(here.folder, ".drover/tasks.schema.json"), "{}")
  writeFileSync(join(here.home, "hook"), "#!/bin/sh\n")
  const current = readFileSync(settings(), "utf8")
  writeFileSync(settings(), current.replace('"timeout": 3', '"timeout": 5'))
  const unit = (await lines("--upgrade", "--dry-run")).find(({ what }) => what === "unit")?.path ?? ""
  writeFileSync(unit, `${readFileSync(unit, "utf8")}# mine\n`)
  writeFileSync(join(here.home, "drover.db"), readFileSync(goldenOf(1)), { mode: 0o600 })

  const before = everything()
  const planned = await was("--upgrade", "--dry-run")
  expect(everything()).toEqual(before)
  expect(planned).toEqual({
    "schema of task files": "refreshed",
    "task file": "unchanged",
    "hook program": "refreshed",
    "hooks of claude (user)": "refreshed",
    unit: "refreshed",
    store: "refreshed"
  })
  const done = await lines("--upgrade")
  expect(Object.fromEntries(done.map((line) => [line.what, line.was]))).toEqual(planned)
  const copy = / as it was: (.*)$/.exec(done.find(({ what }) => what === "store")?.note ?? "")?.[1] ?? ""
  expect(readFileSync(copy).subarray(0, 15).toString()).toBe("SQLite format 3")
  expect(readFileSync(settings(), "utf8")).toBe(current)

  const after = everything()
  expect(new Set(Object.values(await was("--upgrade")))).toEqual(new Set(["unchanged"]))
  expect(everything()).toEqual(after)
})

it("API-6 hooks of another state directory are left, and told with the way to take them over; those of nobody are not made", async () => {
  const other = { DROVER_HOME: join(home(), "other"), DROVER_CONFIG: config() }
  expect((await here.start(["hooks", "install", "--agent", "claude"], other).end).code).toBe(0)
  const before = readFileSync(settings(), "utf8")
  const found = await lines("--upgrade")
  expect(found.map(({ was, what }) => [what, was])).toEqual([["hooks of claude (user)", "left"]])
  expect(found[0]?.note).toContain("drover hooks install --agent claude --scope user")
  expect(readFileSync(settings(), "utf8")).toBe(before)
})

it("STO-2 an upgrade leaves the store to a supervisor that runs, and a newer store to the newer drover, with all that is its", async () => {
  const up = here.start(["up", "--json"])
  await until(() => up.said().includes("supervisor.started"))
  const schema = (version: number) =>
    Effect.runPromise(raw(join(here.home, "drover.db"), `UPDATE meta SET value = '${version}' WHERE name = 'schema'`))
  expect(await was("--upgrade")).toMatchObject({ store: "unchanged" })
  await schema(4)
  const refused = await init("--upgrade")
  expect(refused.code).toBe(1)
  expect(refused.stdout).toContain("schema 4 stays: another supervisor owns this state directory")
  await schema(5)
  await here.json("down", "--json")
  expect((await up.end).code).toBe(0)

  await schema(99)
  writeFileSync(join(here.home, "hook"), "newer")
  const before = everything()
  const newer = await init("--upgrade")
  expect([newer.code, newer.stdout]).toEqual([4, ""])
  expect(newer.stderr).toContain("has schema 99")
  expect(everything()).toEqual(before)
})

it("API-7 a step that fails keeps no other from being done, and makes the exit status 1", async () => {
  expect((await init(...all)).code).toBe(0)
  writeFileSync(settings(), "{")
  writeFileSync(join(here.home, "hook"), "old")
  const { code, stdout } = await init("--upgrade")
  expect(code).toBe(1)
  expect(stdout).toMatch(/^hooks of claude \(user\) {2}failed {5}.*\n +.* is no JSON: it is left as it is$/m)
  expect(stdout).toMatch(/^hook program {12}refreshed {2}/m)
  expect(readFileSync(settings(), "utf8")).toBe("{")
})
