/** What `drover unit` does to files, and which commands of a service manager it runs. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { type Site, site } from "./Drover.ts"

let here: Site
let bin: string
beforeEach(async () => {
  here = await site()
  bin = join(here.folder, "bin")
  mkdirSync(bin)
})
afterEach(() => here.remove())

/** A systemctl that notes what it is told. */
const systemctl = (status: number): void => {
  const file = join(bin, "systemctl")
  writeFileSync(file, `#!/bin/sh\necho "$*" >>${here.folder}/told\necho "no bus" >&2\nexit ${status}\n`)
  chmodSync(file, 0o755)
}
const told = (): string => readFileSync(join(here.folder, "told"), "utf8")

const unit = (...args: ReadonlyArray<string>) =>
  here.start(["unit", ...args, "--for", "systemd"], { PATH: `${bin}:${process.env.PATH}` }).end

interface Printed {
  readonly name: string
  readonly path: string
  readonly text: string
}

const printed = async (): Promise<Printed> => JSON.parse((await unit("print", "--json")).stdout)

it("PRC-1 a unit is shown, put into its place once, and taken away, without a word to the service manager", async () => {
  systemctl(0)
  const { name, path, text } = await printed()
  expect((await unit("print")).stdout).toBe(text)
  expect(path).toBe(join(dirname(here.home), ".config/systemd/user", `${name}.service`))
  expect(text).toContain(`Environment="DROVER_HOME=${here.home}"\n`)
  expect(text).toMatch(/^ExecStart="\/.*" "\/.*\/dist\/bin\/drover\.cjs" "up" "--wait"$/m)
  expect(existsSync(path)).toBe(false)

  const first = await unit("install")
  expect(first.stdout).toContain(`${path}: written\n`)
  expect(first.stdout).toContain(`  systemctl --user daemon-reload\n  systemctl --user enable --now ${name}.service\n`)
  expect(readFileSync(path, "utf8")).toBe(text)
  expect((await unit("install")).stdout).toContain(`${path}: unchanged\n`)
  writeFileSync(path, "old")
  expect(JSON.parse((await unit("install", "--json")).stdout)).toMatchObject({ was: "refreshed", started: false })

  expect((await unit("remove")).stdout).toContain(`${path}: removed\n`)
  expect(existsSync(path)).toBe(false)
  expect(await unit("remove")).toMatchObject({ code: 0, stdout: `${path}: not there\n` })
  expect(existsSync(join(here.folder, "told"))).toBe(false)
})

it("PRC-1 with --now the service manager is told, and what it refuses is told with its own words", async () => {
  systemctl(0)
  const { name, path } = await printed()
  expect((await unit("install", "--now")).code).toBe(0)
  expect(told()).toBe(`--user daemon-reload\n--user enable --now ${name}.service\n`)
  systemctl(1)
  const refused = await unit("remove", "--now")
  expect(refused).toMatchObject({ code: 1, stdout: "" })
  expect(refused.stderr).toBe(`systemctl --user disable --now ${name}.service: no bus\n`)
  // What may still run has its file.
  expect(existsSync(path)).toBe(true)
})

it("PRC-1 a unit that is refreshed with --now is started again, for what runs goes on by the older file", async () => {
  systemctl(0)
  const { name, path } = await printed()
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, "old")
  expect((await unit("install", "--now")).stdout).toContain(`${path}: refreshed\nstarted again\n`)
  expect(told()).toBe(`--user daemon-reload\n--user enable ${name}.service\n--user restart ${name}.service\n`)
})

it("PRC-1 of launchd one that is not loaded is started all the same, and what it refuses then is told", async () => {
  const file = join(bin, "launchctl")
  const launchctl = (failing: string): void => {
    writeFileSync(
      file,
      `#!/bin/sh\necho "$*" >>${here.folder}/told\n[ "$1" != "${failing}" ] || { echo no >&2; exit 1; }\n`
    )
    chmodSync(file, 0o755)
  }
  const launchd = (...args: ReadonlyArray<string>) =>
    here.start(["unit", ...args, "--for", "launchd"], { PATH: `${bin}:${process.env.PATH}` }).end
  const { name, path }: Printed = JSON.parse((await launchd("print", "--json")).stdout)
  mkdirSync(dirname(path), { recursive: true })
  const target = `gui/${process.getuid?.()}`
  for (const [failing, code] of [
    ["bootout", 0],
    ["bootstrap", 1]
  ] as const) {
    launchctl(failing)
    writeFileSync(path, "old")
    writeFileSync(join(here.folder, "told"), "")
    expect((await launchd("install", "--now")).code).toBe(code)
    expect(told()).toBe(`bootout ${target}/${name}\nbootstrap ${target} ${path}\n`)
  }
})

it("PRC-1 a shell with another PATH makes no unit outdated, and an upgrade keeps the one that the unit has", async () => {
  const all = `${bin}:${process.env.PATH}`
  expect((await unit("install")).code).toBe(0)
  const { path, text } = await printed()
  const elsewhere = { PATH: `/elsewhere:${process.env.PATH}` }
  const rows = (await here.start(["doctor"], elsewhere).end).stdout
  expect(rows).toContain(`${path}, current`)
  expect((await here.start(["init", "--upgrade"], elsewhere).end).stdout).toMatch(/^unit {2}current {2}/m)
  writeFileSync(path, text.replace("RestartSec=5", "RestartSec=50"))
  expect((await here.start(["init", "--upgrade"], elsewhere).end).stdout).toMatch(/^unit {2}refreshed {2}/m)
  expect(readFileSync(path, "utf8")).toBe(text)
  expect((await here.start(["unit", "install", "--for", "systemd"], elsewhere).end).stdout).toContain(": refreshed\n")
  expect(readFileSync(path, "utf8")).toBe(text.replace(all, elsewhere.PATH))
})

it("API-1 print changes nothing, so that --now is refused with it", async () => {
  expect(await unit("print", "--now")).toMatchObject({ code: 2, stdout: "" })
})
