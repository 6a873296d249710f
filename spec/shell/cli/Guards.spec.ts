/** What commands say of guards: with a supervisor, without one, and where the configuration can not be read. */
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import { declarations } from "../../../shell/guards/Declarations.ts"
import { type Site, site, type Started, until } from "./Drover.ts"

const keys = declarations.map(({ key }) => key)
const configure = ({ folder }: Site, text: string) => writeFile(join(folder, "..", "config.toml"), text)

const off = `[guards.inactivity]
enabled = false
owner = "Ada"
reason = "slow models"
until = 2999-12-01T00:00:00Z
`
const reason = "until 2999-12-01T00:00:00.000Z, by Ada: slow models"

interface Listed {
  readonly guards: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly summary: Readonly<Record<string, number>>
  readonly supervisor: unknown
}

const listed = async ({ run }: Site): Promise<Listed> => {
  const { code, stdout } = await run("guards", "--json")
  expect(code).toBe(0)
  return JSON.parse(stdout)
}

const running = new Set<Started>()

const end = (started: Started): Promise<unknown> => {
  running.delete(started)
  started.child.kill("SIGTERM")
  return started.end
}

/** Runs the body in a folder of its own, and leaves nothing behind. */
const scenario = async (body: (here: Site) => Promise<void>): Promise<void> => {
  const here = await site()
  try {
    await body(here)
  } finally {
    await Promise.all([...running].map(end))
    await here.remove()
  }
}

/** A supervisor as it is once it has said that. */
const up = async ({ start }: Site, said: string): Promise<Started> => {
  const started = start(["up", "--json"])
  running.add(started)
  await until(() => started.said().includes(said))
  return started
}

it("GRD-3 every declared guard is listed, before any supervisor has run too; a configuration that can not be read is an error", () =>
  scenario(async (here) => {
    const fresh = await listed(here)
    expect(fresh.guards.map(({ guard }) => guard)).toEqual(keys)
    expect(fresh).toMatchObject({ summary: { "on-unverified": keys.length - 1, off: 1 }, supervisor: null })
    expect((await here.run("guards")).stdout).toContain(
      "no supervisor is running, and none has looked at the guards yet"
    )
    await configure(here, "[guards.inactivity]\nenabled = perhaps\n")
    for (const args of [["guards"], ["guards", "--json"]]) {
      const { code, stderr, stdout } = await here.run(...args)
      expect([code, stdout]).toEqual([2, ""])
      expect(stderr).toContain("config.toml:2")
    }
    const doctor = await here.run("doctor")
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toMatch(/^FAIL {2}guards /m)
    expect(here.isStored()).toBe(false)
  }))

it("GRD-4 a guard that is off is shown with its owner, its reason and its end, and fails doctor; a supervisor sees it so", () =>
  scenario(async (here) => {
    await configure(here, off)
    const override = { owner: "Ada", reason: "slow models", until: "2999-12-01T00:00:00.000Z" }
    const row = { guard: "inactivity", posture: "off", is_on: false, reason, override }
    expect((await listed(here)).guards).toContainEqual(expect.objectContaining({ ...row, since: null }))
    expect((await here.run("doctor")).stdout).toContain(`inactivity is off: ${reason}`)

    const supervisor = await up(here, `"key":"guard:inactivity","text":"the guard inactivity is off: ${reason}"`)
    const seen = await listed(here)
    expect(seen.supervisor).toMatchObject({ pid: supervisor.child.pid })
    expect(seen.guards).toContainEqual(expect.objectContaining({ ...row, since: expect.any(String) }))
    const table = (await here.run("guards")).stdout
    expect(table).toMatch(/^inactivity +off +\d\d:\d\d +until 2999-12-01/m)
    expect(table).not.toContain("no supervisor")
    const { attention } = JSON.parse((await here.run("attention", "--json")).stdout)
    expect(attention).toContainEqual({
      id: expect.any(Number),
      key: "guard:inactivity",
      task_id: null,
      text: `the guard inactivity is off: ${reason}`,
      raised_at: expect.stringMatching(/Z$/),
      acknowledged_at: null,
      what_to_do: "drover guards, drover doctor",
      deliveries: []
    })
    expect((await here.run("attention")).stdout).toMatch(/^ 1 +\d\d:\d\d +the guard inactivity is off: until 2999/m)
    const doctor = await here.run("doctor")
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toContain(`inactivity is off: ${reason}`)
    await end(supervisor)
  }))

it("GRD-2 without a supervisor guards shows how they stood, how long ago that was, and what the next start changes", () =>
  scenario(async (here) => {
    await configure(here, off)
    const supervisor = await up(here, `"guard":"inactivity"`)
    await end(supervisor)
    await configure(here, "")
    const { stdout } = await here.run("guards")
    expect(stdout).toMatch(/^lock +on-/m)
    expect(stdout).toMatch(/^no supervisor is running: guards stood so [0-9.]+ (s|min).* ago; drover up starts one$/m)
    expect(stdout).toMatch(/^at the next start inactivity is on$/m)
    const ok = /^ok {4}guards +\d+, none fails \(as configured; no supervisor runs\)/m
    expect((await here.run("doctor")).stdout).toMatch(ok)
    expect((await here.run("attention")).code).toBe(0)
  }))
