import { mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import { load } from "../../../shell/config/TaskFile.ts"
import { git } from "../git/Repository.ts"
import { brief, put, run, temporaryFolder } from "./TaskFiles.ts"

const refused = async (path: string) => {
  const error = Either.flip(await run(load(path))).pipe(Either.getOrThrow)
  return error._tag === "ConfigInvalid" ? error.problems : [error.message]
}
const problems = async (path: string) => brief((await refused(path)).filter((each) => typeof each !== "string"))

describe("what a file names and is not there", () => {
  it("API-1 missing directories, agents and programs are told all at once, once each, where the file names them", async () => {
    const folder = temporaryFolder()
    put(folder, "file", "")
    put(folder, "plain", "#!/bin/sh\n", 0o644)
    const text = `[agents.gone]
kind = "command"
command = "no-such-program-anywhere"
[agents.plain]
kind = "command"
command = "./plain"
[defaults]
agent = "gone"
cwd = "none"
[[task]]
name = "a"
prompt = "x"
[[task]]
name = "b"
prompt = "x"
[[task]]
name = "c"
prompt = "x"
cwd = "file"
agent = "wrker"
[[task]]
name = "d"
prompt = "x"
cwd = "."
agent = "plain"
`
    const found = await refused(put(folder, "tasks.toml", text))
    expect(brief(found.filter((each) => typeof each !== "string"))).toEqual([
      ["Environment", 8, "defaults.agent", null],
      ["Environment", 9, "defaults.cwd", null],
      ["Environment", 19, "task[2].cwd", null],
      ["Environment", 20, "task[2].agent", "worker"],
      ["Environment", 25, "task[3].agent", null]
    ])
    const said = found.map((each) => (typeof each === "string" ? each : each.message))
    expect(said[0]).toContain("no-such-program-anywhere, is not in PATH")
    expect(said[1]).toBe(`there is no directory ${join(folder, "none")}`)
    expect(said[2]).toContain("is not a directory")
    expect(said[4]).toContain(`${join(folder, "plain")}, is not there or not executable`)
  })

  it("API-1 a mistake in the file is told before what is not there", async () => {
    const folder = temporaryFolder()
    const text = '[[task]]\nname = "a"\nprompt = "x"\ncwd = "none"\nagent = "none"\npriority = "high"\n'
    expect(await problems(put(folder, "tasks.toml", text))).toEqual([["Value", 6, "task[0].priority", null]])
  })

  it("API-1 what this version can not do yet is refused by name, and nothing else is made of it", async () => {
    const folder = temporaryFolder()
    const text = `[[task]]
name = "a"
prompt = "x"
agent = "worker"
verify = [{ run = "true" }, { agent = "worker", prompt = "good?" }, { agent = "alone", prompt = "good?" }]
[agents.alone]
kind = "command"
command = "sh"
exclusive = true
[[task]]
name = "b"
prompt = "x"
agent = "worker"
role = "reviewer"
merge = "squash"
[[task]]
name = "b2"
prompt = "x"
agent = "worker"
role = "reviewer"
isolate = "worktree"
[[task]]
name = "b3"
prompt = "x"
agent = "worker"
role = "reviewer"
approve = "manual"
[[task]]
name = "c"
prompt = "x"
agent = "worker"
merge = "squash"
isolate = "worktree"
`
    expect(await problems(put(folder, "tasks.toml", text))).toEqual([
      ["Unsupported", 5, "task[0].verify[2]", null],
      // The folder of this spec is in no repository.
      ["Unsupported", 15, "task[1].merge", null],
      ["Environment", 15, "task[1].merge", null],
      ["Unsupported", 21, "task[2].isolate", null],
      ["Environment", 21, "task[2].isolate", null],
      ["Unsupported", 27, "task[3].approve", null],
      // Nor can the tools of an agent of that kind be held.
      ["Value", 27, "task[3].approve", null],
      ["Environment", 32, "task[4].merge", null]
    ])
  })

  it("MBX-4 the work of a role is given to the agent that the task names, that of its role, or that of all", async () => {
    const folder = temporaryFolder()
    const text = `[agents.other]
kind = "command"
command = "sh"
[defaults]
prompt = "x"
role = "reviewer"
[[task]]
name = "own"
agent = "other"
[[task]]
name = "of its role"
`
    const loaded = Either.getOrThrow(await run(load(put(folder, "tasks.toml", text))))
    expect(loaded.tasks.map(({ spec }) => [spec.mailboxRole, spec.agent.name])).toEqual([
      ["reviewer", "other"],
      ["reviewer", "worker"]
    ])
    const none = `[[task]]\nname = "a"\nprompt = "x"\nrole = "coder"\n`
    const [missing] = await refused(put(folder, "none.toml", none))
    expect(typeof missing === "string" ? missing : missing?.message).toContain('the program of agent "claude"')
    const wrong = text.replace('"reviewer"', '"operator"')
    expect(await problems(put(folder, "wrong.toml", wrong))).toEqual([["Value", 6, "defaults.role", null]])
  })

  it("WRK-3 what is squashed lands on the branch that is checked out, or on the one that is named; without one it is refused", async () => {
    const folder = temporaryFolder()
    await git(folder, ["init", "-q", "-b", "trunk"])
    mkdirSync(join(folder, "part"))
    await git(folder, ["commit", "-q", "--allow-empty", "-m", "first"])
    await git(folder, ["branch", "release/1.0"])
    const task = (name: string, more = "") =>
      `[[task]]\nname = "${name}"\nprompt = "x"\nagent = "worker"\nmerge = "squash"\ncwd = "part"\n${more}\n`
    const text = task("a") + task("b", 'base = "release/1.0"')
    const worker = '[agents.worker]\nkind = "command"\ncommand = "sh"\n'
    const loaded = Either.getOrThrow(await run(load(put(folder, "tasks.toml", text + worker))))
    const repository = join(folder, ".git")
    expect(loaded.tasks.map(({ spec }) => [spec.isolate, spec.target])).toEqual([
      ["worktree", { repository, branch: "trunk", prefix: "part/" }],
      ["worktree", { repository, branch: "release/1.0", prefix: "part/", isNamed: true }]
    ])
    await git(folder, ["checkout", "-q", "--detach"])
    const wrong = task("a") + task("b", 'base = "release/2.0"')
    expect(await problems(put(folder, "tasks.toml", wrong + worker))).toEqual([
      ["Environment", 5, "task[0].merge", null],
      ["Environment", 14, "task[1].base", null]
    ])
  })

  it("WRK-2 a worktree of a directory of which none can be made is refused before anything is stored", async () => {
    const folder = temporaryFolder()
    const text = `task = [{ name = "a", prompt = "x", agent = "worker", isolate = "worktree" }]\n[agents.worker]\nkind = "command"\ncommand = "sh"\n`
    expect(await problems(put(folder, "tasks.toml", text))).toEqual([["Environment", 1, "task[0].isolate", null]])
  })
})

describe("what a file names and is there", () => {
  it("API-1 paths are relative to the real folder of the file, and links in them are resolved", async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, "real/work"), { recursive: true })
    symlinkSync("work", join(folder, "real/link"))
    const text = 'task = [{ name = "a", prompt = "x", agent = "worker", cwd = "link" }]'
    const path = put(folder, "real/tasks.toml", text)
    symlinkSync("real/tasks.toml", join(folder, "alias.toml"))
    const loaded = Either.getOrThrow(await run(load(join(folder, "alias.toml"))))
    expect(loaded.path).toBe(path)
    expect(loaded.tasks[0]?.spec.cwd).toBe(join(folder, "real/work"))
  })

  it("API-1 an agent of the file goes with its task: it takes the place of the user's, only its program's path is resolved", async () => {
    const folder = temporaryFolder()
    put(folder, "bin/agent", "#!/bin/sh\n", 0o755)
    const text = `[agents.worker]
kind = "command"
command = "bin/agent"
args = ["./bin/agent", "# not a comment"]
env = { PATH = "/elsewhere" }
pass_env = ["HTTP_PROXY"]
model = "small"
[[task]]
name = "a"
prompt = "x"
agent = "worker"
`
    const loaded = Either.getOrThrow(await run(load(put(folder, "tasks.toml", text))))
    expect(loaded.tasks[0]?.spec.agent).toEqual({
      name: "worker",
      kind: "command",
      command: join(folder, "bin/agent"),
      args: ["./bin/agent", "# not a comment"],
      env: { PATH: "/elsewhere" },
      passEnv: ["HTTP_PROXY"],
      model: "small"
    })
  })

  it("API-1 a program is looked for in the PATH that its agent will have", async () => {
    const folder = temporaryFolder()
    put(folder, "bin/only-here", "#!/bin/sh\n", 0o755)
    const text = (path: string) => `[agents.a]
kind = "command"
command = "only-here"
env = { PATH = ${JSON.stringify(path)} }
[[task]]
name = "a"
prompt = "x"
agent = "a"
`
    expect(Either.isRight(await run(load(put(folder, "right.toml", text(join(folder, "bin"))))))).toBe(true)
    expect(await problems(put(folder, "wrong.toml", text(folder)))).toEqual([["Environment", 8, "task[0].agent", null]])
  })

  it("API-1 who judges and who merges is named by the task, else by its file's defaults, else by the user's file", async () => {
    const folder = temporaryFolder()
    put(folder, "judge", "#!/bin/sh\n", 0o755)
    await git(folder, ["init", "-q", "-b", "trunk"])
    await git(folder, ["commit", "-q", "--allow-empty", "-m", "first"])
    const text = `[agents.judge]
kind = "command"
command = "./judge"
[agents.mender]
kind = "command"
command = "./judge"
[defaults]
agent = "worker"
qa = "agent"
merge = "squash"
merge_agent = "mender"
prompt = "x"
[[task]]
name = "both"
qa_agent = "judge"
[[task]]
name = "same"
merge_agent = "worker"
[[task]]
name = "neither"
qa = "server"
merge = "none"
`
    const { tasks } = Either.getOrThrow(await run(load(put(folder, "tasks.toml", text))))
    const names = tasks.map(({ spec: { roleAgents = {} } }) => [roleAgents.qa?.name, roleAgents.merger?.name])
    expect(names).toEqual([
      ["judge", "mender"],
      [undefined, undefined],
      [undefined, undefined]
    ])
    expect(tasks[0]?.spec.roleAgents?.qa?.command).toBe(join(folder, "judge"))
  })

  it("API-1 an agent for a role is told where it is named: one that nobody knows, one without its program, one without its role", async () => {
    const folder = temporaryFolder()
    const text = `[agents.gone]
kind = "command"
command = "no-such-program-anywhere"
[[task]]
name = "a"
prompt = "x"
agent = "worker"
qa = "agent"
qa_agent = "wroker"
[[task]]
name = "b"
prompt = "x"
agent = "worker"
qa = "agent"
qa_agent = "gone"
`
    expect(await problems(put(folder, "tasks.toml", text))).toEqual([
      ["Environment", 9, "task[0].qa_agent", "worker"],
      ["Environment", 15, "task[1].qa_agent", null]
    ])
    const idle = text.replaceAll('qa = "agent"\n', "").replace('"wroker"', '"worker"\nmerge_agent = "worker"')
    expect(await problems(put(folder, "idle.toml", idle))).toEqual([
      ["Key", 8, "task[0].qa_agent", null],
      ["Key", 9, "task[0].merge_agent", null],
      ["Key", 14, "task[1].qa_agent", null]
    ])
  })
})
