/** A paused account from the outside: the run ends and says why, and a person lets it go on. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Site, site } from "./Drover.ts"

let here: Site

const tasks = `
[agents.keyed]
kind = "command"
command = "sh"
account = "plan"
[defaults]
agent = "keyed"
max_retries = 0
[[task]]
name = "one"
prompt = """
[ -e key ] || { echo '{"type":"result","is_error":true,"api_error_status":401,"result":"no"}'; exit 1; }
"""
[[task]]
name = "two"
cwd = "."
prompt = "true"
depends_on = ["one"]
`

beforeAll(async () => {
  here = await site()
  await here.write("tasks.toml", tasks)
})
afterAll(() => here.remove())

it("TCK-10 a run whose account is paused ends, and every listing names the command that lets it go on", async () => {
  const ran = await here.run("run", "tasks.toml")
  expect(ran.code).toBe(5)
  expect(ran.stdout).toContain("drover resume-account plan")

  expect(await here.json("status", "--json")).toMatchObject({
    tasks: [
      { name: "one", state: "NEEDS_HUMAN", attempt: 1 },
      { name: "two", stuck_on: 1 }
    ],
    accounts: [{ id: "plan", state: "paused", limited_until: null }]
  })
  expect((await here.run("status")).stdout).toContain("drover resume-account plan")
  const doctor = await here.run("doctor")
  expect(doctor.code).toBe(1)
  expect(doctor.stdout).toMatch(/FAIL {2}accounts.*account plan is paused/)

  const unknown = await here.run("resume-account", "nobody")
  expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining("known: plan")])

  await here.write("key", "")
  expect((await here.run("resume-account", "plan")).stdout).toContain("the next attempt is the canary")
  const again = await here.run("run", "tasks.toml", "--json")
  expect(again.code).toBe(0)
  expect(JSON.parse(again.stdout).tasks).toMatchObject([{ state: "DONE" }, { state: "DONE" }])
  expect((await here.run("doctor")).code).toBe(0)
})
