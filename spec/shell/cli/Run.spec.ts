/** `run`, `up` and `down` as processes: supervising, following, taking over, leaving and stopping agents. */
import { existsSync, readFileSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, beforeEach, expect, it } from "vitest"
import { git } from "../git/Repository.ts"
import { raw } from "../store/Raw.ts"
import { type Site, type Started, site, until } from "./Drover.ts"

let here: Site
const started: Array<Started> = []

const start = (...args: ReadonlyArray<string>): Started => {
  const one = here.start(args)
  started.push(one)
  return one
}

beforeEach(async () => {
  here = await site()
})
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill("SIGKILL")
  await here.run("down", "--stop-agents")
  await here.remove()
})

/** An agent that says when it began, and ends when it is let go. */
const patient = `
[[task]]
name = "patient"
agent = "sh"
prompt = "echo $$ > pid; until [ -e go ]; do sleep 0.05; done"
verify = [{ run = "true" }]
`

const begun = (): boolean => {
  const file = join(here.folder, "pid")
  return existsSync(file) && readFileSync(file, "utf8").endsWith("\n")
}
const agentLives = (): boolean => {
  try {
    return process.kill(Number(readFileSync(join(here.folder, "pid"), "utf8")), 0)
  } catch {
    return false
  }
}

it("API-7 run ends with 0 when all is done, with 1 when something ended otherwise, with 5 when a person is needed", async () => {
  await here.write("done.toml", '[[task]]\nname = "a"\nagent = "sh"\nprompt = "true"\n')
  expect((await here.run("run", "done.toml")).code).toBe(0)

  await here.write("closed.toml", '[[task]]\nname = "a"\nagent = "sh"\nprompt = "true"\nstart = "manual"\n')
  expect((await here.run("run", "closed.toml")).code).toBe(5)
  await here.run("cancel", "--batch", "closed.toml")
  expect((await here.run("run", "closed.toml")).code).toBe(1)
})

it("API-7 run --dry-run tells what it would add, change and start, and stores nothing", async () => {
  await mkdir(join(here.folder, "elsewhere"))
  const file = (prompt: string) => `
[defaults]
agent = "sh"
[[task]]
name = "first"
prompt = "true"
[[task]]
name = "second"
prompt = ${JSON.stringify(prompt)}
depends_on = ["first"]
[[task]]
name = "third"
prompt = "true"
cwd = "elsewhere"
start = "manual"
`
  const preview = async () => {
    const { code, stdout } = await here.run("run", "tasks.toml", "--dry-run", "--json")
    return { code, tasks: JSON.parse(stdout).tasks }
  }
  await here.write("tasks.toml", file("true"))
  expect(await preview()).toEqual({
    code: 0,
    tasks: [
      { name: "first", will: "add", first: "starts at once" },
      { name: "second", will: "add", first: "waiting for first" },
      { name: "third", will: "add", first: "waiting for a person to start it" }
    ]
  })
  expect(here.isStored()).toBe(false)

  expect((await here.run("run", "tasks.toml")).code).toBe(5)
  await here.write("tasks.toml", file("echo changed").replace("manual", "auto"))
  const { code, tasks } = await preview()
  expect(code).toBe(2)
  expect(tasks.map(({ will }: { will: string }) => will)).toEqual(["keep", "refuse", "update"])
  expect((await here.run("run", "tasks.toml")).stderr).toContain("second was changed, but it has started already")
})

it("WRK-4 run ends when all has landed and nothing lies about, and says as what; show says where what was committed is", async () => {
  await mkdir(join(here.folder, "repository"))
  const repository = join(here.folder, "repository")
  await git(repository, ["init", "-q", "-b", "trunk"])
  await git(repository, ["commit", "-q", "--allow-empty", "-m", "first"])
  const prompt =
    "echo work >file; git add file; git -c user.name=a -c user.email=a@example.org commit -qm one; git -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m two"
  await here.write(
    "lands.toml",
    `[[task]]\nname = "a"\nagent = "sh"\ncwd = "repository"\nmerge = "squash"\nprompt = ${JSON.stringify(prompt)}\n`
  )
  const { code, stdout } = await here.run("run", "lands.toml")
  const tip = await git(repository, ["rev-parse", "trunk"])
  expect([code, stdout.includes(`landed on trunk as ${tip.slice(0, 12)}`)]).toEqual([0, true])
  expect((await git(repository, ["worktree", "list"])).split("\n")).toHaveLength(1)
  expect(await git(repository, ["branch", "--format=%(refname:short)"])).toBe("trunk")
  expect(readFileSync(join(repository, "file"), "utf8")).toBe("work\n")
  const shown = (await here.run("show", "1")).stdout
  const [, ref = ""] = /what landed (\S+)/.exec(shown) ?? []
  expect(await git(repository, ["log", "--format=%s", ref])).toBe("two\none\nfirst")
  expect(shown).toContain(`landed as ${tip}`)
  // What is checked out meanwhile makes no other task of it; a branch that is named does.
  await git(repository, ["checkout", "-q", "-b", "elsewhere"])
  expect((await here.run("run", "lands.toml")).stdout).toContain("1 task unchanged")
  await here.write("lands.toml", readFileSync(join(here.folder, "lands.toml"), "utf8") + 'base = "elsewhere"\n')
  expect((await here.run("run", "lands.toml")).code).toBe(2)
  expect((await here.run("run", "lands.toml", "--dry-run")).code).toBe(2)
})

it("API-7 a signal leaves the agents, says how to go on, and the same run takes them up again", async () => {
  await here.write("tasks.toml", patient)
  const first = start("run", "tasks.toml")
  await until(begun)
  first.child.kill("SIGTERM")
  const left = await first.end
  expect(left.code).toBe(143)
  expect(left.stdout).toContain("drover run tasks.toml")
  expect(left.stdout).toContain("drover down --stop-agents")
  expect(agentLives()).toBe(true)

  const second = start("run", "tasks.toml")
  await until(() => second.said().includes("#1 patient RUNNING"))
  await here.write("go", "")
  const { code, stdout } = await second.end
  expect(code, `${stdout}`).toBe(0)
  expect(stdout).toMatch(/#1 patient +DONE +1 attempt/)
})

it("API-7 with --stop-agents a signal stops the agents first", async () => {
  await here.write("tasks.toml", patient)
  const run = start("run", "tasks.toml", "--stop-agents")
  await until(begun)
  run.child.kill("SIGINT")
  const { code, stdout } = await run.end
  expect(code).toBe(130)
  expect(stdout).toContain("every agent is stopped")
  expect(agentLives()).toBe(false)
})

it("API-7 run follows a supervisor that is there, and takes over when it goes", async () => {
  await here.write("tasks.toml", patient)
  const up = start("up", "--json")
  await until(() => up.said().includes("supervisor.started"))
  const refused = await here.run("up")
  expect(refused).toMatchObject({ code: 4, stdout: "" })
  expect(refused.stderr).toContain(`process ${up.child.pid}`)

  const run = start("run", "tasks.toml")
  await until(begun)
  const down = await here.json("down", "--json")
  expect(down).toEqual({ ended: true, pid: up.child.pid, agents_stopped: false })
  const ended = await up.end
  expect(ended.code).toBe(0)
  for (const line of ended.stdout.trimEnd().split("\n")) expect(JSON.parse(line)).toMatchObject({ v: 1 })

  await until(() => here.rows(`SELECT 1 FROM supervisors WHERE pid = ${run.child.pid}`).length === 1)
  expect(JSON.stringify(await here.json("status", "--json"))).toContain(`"pid":${run.child.pid}`)
  await here.write("go", "")
  expect((await run.end).code).toBe(0)
})

it("API-7 down --stop-agents reaches the agents of a supervisor, and those that none watches", async () => {
  await here.write("tasks.toml", patient)
  const run = start("run", "tasks.toml")
  await until(begun)
  expect((await here.run("down", "--stop-agents")).stdout).toContain("every agent is stopped")
  expect(agentLives()).toBe(false)
  const { code, stdout } = await run.end
  expect(code).toBe(1)
  expect(stdout).toContain("every agent was stopped")

  const pid = readFileSync(join(here.folder, "pid"), "utf8")
  const again = start("run", "tasks.toml")
  await until(() => begun() && readFileSync(join(here.folder, "pid"), "utf8") !== pid)
  again.child.kill("SIGKILL")
  await again.end
  expect(agentLives()).toBe(true)
  expect((await here.run("down", "--stop-agents")).stdout).toContain("agents of 1 task were stopped")
  expect(agentLives()).toBe(false)
  expect((await here.run("down")).stdout).toBe("no supervisor is running\n")
})

it("API-7 logs --follow ends with its task, and what was printed on the way is all there", async () => {
  await here.write("tasks.toml", patient.replace("until", "echo begun; until").replace('done"', 'done; echo ended"'))
  const run = start("run", "tasks.toml")
  await until(begun)
  const logs = start("logs", "1", "--follow", "--json")
  await until(() => logs.said().includes("begun"))
  await here.write("go", "")
  const { code, stdout } = await logs.end
  expect(code).toBe(0)
  const texts = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).text)
  expect(texts).toEqual(["begun", "ended"])
  expect((await run.end).code).toBe(0)
})

it("WRK-3 a state directory within the tree that a task works in is no work: what passed there is the tree that was judged", async () => {
  await git(here.folder, ["init", "-q"])
  await git(here.folder, ["commit", "-q", "--allow-empty", "-m", "first"])
  // While it runs more is written there: how it goes, and what it says.
  await here.write(
    "tasks.toml",
    `[[task]]
name = "a"
agent = "sh"
prompt = "echo work >made"
verify = [{ run = "echo judged; sleep 0.1; git status --porcelain" }]
`
  )
  const environment = { DROVER_HOME: join(here.folder, "state") }
  const { code, stdout } = await here.start(["run", "tasks.toml"], environment).end
  expect([code, stdout]).toEqual([0, expect.not.stringContaining("RETRYING")])
  const { stdout: said } = await here.start(["logs", "1", "--verifier"], environment).end
  expect(said).toContain("made")
  expect(said).not.toContain("state")
})

it("STO-2 a store of a newer drover is refused with both versions and the remedy, by every command", async () => {
  await here.run("drain")
  await Effect.runPromise(raw(join(here.home, "drover.db"), "UPDATE meta SET value = '99' WHERE name = 'schema'"))
  await here.write("tasks.toml", patient)
  const commands = [["status"], ["show", "1"], ["cancel", "1"], ["run", "tasks.toml"], ["up"], ["events"], ["undrain"]]
  for (const { code, stderr, stdout } of await Promise.all(commands.map((args) => here.run(...args)))) {
    expect(code).toBe(4)
    expect(stdout).toBe("")
    expect(stderr).toMatch(/schema 99, this drover knows \d+: update drover/)
  }
  expect((await here.run("doctor")).code).toBe(1)
})
