/** What `drover hooks` does to the settings of a home and a project, and what it says of it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  statSync
} from "node:fs"
import { dirname, join } from "node:path"
import { expect, it } from "vitest"
import { type Site, site } from "./Drover.ts"

const put = (path: string, content: string, mode = 0o644): string => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content, { mode })
  return path
}

const text = (path: string): string => readFileSync(path, "utf8")

interface Told {
  readonly program: { readonly path: string; readonly is_there: boolean }
  readonly hooks: ReadonlyArray<Readonly<Record<string, unknown>>>
}

const told = async ({ json }: Site, ...args: ReadonlyArray<string>): Promise<Told> => {
  const answer: unknown = await json("hooks", ...args, "--json")
  if (typeof answer !== "object" || answer === null || !("hooks" in answer) || !("program" in answer)) throw new Error()
  return JSON.parse(JSON.stringify(answer))
}

const scenario = async (body: (here: Site, user: string) => Promise<void>): Promise<void> => {
  const here = await site()
  try {
    await body(here, dirname(here.home))
  } finally {
    await here.remove()
  }
}

const settings = `{\r\n\t"model": "opus",\r\n\t"hooks": { "Stop": [ {"hooks": [{"type": "command", "command": "mine"}]} ] }\r\n}`

it("API-6 hooks are installed for all three, seen in the status, once however often, and gone again to the byte", () =>
  scenario(async (here, user) => {
    const claude = put(join(user, ".claude/settings.json"), settings, 0o600)
    const installed = await here.run("hooks", "install")
    expect([installed.code, installed.stderr]).toEqual([0, ""])
    expect(installed.stdout).toContain(`--- ${claude}\n+++ ${claude}\n@@`)
    expect(installed.stdout).toContain(`+            "command": "'${here.home}/hook' Stop # drover",`)
    expect(installed.stdout).toContain(`claude: installed, ${claude}\n`)
    expect(installed.stdout.indexOf("+++ ")).toBeLessThan(installed.stdout.indexOf("claude: installed"))
    expect(installed.stdout).not.toContain("is not there yet")
    expect(statSync(`${here.home}/hook`).mode & 0o777).toBe(0o700)
    const plugin = join(user, ".config/opencode/plugin/drover.js")
    expect(text(plugin)).toContain(JSON.stringify(`${here.home}/hook`))
    const after = text(claude)
    expect(JSON.parse(after)).toMatchObject({ model: "opus" })

    const again = await here.run("hooks", "install")
    expect(again.stdout).not.toContain("@@")
    expect(again.stdout).toContain(`claude: installed already, ${claude}\n`)
    expect(text(claude)).toBe(after)
    const { hooks } = await told(here, "status")
    expect(hooks.map(({ agent, hooks: state, scope }) => [agent, scope, state])).toEqual(
      ["claude", "codex", "opencode"].flatMap((agent) => [
        [agent, "user", "installed"],
        [agent, "project", "absent"]
      ])
    )
    // A state directory elsewhere is another drover.
    const moved = { DROVER_HOME: join(user, "elsewhere") }
    const stale = await here.start(["hooks", "status"], moved).end
    expect(stale.stdout).toMatch(/^claude +user +stale/m)
    expect((await here.start(["hooks", "install"], moved).end).code).toBe(0)
    expect(text(claude).match(/ Stop # drover/g)).toHaveLength(1)
    expect(text(claude)).toContain(moved.DROVER_HOME)

    const removed = await here.run("hooks", "remove")
    expect(removed.stdout).toContain(`claude: removed, ${claude}\n`)
    expect(text(claude)).toBe(settings)
    expect([existsSync(plugin), readdirSync(join(user, ".codex"))]).toEqual([false, []])
    expect((await here.run("hooks", "remove")).stdout).toContain("codex: nothing to remove, ")
  }))

it("API-6 a dry run shows what would change and changes nothing, not even a folder; one agent and a project are chosen", () =>
  scenario(async (here, user) => {
    const before = readdirSync(user)
    const { stdout } = await here.run("hooks", "install", "--dry-run", "--scope", "project", "--agent", "codex")
    expect(stdout).toContain(`codex: would be installed, ${here.folder}/.codex/hooks.json\n`)
    expect(stdout).not.toContain("claude")
    expect(stdout).toContain("codex: it runs them when they are trusted")
    expect([readdirSync(user), readdirSync(here.folder)]).toEqual([before, []])
    const dry = await told(here, "install", "--dry-run", "--scope", "project")
    expect(dry.hooks.map(({ changed }) => changed)).toEqual([true, true, true])
    const { hooks } = await told(here, "install", "--scope", "project", "--agent", "codex")
    expect(hooks).toMatchObject([
      { agent: "codex", scope: "project", changed: true, problem: null, has_program: false }
    ])
    expect(readdirSync(here.folder)).toEqual([".codex"])
    expect((await told(here, "status", "--scope", "project", "--agent", "codex")).hooks).toMatchObject([
      { file: `${here.folder}/.codex/hooks.json`, hooks: "installed" }
    ])
    expect(dry.hooks[1]?.diff).toBe(hooks[0]?.diff)
  }))

it("API-6 settings that can not be used are left alone and told, the others are done, and the status is 1", () =>
  scenario(async (here, user) => {
    const commented = `{} // \u001b[31mmine`
    const claude = put(join(user, ".claude/settings.json"), commented)
    const secret = put(join(user, "secret.json"), "{}")
    mkdirSync(join(here.folder, ".codex"))
    symlinkSync(secret, join(here.folder, ".codex/hooks.json"))
    const installed = await here.run("hooks", "install")
    expect([installed.code, installed.stderr]).toEqual([1, `${claude} is no JSON: it is left as it is\n`])
    expect(text(claude)).toBe(commented)
    expect(installed.stdout).toContain("codex: installed, ")
    const project = await here.run("hooks", "install", "--scope", "project", "--agent", "codex", "--json")
    expect(project.code).toBe(1)
    expect(JSON.parse(project.stdout)).toMatchObject({ hooks: [{ changed: false, diff: null }] })
    expect(project.stderr).toContain("it leads out of the project")
    expect(text(secret)).toBe("{}")
    const { code, stdout } = await here.run("hooks", "status")
    expect(code).toBe(0)
    expect(stdout).toMatch(/^claude +user +unreadable/m)
    expect(stdout).toContain(`${claude} is no JSON: it is left as it is\n`)
    const { hooks } = await told(here, "status", "--agent", "claude", "--scope", "user")
    expect(hooks).toMatchObject([{ hooks: "unreadable", problem: `${claude} is no JSON: it is left as it is` }])
  }))

it("API-6 the status tells whether the program that hooks run is there, and whose program is not", () =>
  scenario(async (here, user) => {
    const bin = join(user, "bin")
    const path = { PATH: `${bin}:/usr/bin:/bin` }
    put(join(bin, "codex"), "#!/bin/sh\n", 0o755)
    const before = (await here.start(["hooks", "status"], path).end).stdout
    expect(before).toContain(`the program that hooks run is not there yet: ${here.home}/hook`)
    expect(before).toContain("claude is not in PATH")
    expect(before).not.toContain("codex is not in PATH")
    const hook = put(join(here.home, "hook"), "#!/bin/sh\n")
    expect((await told(here, "status")).program).toEqual({ path: hook, is_there: false })
    chmodSync(hook, 0o755)
    expect((await told(here, "status")).program).toEqual({ path: hook, is_there: true })
    expect((await here.start(["hooks", "status"], path).end).stdout).not.toContain("the program that hooks run")
  }))

it("API-7 what is no operation, agent or scope of hooks is refused with status 2, and nothing is touched", () =>
  scenario(async (here, user) => {
    for (const args of [
      [],
      ["frob"],
      ["install", "--agent", "cursor"],
      ["install", "--scope", "team"],
      ["install", "--agent"],
      ["status", "--dry-run"]
    ]) {
      const { code, stderr, stdout } = await here.run("hooks", ...args)
      expect([args, code, stdout]).toEqual([args, 2, ""])
      expect(stderr).not.toBe("")
    }
    expect(existsSync(join(user, ".claude"))).toBe(false)
  }))
