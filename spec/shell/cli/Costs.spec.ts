/** What was spent, from the outside: by account and by batch, with what is not known told as unknown. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { BatchId } from "../../../core/task/Identifiers.ts"
import { lines, toJson } from "../../../shell/cli/CostTable.ts"
import type { CostShare } from "../../../shell/store/CostShare.ts"
import { type Site, site } from "./Drover.ts"

let here: Site

/** The last lines of a program: what it says it cost; `said` is JSON. */
const result = (usd: number, said = "ok"): string =>
  `echo '{"type":"result","is_error":false,"total_cost_usd":${usd},"result":"${said}"}'; exit`

const tasks = `
[agents.coder]
kind = "command"
command = "sh"
account = "team"
[agents.reviewer]
kind = "command"
command = "sh"
args = ["reviewer.sh"]
[agents.small]
kind = "command"
command = "sh"
[defaults]
agent = "coder"
max_retries = 1
[[task]]
name = "judged"
prompt = """${result(1.25)}"""
verify = [{ agent = "reviewer", prompt = "Is it good?" }]
[[task]]
name = "twice"
prompt = """
[ -e ../once ] || { touch ../once; ${result(0.1)} 3; }
${result(0.1)}
"""
[[task]]
name = "small"
agent = "small"
prompt = """${result(0.002)}"""
`

const silent = `
[[task]]
name = "silent"
agent = "sh"
prompt = "true"
`

beforeAll(async () => {
  here = await site()
  await here.write("tasks.toml", tasks)
  await here.write("silent.toml", silent)
  await here.write("reviewer.sh", result(0.5, "VERDICT: PASS"))
  expect(await here.json("status", "--costs", "--json")).toEqual({
    accounts: [],
    batches: [],
    total: { tasks: 0, at_work: 0, attempts: 0, judgements: 0, cost_usd: 0, cost_is_complete: true }
  })
  expect((await here.run("status", "--costs")).stdout).toBe("no tasks yet\n")
  for (const file of ["tasks.toml", "silent.toml"]) {
    expect(await here.run("run", file)).toMatchObject({ code: 0 })
  }
}, 300_000)
afterAll(() => here.remove())

const counted = { at_work: 0, cost_is_complete: true }

it("API-10 status --costs has what each account and each batch was paid, and the sum of all", async () => {
  const accounts = [
    { id: "team", ...counted, tasks: 2, attempts: 3, judgements: 0, cost_usd: 1.45 },
    { id: "reviewer", ...counted, tasks: 0, attempts: 0, judgements: 1, cost_usd: 0.5 },
    { id: "small", ...counted, tasks: 1, attempts: 1, judgements: 0, cost_usd: 0.002 }
  ]
  const unknown = { ...counted, tasks: 1, attempts: 1, judgements: 0, cost_usd: null, cost_is_complete: false }
  const first = { ...counted, tasks: 3, attempts: 4, judgements: 1, cost_usd: 1.952 }
  const batches = [{ batch: 1, file: `${here.folder}/tasks.toml`, ...first }]
  expect(await here.json("status", "--costs", "--json")).toEqual({
    accounts: [...accounts, { id: "sh", ...unknown }],
    batches: [...batches, { batch: 2, file: `${here.folder}/silent.toml`, ...unknown }],
    total: { ...first, tasks: 4, attempts: 5, cost_is_complete: false }
  })
  expect(await here.json("status", "--costs", "--batch", "tasks.toml", "--json")).toEqual({
    accounts,
    batches,
    total: first
  })
})

it("API-10 status --costs shows a lower bound where something is unknown, and what is less than a cent as such", async () => {
  const { stdout } = await here.run("status", "--costs")
  expect(stdout).toMatch(/^ACCOUNT +TASKS +ATTEMPTS +JUDGED +COST$/m)
  expect(stdout).toMatch(/^team +2 +3 +0 +\$1\.45$/m)
  expect(stdout).toMatch(/^small +1 +1 +0 +<\$0\.01$/m)
  expect(stdout).toMatch(/^sh +1 +1 +0 +unknown$/m)
  expect(stdout).toMatch(/^ +1 +3 +4 +1 +\$1\.95 +\/.*tasks\.toml$/m)
  expect(stdout).toMatch(/^4 tasks, 5 attempts, judged 1 time, cost unknown, at least \$1\.95$/m)
  const submitted = ["--name", "alone", "--prompt", "true", "--agent", "sh"]
  expect((await here.run("submit", ...submitted)).code).toBe(0)
  expect((await here.run("archive", "1", "2")).code).toBe(0)
  const after = (await here.run("status", "--costs")).stdout
  expect(after).toMatch(/^ +none +1 +0 +0 +\$0\.00 +\(submitted one by one\)$/m)
  expect(after).toMatch(/^team +2 +3 +0 +\$1\.45$/m)
})

it("API-10 status --costs refuses options that mean nothing to it, and a batch that is not there", async () => {
  for (const flags of [["--all"], ["--watch"], ["--state", "DONE"]]) {
    const { code, stderr } = await here.run("status", "--costs", ...flags)
    expect([code, stderr]).toEqual([2, expect.stringContaining("--costs stands alone")])
  }
  expect((await here.run("status", "--costs", "--batch", "77")).code).toBe(3)
})

/** Of a batch whose one task cost a tenth of a dollar and is at work again. */
const share = (batch: number): CostShare => ({
  account: "team",
  batch: BatchId.make(batch),
  path: `/${batch}.toml`,
  tasks: 1,
  atWork: 1,
  attempts: 2,
  judgements: 0,
  nanoUsd: 100_000_000,
  isUnknown: false
})

it("API-10 of many batches people are shown the latest fifty and told of the rest, and the sum has all of them", () => {
  const shares = Array.from({ length: 53 }, (_, index) => share(index + 1))
  const shown = lines(shares, null)
  expect(shown.filter((line) => line.endsWith(".toml")).map((line) => Number.parseInt(line, 10))).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 4)
  )
  expect(shown).toContain("… and 3 earlier: --json has all of them")
  expect(shown.slice(-2)).toEqual([
    "53 tasks, 106 attempts, cost $5.30",
    "53 tasks at work: what runs now is counted when it has ended"
  ])
  expect(lines(shares.slice(0, 50), null).join("\n")).not.toContain("earlier")
  const document = toJson(shares)
  expect(document.batches).toHaveLength(53)
  expect(document.total).toMatchObject({ tasks: 53, at_work: 53, cost_usd: 5.3 })
})
