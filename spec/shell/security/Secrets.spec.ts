/** What is planted in environments, and where it must not come up. The files of a state directory, and who may read them. */
import { readdir, readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import { type Answer, type Site, site } from "../cli/Drover.ts"

const named = "canary-named"
const own = "canary-own"
const unnamed = "canary-unnamed"

/** The agent and the verifier write down what they got, and all arguments of all processes as they are at that time. */
const batch = `
[agents.keyed]
kind = "command"
command = "sh"
pass_env = ["NAMED_KEY"]
[agents.keyed.env]
OWN_KEY = "${own}"
[[task]]
name = "one"
agent = "keyed"
prompt = "env > agent.txt; cat /proc/[0-9]*/cmdline > arguments.txt 2> /dev/null; exit 1"
max_retries = 1
[[task]]
name = "two"
agent = "keyed"
prompt = "true"
verify = [{ run = "env > verifier.txt; exit 1" }]
max_retries = 0
[[task]]
name = "three"
agent = "keyed"
prompt = "true"
verify = [{ agent = "keyed", prompt = "good?" }]
max_retries = 0
`

const environment = { NAMED_KEY: named, UNNAMED_KEY: unnamed }

const worked = async (here: Site): Promise<void> => {
  await here.write("tasks.toml", batch)
  expect((await here.start(["run", "tasks.toml"], environment).end).code).toBe(5)
}

const canaries = (text: string): ReadonlyArray<string> => [...new Set(text.match(/canary-[a-z]+/g))].toSorted()

it("SEC-2 an agent and its verifiers have what their definition names of an environment, and nothing beside it", async () => {
  const here = await site()
  try {
    await worked(here)
    const read = (name: string) => readFile(join(here.folder, name), "utf8")
    expect(canaries(await read("agent.txt"))).toEqual([named, own])
    expect(canaries(await read("verifier.txt"))).toEqual([named])
    expect(canaries(await read("arguments.txt"))).toEqual([])
    // That the arguments were seen at all.
    expect(await read("arguments.txt")).toContain("tasks.toml")
  } finally {
    await here.remove()
  }
})

it("SEC-2 what an environment holds is in no log, no event, no file of an attempt and no answer of a command", async () => {
  const here = await site()
  try {
    await worked(here)
    const answers: ReadonlyArray<Answer> = [
      ...(await Promise.all(
        [
          "show 1",
          "show 1 --json",
          "show 2 --json",
          "show 3",
          "show 3 --json",
          "status",
          "status --json",
          "events",
          "logs 1",
          "logs 1 --json",
          "logs 2 --verifier --json",
          "attention --json",
          "guards --json",
          "doctor --json",
          "validate tasks.toml --json",
          "up --log-level debug --wait=nonsense",
          "show nonsense"
        ].map((line) => here.start(line.split(" "), environment).end)
      )),
      await here.start(["run", "tasks.toml", "--log-level", "debug"], environment).end
    ]
    for (const { stderr, stdout } of answers) expect(canaries(stdout + stderr)).toEqual([])
    const files = (await readdir(here.home, { recursive: true, withFileTypes: true })).filter((one) => one.isFile())
    const holders: Array<string> = []
    for (const file of files) {
      const found = canaries(await readFile(join(file.parentPath, file.name), "latin1"))
      if (found.length > 0) holders.push(`${file.name}: ${found.join(" ")}`)
    }
    // A task keeps its agent's definition as it was, in the store alone.
    expect(holders).toEqual([`drover.db: ${own}`])
    expect(await here.json("show", "1", "--json")).toMatchObject({
      task: { spec: { agent: { env: { OWN_KEY: "redacted" } } } }
    })
    expect(await here.json("show", "3", "--json")).toMatchObject({
      task: { spec: { verify: [{ definition: { env: { OWN_KEY: "redacted" } } }] } }
    })
  } finally {
    await here.remove()
  }
})

it("SEC-1 with no umask at all every file of the state directory is its owner's alone, and so is every folder", async () => {
  const here = await site()
  const mask = process.umask(0)
  try {
    await worked(here)
    const up = here.start(["up"], environment)
    const names = async () => (await readdir(here.home)).toSorted()
    while (!(await names()).includes("supervisor.lock")) await new Promise((resolve) => setTimeout(resolve, 20))
    const entries = await readdir(here.home, { recursive: true, withFileTypes: true })
    const modes: Array<string> = []
    for (const entry of entries) {
      // One that was written beside the file it replaces may have got its name meanwhile.
      const mode = (await stat(join(entry.parentPath, entry.name)).catch(() => null))?.mode ?? 0
      if ((mode & 0o077) !== 0) modes.push(`${(mode & 0o777).toString(8)} ${entry.name}`)
    }
    expect(modes).toEqual([])
    expect((await stat(here.home)).mode & 0o777).toBe(0o700)
    // Of each kind there was one.
    const found = new Set(entries.map(({ name }) => name))
    const kinds = ["drover.db", "supervisor.lock", "supervisor.log", "start", "exit.json", "tree", "prompt.md"]
    expect(kinds.filter((kind) => !found.has(kind))).toEqual([])
    up.child.kill("SIGTERM")
    await up.end
    // What an agent makes has the umask that drover was given.
    expect((await stat(join(here.folder, "agent.txt"))).mode & 0o777).toBe(0o666)
  } finally {
    process.umask(mask)
    await here.remove()
  }
})
