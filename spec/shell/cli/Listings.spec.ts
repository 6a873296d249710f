/** What commands print: JSON that parses, plain text without a trace of a terminal. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Answer, type Site, site } from "./Drover.ts"

let here: Site

/** One of each: done, done after a retry, needing a person, stuck, manual, in review. */
const tasks = `
[defaults]
agent = "sh"
[[task]]
name = "good"
prompt = "echo '\\u001b[31mred\\u001b[0m'; echo on stderr >&2"
verify = [{ run = "echo checked" }]
[[task]]
name = "bad"
prompt = "exit 3"
max_retries = 0
[[task]]
name = "after"
prompt = "true"
depends_on = ["bad"]
[[task]]
name = "manual"
prompt = "true"
start = "manual"
[[task]]
name = "judged"
prompt = "true"
qa = "human"
`

let ran: Answer

beforeAll(async () => {
  here = await site()
  await here.write("tasks.toml", tasks)
  ran = await here.run("run", "tasks.toml", "--json")
})
afterAll(() => here.remove())

const documents: ReadonlyArray<ReadonlyArray<string>> = [
  ["status", "--json"],
  ["status", "--json", "--state", "DONE", "--state", "needs-human"],
  ["status", "--json", "--batch", "tasks.toml"],
  ["status", "--costs", "--json"],
  ["show", "1", "--json"],
  ["show", "--json", "2"],
  ["logs", "1", "--json"],
  ["logs", "1", "--verifier", "--json"],
  ["guards", "--json"],
  ["attention", "--json"],
  ["metrics", "--json"],
  ["doctor", "--json"],
  ["validate", "tasks.toml", "--json"],
  ["run", "tasks.toml", "--dry-run", "--json"],
  ["down", "--json"],
  ["drain", "--json"],
  ["undrain", "--json"],
  ["init", "--upgrade", "--json"],
  ["freeze", "4", "--json"],
  ["completions", "bash", "--json"],
  ["claims", "I'll push it by 5pm.", "--topic", "t", "--json"],
  ["submit", "--json", "--name", "one", "--prompt", "true", "--agent", "sh", "--key", "k"]
]

it("API-7 every listing command has --json that prints one document which parses", async () => {
  for (const args of documents) {
    const { code, stderr, stdout } = await here.run(...args)
    expect(code, `${args.join(" ")}\n${stderr}`).toBe(0)
    expect(stdout.trimEnd().split("\n")).toHaveLength(1)
    expect(JSON.parse(stdout)).toBeTypeOf("object")
  }
})

it("API-7 run --json is one document with the state, cost and checks of every task, and the exit status", () => {
  expect(ran.code).toBe(5)
  const document = JSON.parse(ran.stdout)
  expect(document).toMatchObject({ batch: 1, exit_code: 5, signal: null })
  expect(document.tasks.map((task: { state: string }) => task.state)).toEqual([
    "DONE",
    "NEEDS_HUMAN",
    "PENDING",
    "PENDING",
    "NEEDS_HUMAN"
  ])
  expect(document.tasks[0]).toMatchObject({
    verified: true,
    verified_by: [{ verifier: "echo checked", attempt: 1 }],
    cost_usd: null,
    cost_is_complete: false
  })
  expect(document.tasks[1]).toMatchObject({ attempts: 1, next_command: "drover retry 2" })
  expect(document.tasks[2]).toMatchObject({ stuck_on: 2, attempts: 0, cost_usd: 0 })
})

it("API-7 events are one JSON object a line, numbered without a gap, and can be read on from any of them", async () => {
  const lines = (await here.run("events")).stdout.trimEnd().split("\n")
  const seqs = lines.map((line): number => JSON.parse(line).seq)
  expect(seqs).toEqual(seqs.map((_, index) => index + 1))
  const rest = await here.run("events", "--since", "5")
  expect(rest.stdout.trimEnd().split("\n")).toEqual(lines.slice(5))
})

it("API-7 a pipe gets no escape sequence, whatever an agent printed and whatever the command", async () => {
  const commands = [
    ["--help"],
    ["status", "--help"],
    ["status"],
    ["show", "1"],
    ["logs", "1"],
    ["logs", "1", "--follow"],
    ["logs", "1", "--verifier"],
    ["doctor"],
    ["guards"],
    ["attention"],
    ["run", "tasks.toml"],
    ["validate", "tasks.toml"],
    ["completions", "zsh"],
    ["status", "--state", "nope"],
    ["nope"]
  ]
  const answers = await Promise.all(commands.map((args) => here.run(...args)))
  for (const { stderr, stdout } of answers) expect(stdout + stderr).not.toContain("\u001b")
  expect(answers[4]?.stdout).toContain("red\n")
  expect(answers[4]?.stdout).toContain("on stderr\n")
  expect(answers[6]?.stdout).toContain("checked\n")
})

it("TCK-6 status says of every waiting task why it waits, and on whom a stuck one is stuck", async () => {
  const { stdout } = await here.run("status", "--batch", "tasks.toml")
  expect(stdout).toMatch(/#3 +after +PENDING +stuck on #2$/m)
  expect(stdout).toMatch(/#2 +bad +NEEDS_HUMAN .*no attempt is left/m)
  expect(stdout).toMatch(/#5 +judged +NEEDS_HUMAN .*a person approves$/m)
})

it("API-7 run in a pipe prints a line per change and a summary that says what was verified, what not, and how to go on", async () => {
  const { code, stdout } = await here.run("run", "tasks.toml")
  expect(code).toBe(5)
  expect(stdout).toMatch(/^\d\d:\d\d:\d\d #1 good DONE \(verified\)$/m)
  expect(stdout).toMatch(/#1 good +DONE +1 attempt, .*cost unknown\n +verified: `echo checked` passed on attempt 1$/m)
  expect(stdout).toMatch(
    /#2 bad +NEEDS_HUMAN .*\n +needs a person: no attempt is left.*\n +go on with: drover retry 2$/m
  )
  expect(stdout).toMatch(/#3 after +PENDING .*\n +stuck on #2$/m)
})

it("API-7 without anything stored status and events have nothing to say, and make nothing", async () => {
  const empty = await site()
  const [status, json, events, show] = await Promise.all([
    empty.run("status"),
    empty.json("status", "--json"),
    empty.run("events"),
    empty.run("show", "7")
  ])
  expect(status).toEqual({ code: 0, stdout: "no tasks yet\n", stderr: "" })
  expect(json).toEqual({
    tasks: [],
    accounts: [],
    attention: { open: 0, acknowledged: 0 },
    draining: false,
    supervisor: null
  })
  expect(events).toEqual({ code: 0, stdout: "", stderr: "" })
  expect(show).toEqual({ code: 3, stdout: "", stderr: "there is no task #7\n" })
  expect(empty.isStored()).toBe(false)
  await empty.remove()
})
