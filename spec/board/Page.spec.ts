import { createRequire } from "node:module"
import { readFile } from "node:fs/promises"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Site, site, until } from "../shell/cli/Drover.ts"
import { launch, missing, open, type Opened, type Served, serve } from "./Browser.ts"
import { hostile, printed, submit } from "./Tasks.ts"

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js")

describe.skipIf(missing !== null)("the page in a browser", () => {
  let here: Site
  let served: Served
  let browser: Browser
  let opened: Opened
  let page: Page

  const column = (name: string) => page.getByRole("region", { name: new RegExp(`^${name}`) })
  const card = (id: number) => page.locator(`.card[data-id="${id}"]`)
  const pathOf = (): string => new URL(page.url()).pathname
  const visit = (path: string): Promise<unknown> => page.goto(served.origin + path)
  const press = (keys: string): Promise<void> => page.keyboard.press(keys)

  beforeAll(async () => {
    here = await site()
    served = await serve(here)
    browser = await launch()
    await submit(here)
    opened = await open(browser, here)
    page = opened.page
  })

  afterAll(async () => {
    await browser?.close()
    if (here === undefined) return
    await here.run("down", "--stop-agents")
    await here.remove()
  })

  it("BRD-14 tasks move from column to column without the page being loaded again", async () => {
    await column("Done").locator('.card[data-id="1"]').waitFor()
    await column("QA").locator('.card[data-id="2"]').waitFor()
    await column("Coding").locator('.card[data-id="3"]').getByText("blocked").waitFor()
    await column("Coding").locator('.card[data-id="4"]').getByText("running").waitFor()
    await here.run("submit", "--name", "later", "--prompt", "p", "--agent", "sh", "--upcoming")
    await column("Backlog").getByText("later").waitFor()
    expect(opened.troubles).toEqual([])
  })

  it("BRD-10 a held task stays in its column and says that it is held, and what needs a person is above all", async () => {
    await here.run("freeze", "5")
    await column("Backlog").locator('.card.held[data-id="5"]').getByText("frozen").waitFor()
    const needs = page.getByRole("region", { name: /^Needs you/ })
    await needs.getByText("the verifiers passed; a person approves").waitFor()
    expect(await needs.getByRole("link").count()).toBe(2)
    await column("Archived").waitFor()
    expect(await column("Closed").getByRole("button").getAttribute("aria-expanded")).toBe("false")
  })

  it("BRD-3 what an agent wrote stays text wherever it is shown, and nothing is asked of another host", async () => {
    expect(await card(1).locator(".name").textContent()).toBe(hostile)
    for (const part of ["", "/attempts", "/output", "/changes", "/ledger", "/graph", "/spend"]) {
      await visit(`/board/tasks/1${part}`)
      await page.locator(".part").getByText("Reading…").waitFor({ state: "detached" })
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(`#1 ${hostile}`)
      if (part === "/output") {
        await page.getByRole("button", { name: "Beginning" }).click()
        await page.locator(".line", { hasText: "onerror" }).waitFor()
      }
      expect(await page.locator("img").count()).toBe(0)
    }
    expect(await page.title()).toBe(`#1 ${hostile} – drover`)
    expect(await page.locator("#page script, #page style").count()).toBe(0)
    expect(opened.troubles).toEqual([])
  })

  it("BRD-12 keys alone select a card, open it, leave it, search and approve", async () => {
    await visit("/board")
    await card(2).waitFor()
    await press("/")
    await page.keyboard.type("is:needs-you review")
    await page.getByText("1 of 5 tasks").waitFor()
    await press("Escape")
    await press("Escape")
    await card(4).waitFor()
    await press("j")
    await press("l")
    await press("j")
    await page.locator(".card.selected:focus").waitFor()
    await press("l")
    expect(await page.locator(".card.selected").getAttribute("data-id")).toBe("2")
    await press("Enter")
    await page.getByRole("heading", { level: 1, name: "review" }).waitFor()
    expect(pathOf()).toBe("/board/tasks/2")
    await press("2")
    expect(pathOf()).toBe("/board/tasks/2/attempts")
    await press("Escape")
    expect(pathOf()).toBe("/board")
    await press("a")
    await column("Done").locator('.card[data-id="2"]').waitFor()
    await press("a")
    await page.getByText(/"approve" means nothing now/).waitFor()
    await press("?")
    await page.getByRole("dialog", { name: "Keys" }).getByRole("checkbox").click()
    await press("Escape")
    await press("v")
    expect(pathOf()).toBe("/board")
    await page.getByRole("button", { name: "Keys" }).click()
    await page.getByRole("checkbox").click()
    await press("Escape")
  })

  it("BRD-13 what would destroy something is asked first, and not done where a person leaves it", async () => {
    await visit("/board/tasks/4")
    await press("x")
    const dialog = page.getByRole("dialog", { name: "Cancel task: #4 slow" })
    await dialog.getByText("What runs is stopped").waitFor()
    await dialog.getByRole("button", { name: "Leave it" }).click()
    await dialog.waitFor({ state: "detached" })
    await press("r")
    await page
      .getByRole("dialog", { name: /^Retry/ })
      .getByText("Something is at work")
      .waitFor()
    await press("Escape")
    await page.getByRole("button", { name: "Supersede…" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Supersede" }).click()
    await page.getByRole("alert").getByText("it is needed").waitFor()
    await press("Escape")
    expect(JSON.stringify(await here.json("show", "4", "--json"))).toContain('"state":"RUNNING"')
    await page.getByRole("button", { name: "Reject…" }).click()
    await page.getByLabel("Why; people read it").fill("not wanted")
    await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click()
    await page.locator("main").getByText("rejected", { exact: true }).first().waitFor()
    expect(JSON.stringify(await here.json("show", "4", "--json"))).toContain("not wanted")
  })

  it("BRD-15 output is read at its end, at its beginning and at any place, and little of it is in the page", async () => {
    await visit("/board/tasks/1/output")
    const output = page.getByRole("region", { name: "Output", exact: true })
    await output.getByText(String(printed), { exact: true }).waitFor()
    await page.getByRole("button", { name: "Beginning" }).click()
    await output.getByText("1", { exact: true }).waitFor()
    await page.getByRole("slider").fill("500")
    await until(async () => {
      const shown = (await output.locator("code").allTextContents()).map(Number)
      const first = shown[0] ?? 0
      return first > 10_000 && first < 20_000 && shown.every((number, index) => number === first + index)
    })
    // By scrolling alone, over what has to be read, to the end.
    await output.focus()
    await until(async () => {
      await press("End")
      return (await output.getByText(String(printed), { exact: true }).count()) > 0
    })
    expect(await output.locator(".line").count()).toBeLessThan(200)
  })

  it("BRD-17 axe finds nothing wrong by WCAG 2.2 AA, in light, dark and on a phone", async () => {
    const source = await readFile(axe, "utf8")
    const check = async (what: string): Promise<void> => {
      await page.evaluate(source)
      const found: unknown =
        await page.evaluate(`axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
        .then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html, failureSummary }) => html.slice(0, 150) + failureSummary).join(" | ")))`)
      expect([what, found]).toEqual([what, []])
    }
    for (const [colorScheme, width] of [
      ["light", 1400],
      ["dark", 1400],
      ["dark", 390]
    ] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 844 })
      for (const path of [
        "/board",
        "/board/tasks/3",
        "/board/tasks/3/attempts",
        "/board/tasks/1/output",
        "/board/tasks/3/ledger",
        "/board/tasks/1/graph",
        "/board/tasks/1/spend",
        "/board/fleet"
      ]) {
        await visit(path)
        await page.getByText("live", { exact: true }).waitFor()
        await page.getByText("Reading…").waitFor({ state: "detached" })
        await check(`${path} ${colorScheme} ${width}`)
        expect([path, await page.evaluate("document.documentElement.scrollWidth <= innerWidth")]).toEqual([path, true])
      }
      await press("?")
      await check(`keys ${colorScheme} ${width}`)
    }
    await page.setViewportSize({ width: 1400, height: 900 })
  })

  it("BRD-14 a supervisor that is away is told at once, and what happened meanwhile is there when one is back", async () => {
    await visit("/board")
    await page.getByText("live", { exact: true }).waitFor()
    served.up.child.kill("SIGKILL")
    await page.getByRole("alert").getByText("The supervisor is away").waitFor()
    await card(3).waitFor()
    await here.run("submit", "--name", "meanwhile", "--prompt", "p", "--agent", "sh", "--upcoming")
    served = await serve(here, served.port)
    await column("Backlog").getByText("meanwhile").or(page.getByText("Signed out")).waitFor()
    if ((await page.getByText("Signed out").count()) > 0) throw new Error("the session did not outlive the supervisor")
    expect(await page.getByRole("alert").count()).toBe(0)
  })
})
