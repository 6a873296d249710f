/** What a person settles on the page, and what the page does where its supervisor is not as it was. */
import { mkdir, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Site, site, until } from "../shell/cli/Drover.ts"
import { asked } from "../shell/http/World.ts"
import { launch, link, missing, open, type Opened, type Served, serve, streams } from "./Browser.ts"
import { picture } from "./Pictures.ts"
import { hostile } from "./Tasks.ts"

const configuration = `
[policy]
backoff_base_ms = 1
stop_grace_ms = 500
[agents.sh]
kind = "command"
command = "sh"
[action_claim]
enabled = true
[guards.inactivity]
enabled = false
owner = "Ada"
reason = "slow models"
until = 2999-12-01T00:00:00Z
`

/** 1 finds its account paused, 2 is done and archived, 3 is cancelled. */
const tasks = (folder: string): string => `
[agents.keyed]
kind = "command"
command = "sh"
account = "plan"
[defaults]
max_retries = 0
[[task]]
name = "needs a key"
agent = "keyed"
cwd = ${JSON.stringify(join(folder, "a"))}
prompt = """
[ -e key ] || { echo '{"type":"result","is_error":true,"api_error_status":401,"result":"no"}'; exit 1; }
"""
[[task]]
name = "put away"
agent = "sh"
cwd = ${JSON.stringify(join(folder, "b"))}
prompt = "true"
[[task]]
name = "not wanted"
agent = "sh"
cwd = ${JSON.stringify(join(folder, "c"))}
prompt = "true"
start = "manual"
`

describe.skipIf(missing !== null)("a person at the page", () => {
  let here: Site
  let served: Served
  let browser: Browser
  let opened: Opened
  let page: Page

  const column = (name: string) => page.getByRole("region", { name: new RegExp(`^${name}`) })
  const card = (id: number) => page.locator(`.card[data-id="${id}"]`)
  const needs = () => page.getByRole("region", { name: /^Needs you/ })
  const visit = async (path: string): Promise<void> => {
    await page.goto(served.origin + path)
    await page.getByText("live", { exact: true }).waitFor()
  }
  const submit = (name: string, ...more: ReadonlyArray<string>) =>
    here.run("submit", "--name", name, "--prompt", "true", "--agent", "sh", ...more)

  beforeAll(async () => {
    here = await site()
    await writeFile(join(dirname(here.folder), "config.toml"), configuration)
    for (const name of ["a", "b", "c"]) await mkdir(join(here.folder, name))
    await here.write("tasks.toml", tasks(here.folder))
    served = await serve(here)
    browser = await launch()
    here.start(["run", "tasks.toml"])
    opened = await open(browser, here)
    page = opened.page
    await column("Done").locator('.card[data-id="2"]').waitFor()
    await card(1).getByText("refused its credentials").waitFor()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    if (here === undefined) return
    await here.run("down", "--stop-agents")
    await here.remove()
  })

  it("BRD-10 closed and archived tasks are folded; unfolded they are there, on a phone too, and lead to their pages", async () => {
    await here.run("cancel", "3")
    const closed = column("Closed")
    await closed.getByText("1", { exact: true }).waitFor()
    expect(await card(3).count()).toBe(0)
    await closed.getByRole("button").click()
    await card(3).getByText("cancelled").waitFor()
    await closed.getByRole("button").click()
    await card(3).waitFor({ state: "detached" })
    const archived = column("Archived")
    expect(await archived.getByRole("link").count()).toBe(0)
    await archived.getByRole("button").click()
    await archived.getByText("Nothing here").waitFor()
    // What is put away while one looks comes by itself.
    await here.run("archive", "2")
    await archived.getByRole("link", { name: "put away" }).waitFor()
    expect(await archived.getByRole("link").count()).toBe(1)
    expect(await column("Done").getByRole("link").count()).toBe(0)
    await picture(page, "light 1400 archived")
    await archived.getByRole("link", { name: "put away" }).click()
    await page.getByRole("heading", { level: 1, name: "#2 put away" }).waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await visit("/board")
    await page.getByRole("navigation", { name: "Columns" }).getByRole("button", { name: "Archived" }).click()
    await column("Archived").getByRole("link", { name: "put away" }).waitFor()
    await page.setViewportSize({ width: 1400, height: 900 })
  })

  it("BRD-20 an attention item is acknowledged from the strip, stays known, and is not counted any more", async () => {
    await visit("/board")
    const item = needs().getByRole("listitem").filter({ hasText: "guard inactivity is off" })
    await item.waitFor()
    const count = async (): Promise<number> => Number(await needs().locator(".count").textContent())
    // The task whose account is paused, that account, and the guard.
    await until(async () => (await count()) === 3 && (await page.title()) === "(3) drover")
    await picture(page, "light 1400 attention")
    await item.getByRole("button", { name: "I know" }).click()
    await item.getByText("acknowledged").waitFor()
    expect(await item.getByRole("button").count()).toBe(0)
    expect(await count()).toBe(2)
    expect(await needs().getByRole("listitem").last().textContent()).toContain("guard inactivity is off")
    expect(await page.title()).toBe("(2) drover")
    const { stdout } = await here.run("attention", "--json")
    expect(stdout).toMatch(/"acknowledged_at": ?"/)
  })

  it("BRD-20 a promise is settled on the fleet's page as kept or as not wanted, and is gone from it", async () => {
    const said = { message: "I'll push the branch. I'll deploy the site.", topic: hostile, session: hostile }
    await asked(join(here.home, "drover.sock"), "/action-claim/observe", { body: JSON.stringify(said) })
    await visit("/board/fleet")
    const row = (text: string) => page.getByRole("row").filter({ hasText: text })
    // An agent names the topic.
    await row("push the branch").getByText(hostile).waitFor()
    expect(await page.locator("img, #page script").count()).toBe(0)
    await row("push the branch").getByRole("button", { name: "It was kept" }).click()
    await row("push the branch").waitFor({ state: "detached" })
    await row("deploy the site").getByRole("button", { name: "Not wanted" }).click()
    await page.getByText("No promise is open.").waitFor()
    expect(await here.json("commitments", "--all", "--json")).toMatchObject({
      commitments: [{ status: "delivered" }, { status: "withdrawn" }]
    })
  })

  it("BRD-20 the fleet is drained and opened again, and a task that waits for that says so", async () => {
    await page.getByRole("button", { name: "Drain" }).click()
    await page.getByText("Draining: nothing new begins").waitFor()
    await page.getByRole("banner").getByText("draining").waitFor()
    await submit("later")
    await visit("/board")
    await card(4).getByText("draining: nothing new is admitted").waitFor()
    await visit("/board/fleet")
    await page.getByRole("button", { name: "Open admission" }).click()
    await page.getByText("Admission is open").waitFor()
    await visit("/board")
    await column("Done").locator('.card[data-id="4"]').waitFor()
  })

  it("BRD-20 a paused account is resumed, and goes on with the task that waited for it", async () => {
    await visit("/board/fleet")
    const plan = page.getByRole("row").filter({ hasText: "plan" })
    await plan.getByText("paused").waitFor()
    await picture(page, "light 1400 fleet paused")
    await here.write("a/key", "")
    await plan.getByRole("button", { name: "Resume" }).click()
    await page.getByRole("status").getByText("plan goes on").waitFor()
    // The canary has come through: more may follow it.
    await plan.getByText("ramp").waitFor()
    await visit("/board")
    await column("Done").locator('.card[data-id="1"]').waitFor()
    expect(opened.troubles).toEqual([])
  })

  it("BRD-1 who signs out has nothing of the fleet in any tab, no stream either, and is back in all with a new link", async () => {
    const other = await opened.context.newPage()
    const { open } = streams(other)
    await other.goto(`${served.origin}/board/tasks/1`)
    await other.getByRole("heading", { level: 1, name: "#1 needs a key" }).waitFor()
    await until(() => open() === 1)
    await page.getByRole("button", { name: "Sign out" }).click()
    for (const each of [page, other]) {
      await each.getByRole("heading", { name: "Signed out" }).waitFor()
      expect(await each.locator("body").textContent()).not.toContain("needs a key")
      expect(await each.title()).toBe("drover")
      expect(await each.evaluate("localStorage.getItem('drover.key')")).toBeNull()
    }
    expect(await opened.context.cookies()).toEqual([])
    await until(() => open() === 0)
    await picture(page, "light 1400 signed out")
    await page.goto(await link(here))
    for (const each of [page, other]) await each.getByText("live", { exact: true }).waitFor()
    await other.getByRole("heading", { level: 1, name: "#1 needs a key" }).waitFor()
    await other.close()
  })

  it("BRD-21 a supervisor of another version is told, and the page loads itself again when a person wants it", async () => {
    await page.route("**/healthz", async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), version: "99.0.0" } })
    })
    await visit("/board")
    await page.getByRole("status").getByText("another version").waitFor()
    await picture(page, "light 1400 another version")
    await page.unroute("**/healthz")
    await page.getByRole("button", { name: "Reload" }).click()
    await page.getByText("another version").waitFor({ state: "detached" })
    await page.getByText("live", { exact: true }).waitFor()
  })

  it("BRD-21 an answer that can not be read is a message in its place, and a mistake of the page leaves the rest", async () => {
    await visit("/board")
    await page.route("**/api/tasks/1", (route) => route.fulfill({ json: { id: 1, name: "half of it" } }))
    await page.route("**/api/tasks/1/attempts**", (route) => route.fulfill({ body: "<html>" }))
    await visit("/board/tasks/1")
    await page.locator(".part").getByText("can not read").waitFor()
    await page.unroute("**/api/tasks/1")
    await visit("/board/tasks/1/attempts")
    await page.locator(".part").getByText("can not read").waitFor()
    await page.route("**/api/board?**", (route) => route.fulfill({ json: { cards: [null], is_whole: true } }))
    await page.getByRole("alert").getByText("can not read").waitFor()
    await page.getByRole("heading", { level: 1, name: "#1 needs a key" }).waitFor()
    await page.unroute("**/api/board?**")
    await page.getByText("live", { exact: true }).waitFor()
    // What the page draws charts with is not there.
    await page.evaluate("globalThis.ResizeObserver = undefined")
    await page.getByRole("link", { name: "Fleet" }).click()
    await page.getByRole("heading", { name: "This could not be shown" }).waitFor()
    await picture(page, "light 1400 mistake")
    await page.getByRole("link", { name: "Board" }).click()
    await page.getByRole("heading", { level: 1, name: "Board" }).waitFor({ state: "attached" })
  })
})
