/** What commands say of the vendors' programs, which shell scripts play here. */
import { existsSync } from "node:fs"
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { isAlive } from "../agents/Alive.ts"
import { type Site, site, until } from "./Drover.ts"

let here: Site
let bin: string
beforeEach(async () => {
  here = await site()
  bin = join(here.folder, "bin")
  await mkdir(bin)
})
afterEach(() => here.remove())

const install = async (name: string, text: string): Promise<void> => {
  await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`)
  await chmod(join(bin, name), 0o755)
}
/** A Claude Code of that version, which is done at once. */
const claude = (version: string): Promise<void> =>
  install(
    "claude",
    `if [ "$*" = --version ]; then echo asked >>${here.folder}/asked; env >${here.folder}/env; echo "${version}"; exit; fi
cat >/dev/null
echo '{"type":"system","subtype":"init","session_id":"s"}'
echo '{"type":"result","is_error":false,"num_turns":1,"result":"Done.","session_id":"s"}'`
  )
const drover = (...args: ReadonlyArray<string>) =>
  here.start(args, { PATH: `${bin}:${process.env.PATH}`, ANOTHER_KEY: "hidden" }).end
const two = `[defaults]
prompt = "x"
verify = [{ run = "true" }]
[[task]]
name = "a"
agent = "claude"
[[task]]
name = "b"
`
const old = "bin/claude is Claude Code 2.0.9, and drover was tried with 2.1.197 and nothing older"

it("AGT-5 validate warns of a program that is too old, once, where the file names it, and how to get a newer one", async () => {
  await claude("2.0.9 (Claude Code)")
  await here.write("tasks.toml", two)
  const { code, stderr } = await drover("validate", "tasks.toml")
  expect(code).toBe(0)
  expect(stderr.trimEnd().split("\n")).toHaveLength(1)
  expect(stderr).toMatch(/^tasks\.toml:6:1: warning: /)
  expect(stderr).toContain(old)
  expect(stderr).toMatch(/npm install -g @anthropic-ai\/claude-code@latest: a, b\n$/)
  expect(await readFile(join(here.folder, "asked"), "utf8")).toBe("asked\n")
  const json = JSON.parse((await drover("validate", "tasks.toml", "--json")).stdout)
  expect(json.warnings).toEqual([stderr.trimEnd()])
})

it("AGT-4 a program that is asked for its version gets no variable that its agent would not get", async () => {
  await claude("2.1.197 (Claude Code)")
  await here.write("tasks.toml", two)
  expect(await drover("validate", "tasks.toml")).toMatchObject({ code: 0, stderr: "" })
  const env = await readFile(join(here.folder, "env"), "utf8")
  expect(env).toContain("PATH=")
  expect(env).not.toContain("ANOTHER_KEY")
  expect(env).not.toContain("DROVER_")
})

it("AGT-5 run and submit warn of what is too old or not understood, and do the work all the same", async () => {
  await claude("2.0.9 (Claude Code)")
  await here.write("tasks.toml", two)
  const ran = await drover("run", "tasks.toml")
  expect(ran.code).toBe(0)
  expect(ran.stderr.split(old)).toHaveLength(2)
  await claude("a very new one")
  const submitted = await drover("submit", "--name", "c", "--prompt", "x", "--verify", "true")
  expect(submitted).toMatchObject({ code: 0, stdout: "#3\n" })
  expect(submitted.stderr).toContain('names no version of Claude Code: it prints "a very new one"')
  const dry = await drover("run", "tasks.toml", "--dry-run")
  expect(dry.stderr).toContain("names no version of Claude Code")
})

it("SEC-3 what a program prints instead of its version moves no cursor", async () => {
  await install("claude", String.raw`printf '\033[2Jgone\233\n' >&2; exit 1`)
  await here.write("tasks.toml", two)
  const validated = await drover("validate", "tasks.toml")
  const looked = await drover("doctor")
  for (const text of [validated.stderr, looked.stdout]) {
    expect(text).toContain("ended with status 1: gone")
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(text).not.toMatch(/[\u001b\u009b]/)
  }
})

it("AGT-5 a program that is asked for its version does not outlive a drover that is killed meanwhile", async () => {
  const pid = join(here.folder, "pid")
  await install("claude", `echo $$ >${pid}.new; mv ${pid}.new ${pid}; sleep 1000`)
  await here.write("tasks.toml", two)
  const { child, end } = here.start(["validate", "tasks.toml"], { PATH: `${bin}:${process.env.PATH}` })
  await until(() => existsSync(pid))
  const asked = Number(await readFile(pid, "utf8"))
  expect(isAlive(asked)).toBe(true)
  child.kill("SIGKILL")
  await end
  await until(() => !isAlive(asked))
})

interface Row {
  readonly name: string
  readonly status: string
  readonly remedy?: string
}
const rows = async () => {
  const { code, stdout } = await drover("doctor", "--json")
  const all: ReadonlyArray<Row> = JSON.parse(stdout)
  const agents = all.filter(({ name }) => name.startsWith("agent "))
  return { code, rows: Object.fromEntries(agents.map((row) => [row.name.slice("agent ".length), row])) }
}

it("AGT-5 doctor has a row for each agent: known, too old, missing and needed, or missing and not needed", async () => {
  await claude("2.1.197 (Claude Code)")
  await install("codex", "echo codex-cli 0.1.0")
  const first = await rows()
  expect(first.code).toBe(0)
  expect(first.rows).toMatchObject({
    claude: { status: "pass" },
    codex: { status: "advisory", remedy: "npm install -g @openai/codex@latest" },
    sh: { status: "pass" }
  })
  // Where these specs run somebody may have it.
  expect(["skipped", "pass", "advisory"]).toContain(first.rows.opencode?.status)

  await writeFile(
    join(here.folder, "../config.toml"),
    '[agents.mine]\nkind = "opencode"\ncommand = "no-such-opencode"\n[agents.broken]\nkind = "codex"\ncommand = "broken"\n'
  )
  await install("broken", "exit 3")
  const second = await rows()
  expect(second.code).toBe(1)
  expect(second.rows).toMatchObject({
    mine: { status: "fail", remedy: "npm install -g opencode-ai@latest, or mend [agents.mine]" },
    broken: { status: "fail" }
  })
})
