/** The programs that judge: what files say of them, and what is stored with a verifier. */
import { join } from "node:path"
import * as Either from "effect/Either"
import { describe, expect, it } from "vitest"
import type { Verifier } from "../../../core/verify/Verifier.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import { load } from "../../../shell/config/TaskFile.ts"
import * as Toml from "../../../shell/config/Toml.ts"
import { brief, put, run, temporaryFolder, worker } from "./TaskFiles.ts"

const loaded = async (folder: string, text: string) =>
  Either.getOrThrowWith(await run(load(put(folder, "tasks.toml", text))), (error) => new Error(error.message))

const verifiersOf = async (folder: string, text: string) => (await loaded(folder, text)).tasks[0]?.spec.verify ?? []

const problemsOf = async (folder: string, text: string) => {
  const error = Either.flip(await run(load(put(folder, "tasks.toml", text)))).pipe(Either.getOrThrow)
  return error._tag === "ConfigInvalid" ? error.problems : []
}

const definitionOf = (verifier: Verifier | undefined) =>
  verifier === undefined || verifier._tag === "Run" ? undefined : verifier.definition

const configurationOf = (text: string) =>
  Either.flatMap(Toml.parse("/etc/drover/config.toml", text), Configuration.fromDocument)
const brainOf = (text: string) => Either.getOrThrow(configurationOf(text)).brain
const mistakes = (text: string) =>
  Either.match(configurationOf(text), { onLeft: ({ problems }) => brief(problems), onRight: () => [] })

const task = 'name = "a"\nprompt = "x"\nagent = "worker"\n'

describe("the brain", () => {
  it("EXE-16 without a word in any file it is Claude Code, under the limits of the agent claude", () => {
    expect(brainOf("")).toEqual({ ...Configuration.defaults.agents.get("claude"), name: "brain", account: "claude" })
    expect(brainOf('[brain]\nmodel = "small"\n')).toMatchObject({
      command: "claude",
      model: "small",
      account: "claude"
    })
  })

  it("EXE-16 its table says what one of an agent says, and paths in it are relative to its file", () => {
    const text = `[brain]
kind = "command"
command = "bin/judge"
args = ["-q"]
env = { A = "b" }
pass_env = ["KEY"]
model = "small"
`
    expect(brainOf(text)).toEqual({
      name: "brain",
      kind: "command",
      command: "/etc/drover/bin/judge",
      args: ["-q"],
      env: { A: "b" },
      passEnv: ["KEY"],
      model: "small"
    })
    expect(brainOf('[brain]\nkind = "codex"\n')).toMatchObject({ command: "codex", account: "codex" })
    expect(brainOf('[brain]\nkind = "codex"\naccount = "team"\n').account).toBe("team")
  })

  it("API-1 a program without its kind, a command without its program, and a key that it has not, are told with their place", () => {
    expect(mistakes('[brain]\ncommand = "judge"\n')).toEqual([["Key", 1, "brain.kind", null]])
    expect(mistakes('[brain]\nkind = "command"\n')).toEqual([["Key", 1, "brain.command", null]])
    expect(mistakes("[brain]\nexclusive = true\nmodle = 1\n")).toEqual([
      ["Key", 2, "brain.exclusive", null],
      ["Key", 3, "brain.modle", "model"]
    ])
  })

  it("EXE-16 that of a task file takes the place of the user's", async () => {
    const folder = temporaryFolder()
    const text = `[brain]\nkind = "command"\ncommand = "/bin/sh"\n[[task]]\n${task}verify = [{ brain = "good?" }]\n`
    const [verifier] = await verifiersOf(folder, text)
    expect(definitionOf(verifier)).toMatchObject({ name: "brain", kind: "command", command: "/bin/sh" })
  })
})

describe("what is stored with a verifier", () => {
  it("EXE-16 its program as it was when the task was submitted, with the model and the limits that it was given", async () => {
    const folder = temporaryFolder()
    put(folder, "critic", "#!/bin/sh\n", 0o755)
    const text = `[agents.critic]
kind = "command"
command = "./critic"
[[task]]
${task}[[task.verify]]
agent = "critic"
prompt = "good?"
model = "large"
budget_usd = 0.5
timeout_min = 3
[[task.verify]]
agent = "worker"
prompt = "really?"
`
    const critic = join(folder, "critic")
    expect(await verifiersOf(folder, text)).toEqual([
      {
        _tag: "Agent",
        agent: "critic",
        prompt: "good?",
        model: "large",
        budgetUsd: 0.5,
        timeoutMin: 3,
        definition: { name: "critic", kind: "command", command: critic, args: [], env: {}, passEnv: [], model: null }
      },
      { _tag: "Agent", agent: "worker", prompt: "really?", timeoutMin: 15, definition: worker }
    ])
  })

  it("API-1 an agent that is not known, and a program that is not there, are told where the verifier is written", async () => {
    const folder = temporaryFolder()
    const text = `[brain]
kind = "command"
command = "no-such-brain-anywhere"
[agents.gone]
kind = "command"
command = "no-such-program-anywhere"
[[task]]
${task}agent = "wrker"
`.replace('agent = "worker"\n', "")
    const verify = `[[task.verify]]
brain = "good?"
[[task.verify]]
agent = "wroker"
prompt = "good?"
[[task.verify]]
agent = "gone"
prompt = "good?"
`
    const found = await problemsOf(folder, text + verify)
    // The task's own agent is not known either: all is told at once.
    expect(brief(found)).toEqual([
      ["Environment", 10, "task[0].agent", "worker"],
      ["Environment", 11, "task[0].verify[0]", null],
      ["Environment", 13, "task[0].verify[1]", "worker"],
      ["Environment", 16, "task[0].verify[2]", null]
    ])
    expect(found[1]?.message).toBe("the program of the brain, no-such-brain-anywhere, is not in PATH or not executable")
    expect(found[3]?.message).toContain('the program of agent "gone", no-such-program-anywhere')
  })

  it("API-1 a command has neither a model nor a budget, and a budget that may not be seen is a warning", async () => {
    const folder = temporaryFolder()
    const wrong = `[[task]]\n${task}[[task.verify]]\nrun = "make"\nmodel = "x"\nbudget_usd = 1\n`
    expect(brief(await problemsOf(folder, wrong))).toEqual([
      ["Key", 7, "task[0].verify[0].model", null],
      ["Key", 8, "task[0].verify[0].budget_usd", null]
    ])
    const right = `[[task]]\n${task}[[task.verify]]\nagent = "worker"\nprompt = "good?"\nbudget_usd = 1\n`
    expect((await loaded(folder, right)).warnings).toEqual([
      expect.stringMatching(
        /:5:.*warning: of a verifier, the budget holds only if the agent's program prints what it costs: a$/
      )
    ])
  })
})

describe("the gates of a repository", () => {
  it("EXE-16 they are judged by the user's own programs, whatever a task file puts in their place", async () => {
    const folder = temporaryFolder()
    put(folder, ".git/HEAD", "")
    put(folder, ".drover.toml", '[[verify]]\nagent = "worker"\nprompt = "good?"\n')
    const file = `[agents.worker]\nkind = "command"\ncommand = "/bin/true"\n[[task]]\n${task}`
    const own = 'verify = [{ agent = "worker", prompt = "good?" }]\n'
    const commands = (await verifiersOf(folder, file + own)).map((each) => definitionOf(each)?.command)
    expect(commands).toEqual(["/bin/true", worker.command])
  })

  it("API-1 what they name and is not there is told with that file's own lines", async () => {
    const folder = temporaryFolder()
    put(folder, ".git/HEAD", "")
    const policy = put(folder, ".drover.toml", '[[verify]]\nagent = "wroker"\nprompt = "good?"\n')
    const found = await problemsOf(folder, `[[task]]\n${task}`)
    expect(brief(found)).toEqual([["Environment", 1, "verify[0]", "worker"]])
    expect(found.every(({ file }) => file === policy)).toBe(true)
  })
})
