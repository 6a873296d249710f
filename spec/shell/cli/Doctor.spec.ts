/** The rows of `drover doctor`: each thing that is wrong is told with a remedy, and nothing is changed by looking. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { createServer } from "node:http"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import { type Check, look, toJson, good, advisory, bad, skipped } from "../../../shell/cli/doctor/Check.ts"
import { goldenOf } from "../store/Golden.ts"
import { raw } from "../store/Raw.ts"
import { doctor } from "./DoctorRows.ts"
import { type Site, site, until } from "./Drover.ts"

let here: Site
beforeEach(async () => {
  here = await site()
})
afterEach(() => here.remove())

const rows = (environment: Readonly<Record<string, string>> = {}) => doctor(here, environment)

const home = (): string => dirname(here.home)

/** Makes the store. */
const stored = () => here.json("undrain", "--json")

it("API-7 where nothing is yet doctor finds nothing wrong and makes nothing; each row has its remedy but those that pass", async () => {
  const { all, code } = await rows()
  expect(all.filter(({ status }) => status === "fail")).toEqual([])
  expect(code).toBe(0)
  expect(existsSync(here.home)).toBe(false)
  for (const { name, remedy, status } of all) expect([name, remedy === undefined]).toEqual([name, status === "pass"])
  const names = [
    "node",
    "platform",
    "state directory",
    "disk",
    "token",
    "configuration",
    "repository",
    "usage",
    "leftovers",
    "store",
    "guards",
    "lock",
    "host",
    "filesystem",
    "supervisor",
    "socket",
    "agents",
    "clock",
    "limits",
    "spool",
    "hook program",
    "hooks claude",
    "hooks codex",
    "hooks opencode",
    "agent claude",
    "agent sh",
    "git",
    "unit"
  ]
  expect(names.filter((name) => all.every((row) => row.name !== name))).toEqual([])
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

it("API-7 the text of doctor has a line for each row, remedies below, and at the end how many there are of each", async () => {
  mkdirSync(here.home, { mode: 0o755 })
  const { code, stdout } = await here.run("doctor")
  expect(code).toBe(1)
  expect(stdout).toContain(`FAIL  state directory  ${here.home} has mode 755: others can look in\n`)
  expect(stdout).toContain(`→ chmod 700 ${here.home}\n`)
  const count = (word: string) => stdout.split("\n").filter((line) => line.startsWith(`${word}  `)).length
  expect(stdout.trimEnd().split("\n").at(-1)).toMatch(
    new RegExp(`^${count("ok  ")} ok, .*${count("skip")} skipped, 1 fails$`)
  )
})

it("API-7 doctor leaves every byte of the store, and every name in the state directory, as it was", async () => {
  await stored()
  const names = () =>
    readdirSync(here.home, { recursive: true })
      .map(String)
      .filter((name) => !/-(?:wal|shm)$/.test(name))
      .toSorted()
  const before = [names(), readFileSync(join(here.home, "drover.db"))]
  expect((await rows()).code).toBe(0)
  expect([names(), readFileSync(join(here.home, "drover.db"))]).toEqual(before)
})

it("API-7 a look that fails, breaks or finds a store that can not be read is a row, and never the end of the others", async () => {
  const run = (effect: Effect.Effect<Check, unknown>) => Effect.runPromise(look("x", effect))
  expect(await run(Effect.succeed(good("x", "fine")))).toEqual([good("x", "fine")])
  for (const broken of [Effect.fail(new Error("no\nsuch")), Effect.dieMessage("no"), Effect.fail("no")]) {
    const [row] = await run(broken)
    expect(row).toMatchObject({ name: "x", status: "fail" })
    expect(row?.text).toMatch(/^could not be looked at: no$/)
  }
  expect(await run(Effect.fail({ _tag: "NewerSchema" }))).toMatchObject([{ status: "skipped" }])
  expect([good, advisory, bad, skipped].map((make) => toJson(make("a", "b", "c")))).toEqual([
    { name: "a", status: "pass", text: "b" },
    ...["advisory", "fail", "skipped"].map((status) => ({ name: "a", status, text: "b", remedy: "c" }))
  ])
})

it("STO-2 of a store that an older or a newer drover wrote doctor says so once, and migrates nothing", async () => {
  mkdirSync(here.home, { mode: 0o700 })
  const file = join(here.home, "drover.db")
  writeFileSync(file, readFileSync(goldenOf(1)), { mode: 0o600 })
  const older = await rows()
  expect(older.row("store")).toMatchObject({ status: "fail", remedy: "drover init --upgrade" })
  expect(older.all.filter(({ status }) => status === "fail").map(({ name }) => name)).toEqual(["store"])
  expect(readFileSync(file).equals(readFileSync(goldenOf(1)))).toBe(true)
  await Effect.runPromise(raw(file, "UPDATE meta SET value = '99' WHERE name = 'schema'"))
  const newer = await rows()
  expect(newer.row("store").text).toContain("has schema 99")
  expect(newer.all.filter(({ status }) => status === "fail").map(({ name }) => name)).toEqual(["store"])
})

it("SEC-1 a token that others can read, or that is none, and a directory of no use, fail", async () => {
  mkdirSync(here.home, { mode: 0o700 })
  const token = join(here.home, "token")
  writeFileSync(token, `${"a".repeat(43)}\n`, { mode: 0o600 })
  expect((await rows()).row("token").status).toBe("pass")
  chmodSync(token, 0o644)
  expect((await rows()).row("token")).toMatchObject({ status: "fail", remedy: `remove ${token}: a new one is made` })
  writeFileSync(token, "short\n", { mode: 0o600 })
  chmodSync(token, 0o600)
  expect((await rows()).row("token").text).toContain("is not one of drover's")
  rmSync(here.home, { recursive: true })
  writeFileSync(here.home, "")
  expect((await rows()).row("state directory").text).toContain("is no directory")
})

it("API-1 a mistake in the configuration, and in the policy of the repository here, fails with its line", async () => {
  writeFileSync(join(home(), "config.toml"), "[policy]\nmax_concurent = 1\n")
  mkdirSync(join(here.folder, ".git"))
  await here.write(".drover.toml", "[limits]\nmax_retrys = 1\n")
  const { code, row } = await rows()
  expect(code).toBe(1)
  expect(row("configuration").text).toContain(
    'config.toml:2:1: unknown key "max_concurent": did you mean "max_concurrent"?'
  )
  expect(row("repository").text).toContain('.drover.toml:2:1: unknown key "max_retrys": did you mean "max_retries"?')
  await here.write(".drover.toml", '[limits]\nmax_retries = 1\n[[verify]]\nrun = "true"\n')
  expect((await rows()).row("repository")).toMatchObject({
    status: "pass",
    text: "work: 1 gates, 1 limits, 0 lines of setup"
  })
})

it("API-7 doctor sees whether a supervisor lives, beats and answers, and that a program of another version does", async () => {
  expect((await rows()).row("supervisor")).toMatchObject({ status: "skipped" })
  await here.json("submit", "--name", "a", "--prompt", "true", "--agent", "sh", "--json")
  expect((await rows()).row("supervisor")).toMatchObject({ status: "advisory", text: "none runs, and a task is open" })
  const up = here.start(["up", "--json"])
  await until(() => up.said().includes("supervisor.started"))
  await until(() => existsSync(join(here.home, "drover.sock")))
  const live = await rows()
  expect(live.row("supervisor").text).toMatch(
    new RegExp(`^process ${up.child.pid}, epoch 1, up for .*, last beat .* ago$`)
  )
  expect(live.row("socket").text).toMatch(/^answers, version \d/)
  expect(live.row("limits").text).toContain(`of the supervisor, process ${up.child.pid}, open files `)
  await here.json("down", "--json")
  expect((await up.end).code).toBe(0)
  const other = createServer((_, response) => response.writeHead(404, { server: "drover/0.0.1" }).end())
  await new Promise<void>((resolve) => void other.listen(join(here.home, "drover.sock"), resolve))
  const found = (await rows()).row("socket")
  other.close()
  expect([found.status, found.text.split(",")[1]]).toEqual(["advisory", " but is version 0.0.1"])
})

it("API-7 a clock that was set back is told by what is stored ahead of it", async () => {
  await stored()
  const ahead = Date.now() + 3_600_000
  await Effect.runPromise(
    raw(
      join(here.home, "drover.db"),
      `INSERT INTO supervisors (epoch, host, pid, started_at, heartbeat_at, ended_at) VALUES (1, 'x', 1, 1, ${ahead}, ${ahead})`
    )
  )
  expect((await rows()).row("clock")).toMatchObject({ status: "advisory" })
})

it("API-7 what waits in the spool, what is no event, and a hook program of another version are told", async () => {
  await stored()
  const spool = join(here.home, "spool")
  mkdirSync(join(spool, "bad"), { recursive: true })
  writeFileSync(join(here.home, "hook"), "#!/bin/sh\n", { mode: 0o700 })
  expect((await here.feed('{"session_id":"s"}', "ingest", "--hook", "Stop")).code).toBe(0)
  const waiting = await rows()
  expect(waiting.row("spool")).toMatchObject({ status: "pass" })
  expect(waiting.row("spool").text).toMatch(/^1 events wait, the oldest for /)
  expect(waiting.row("hook program")).toMatchObject({ status: "advisory" })
  writeFileSync(join(spool, "bad/0000000001.x"), "")
  const aside = (await rows()).row("spool")
  expect(aside).toMatchObject({
    status: "advisory",
    remedy: `look at what is in ${join(spool, "bad")}, then remove it`
  })
})

it("API-6 hooks are told by agent: injected, installed, of another state directory, or in a file that is no JSON", async () => {
  const fresh = await rows()
  expect(fresh.row("hooks claude")).toMatchObject({ status: "pass", text: "injected into agents that drover starts" })
  expect(fresh.row("hooks opencode").status).toBe("skipped")
  expect((await here.start(["hooks", "install"], { DROVER_HOME: join(home(), "other") }).end).code).toBe(0)
  const foreign = (await rows()).row("hooks claude")
  expect(foreign.status).toBe("advisory")
  expect(foreign.text).toContain(`user: of another state directory (${join(home(), "other/hook")})`)
  expect((await here.run("hooks", "install")).code).toBe(0)
  expect((await rows()).row("hooks opencode")).toMatchObject({ status: "pass", text: "user: installed" })
  writeFileSync(join(home(), ".claude/settings.json"), "{")
  expect((await rows()).row("hooks claude").text).toContain("is no JSON")
})

it("API-7 what a restore has mixed up, and what is merely left behind, is told with what becomes of it", async () => {
  const verified = 'max_retries = 0\nverify = [{ run = "false" }]\n'
  const head = (name: string) => `[[task]]\nname = "${name}"\nagent = "sh"\nprompt = "true"\n`
  await here.write("tasks.toml", `${head("one")}${head("two")}${verified}`)
  // The second one needs a person.
  expect((await here.run("run", "tasks.toml")).code).toBe(5)
  expect((await rows()).row("leftovers")).toMatchObject({ status: "pass" })
  const aside = join(here.home, "attempts/9.1")
  mkdirSync(aside)
  writeFileSync(join(aside, "start"), "revoked\n")
  writeFileSync(join(here.home, "token.1.new"), "")
  utimesSync(join(here.home, "token.1.new"), 1, 1)
  const left = (await rows()).row("leftovers")
  expect(left.status).toBe("advisory")
  expect(left.text).toContain("1 unfinished files, 1 folders of attempts whose task is not in the store")
  expect(left.remedy).toContain(`${join(here.home, "token.1.new")} ${aside}`)
  // What a supervisor gives another name is nobody's to remove, whether or not the task is known.
  const strangers = ["1.2", "9.2", "2.1/v9"].map((name) => join(here.home, "attempts", name))
  for (const stranger of strangers) mkdirSync(stranger)
  // What is over begins no run before it has another attempt.
  mkdirSync(join(here.home, "attempts/1.1/v9"))
  const both = (await rows()).row("leftovers")
  expect(both.status).toBe("advisory")
  expect(both.text).toContain("3 folders of attempts or runs that the store has not begun")
  for (const stranger of strangers) {
    expect(both.text).toContain(stranger)
    expect(both.remedy).not.toContain(stranger)
  }
  expect(both.remedy).toContain(`rm -r ${join(here.home, "token.1.new")} ${aside}`)
  // A revoked start starts nothing, whoever it was of.
  writeFileSync(join(here.home, "attempts/1.2/start"), "revoked\n")
  expect((await rows()).row("leftovers").text).toContain("2 folders of attempts or runs")
})

it("API-7 a restored backup is looked at without being changed", async () => {
  await stored()
  const copy = join(here.folder, "copy.db")
  expect(await here.json("backup", copy, "--json")).toMatchObject({ path: copy })
  rmSync(here.home, { recursive: true })
  mkdirSync(here.home, { mode: 0o700 })
  const file = join(here.home, "drover.db")
  writeFileSync(file, readFileSync(copy), { mode: 0o600 })
  const { code, row } = await rows()
  expect([code, row("store").status, row("durability").status]).toEqual([0, "advisory", "skipped"])
  expect(readFileSync(file).equals(readFileSync(copy))).toBe(true)
  await stored()
  expect((await rows()).row("store").status).toBe("pass")
})

it("WRK-1 git is told: its version, who commits, one that is too old, and that there is none", async () => {
  const bin = join(here.folder, "bin")
  mkdirSync(bin)
  const without = await rows({ PATH: bin })
  expect(without.row("git")).toMatchObject({ status: "skipped" })
  const git = join(bin, "git")
  writeFileSync(git, "#!/bin/sh\necho git version 2.33.1\n")
  chmodSync(git, 0o755)
  symlinkSync("/bin/sh", join(bin, "sh"))
  const old = await rows({ PATH: bin })
  expect(old.row("git")).toMatchObject({ status: "fail", remedy: "install git 2.34 or newer" })
  const real = await rows({ PATH: process.env.PATH ?? "" })
  expect(real.row("git").status).toBe("pass")
  expect(real.row("git identity")).toMatchObject({ status: "advisory" })
  writeFileSync(join(home(), ".gitconfig"), "[user]\nname = Ada\nemail = ada@b.c\n")
  expect((await rows()).row("git identity")).toMatchObject({ status: "pass", text: "Ada <ada@b.c>" })
})

it("PRC-1 a unit that another program would have written is outdated, and init --upgrade renews it", async () => {
  expect((await here.run("unit", "install")).code).toBe(0)
  const { path } = JSON.parse((await here.run("unit", "print", "--json")).stdout)
  expect((await rows()).row("unit").text).toContain(`${path}, current`)
  writeFileSync(path, "old")
  expect((await rows()).row("unit")).toMatchObject({ status: "advisory", remedy: "drover init --upgrade" })
  expect((await here.run("init", "--upgrade")).stdout).toMatch(/^unit {2}refreshed {2}/m)
  expect((await rows()).row("unit").text).toContain("current")
})
