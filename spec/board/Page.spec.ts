import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Site, site, until } from "../shell/cli/Drover.ts"
import { checkLook } from "./Accessibility.ts"
import { checkCanaries } from "./Canaries.ts"
import { answer } from "./Cards.ts"
import { launch, missing, open, type Opened, type Served, serve, streams } from "./Browser.ts"
import { hostile, printed, submit } from "./Tasks.ts"

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
  }, 60_000)

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
    const parts = ["", "/attempts", "/output", "/changes", "/ledger", "/graph", "/spend"]
    for (const part of parts) {
      await visit(`/board/tasks/1${part}`)
      await page.locator(".part").getByText("Reading…").waitFor({ state: "detached" })
      expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(`#1 ${hostile}`)
      if (part === "/output") {
        await page.getByRole("button", { name: "Beginning" }).click()
        await page.locator(".line", { hasText: "onerror" }).waitFor()
      }
      expect(await page.locator("img").count()).toBe(0)
    }
    await until(async () => (await page.title()).replace(/^\(\d+\) /, "") === `#1 ${hostile} – drover`)
    await until(async () => JSON.stringify(await here.json("show", "3", "--json")).includes('"NEEDS_HUMAN"'))
    await checkCanaries(page, served.origin)
    await until(async () => /^\(\d+\) drover$/.test(await page.title()))
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
    const left = await dialog.elementHandle()
    await dialog.getByRole("button", { name: "Leave it" }).click()
    await dialog.waitFor({ state: "detached" })
    await press("r")
    const asked = page.getByRole("dialog", { name: /^Retry/ }).getByText("Something is at work")
    await asked.waitFor()
    // A browser may say this late that the first one has closed.
    await left?.dispatchEvent("close")
    await page.evaluate("new Promise(requestAnimationFrame)")
    expect(await asked.count()).toBe(1)
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
    const looks = [
      { colorScheme: "light", width: 1400, paths: ["/board", "/board/tasks/3/attempts", "/board/tasks/3/ledger"] },
      { colorScheme: "dark", width: 1400, paths: ["/board/tasks/3", "/board/tasks/1/output", "/board/fleet"] },
      { colorScheme: "dark", width: 390, paths: ["/board", "/board/tasks/1/graph", "/board/tasks/1/spend"] }
    ] as const
    for (const look of looks) await checkLook(page, served.origin, look)
    await page.setViewportSize({ width: 1400, height: 900 })
  })

  it("BRD-16 of 10,000 tasks only what is to be seen is in the page, and a change of one touches that one", async () => {
    const other = await open(browser, here)
    let revision = 0
    await other.page.route("**/api/board**", (route) => {
      const isFirst = revision === 0
      revision += 1
      return route.fulfill({ json: answer(10_000, isFirst ? null : { id: 5, revision: revision + 1 }) })
    })
    await other.page.goto(`${served.origin}/board`)
    const changed = other.page.locator('.card[data-id="5"]')
    await changed.waitFor()
    expect(await other.page.locator("*").count()).toBeLessThan(2000)
    const changes = async (): Promise<void> => {
      const text = await changed.textContent()
      await until(async () => (await changed.textContent()) !== text)
    }
    // Until then cards are measured.
    await changes()
    await other.page.evaluate(`
      globalThis.touched = new Set()
      new MutationObserver((all) => {
        for (const { target } of all) touched.add((target.closest ? target : target.parentElement).closest("[data-id]")?.dataset.id ?? "none")
      }).observe(document.querySelector(".columns"), { childList: true, characterData: true, subtree: true })`)
    await changes()
    await changes()
    expect(await other.page.evaluate("[...touched]")).toEqual(["5"])
    await other.page.evaluate("document.querySelector('[aria-labelledby=column-done] .cards').scrollTop = 50000")
    await until(async () => Number(await other.page.locator(".card").last().getAttribute("data-id")) > 1000)
    expect(await other.page.locator("*").count()).toBeLessThan(2000)
    expect(other.troubles).toEqual([])
    await other.context.close()
  })

  it("BRD-14 a stream that says nothing for 40 s is given up and another one asked for, which tells what happened", async () => {
    const { context, page: other } = await open(browser, here)
    await other.clock.install()
    const { all, open: now } = streams(other)
    // Its clock is that of the context from here on.
    await other.goto(`${served.origin}/board`)
    await other.getByText("live", { exact: true }).waitFor()
    await until(() => now() === 1)
    // It lives, and does nothing: its connections stay open.
    served.up.child.kill("SIGSTOP")
    try {
      await other.clock.fastForward(39_000)
      expect(all()).toBe(1)
      await other.clock.fastForward(2000)
      await until(() => all() === 2 || (void other.clock.fastForward(500), false))
    } finally {
      served.up.child.kill("SIGCONT")
    }
    await here.run("submit", "--name", "after silence", "--prompt", "p", "--agent", "sh", "--upcoming")
    await other.getByText("after silence").waitFor()
    expect(now()).toBe(1)
    await context.close()
  })

  it("BRD-14 a tab that nobody looks at gives its stream back, counts on in its title, and shows all when it is seen", async () => {
    const { context, page: other } = await open(browser, here)
    await other.addInitScript(`
      globalThis.seen = "visible"
      Object.defineProperty(document, "visibilityState", { get: () => seen })
      globalThis.turn = (to) => { seen = to; document.dispatchEvent(new Event("visibilitychange")) }`)
    await other.clock.install()
    const { open: now } = streams(other)
    await other.goto(`${served.origin}/board`)
    await other.getByText("live", { exact: true }).waitFor()
    await until(() => now() === 1)
    const count = async (): Promise<number> => Number(/^\((\d+)\)/.exec(await other.title())?.[1] ?? 0)
    // What needs a person is asked apart from the cards.
    await until(async () => (await count()) > 0)
    const before = await count()
    await other.evaluate("turn('hidden')")
    // The next answer is older than what happens now: what a task needed goes a moment after the task.
    const told = await here.json("attention", "--json")
    await other.route("**/attention", (route) => route.fulfill({ json: told }), { times: 1 })
    await here.run("submit", "--name", "unseen", "--prompt", "p", "--agent", "sh", "--upcoming")
    await here.run("cancel", "3")
    await other.clock.fastForward(61_000)
    await until(() => now() === 0)
    await until(async () => (await count()) === before - 1 || (void other.clock.fastForward(30_000), false))
    await other.evaluate("turn('visible')")
    await other.getByText("unseen").waitFor()
    await until(() => now() === 1)
    await context.close()
  })

  it("BRD-14 a supervisor that is away is told at once, and what happened meanwhile is there when one is back", async () => {
    await visit("/board")
    await page.getByText("live", { exact: true }).waitFor()
    served.up.child.kill("SIGKILL")
    await page.getByRole("alert").getByText("The supervisor is away").waitFor()
    await card(5).waitFor()
    await here.run("submit", "--name", "meanwhile", "--prompt", "p", "--agent", "sh", "--upcoming")
    served = await serve(here, served.port)
    await column("Backlog").getByText("meanwhile").or(page.getByText("Signed out")).waitFor()
    if ((await page.getByText("Signed out").count()) > 0) throw new Error("the session did not outlive the supervisor")
    expect(await page.getByRole("alert").allTextContents()).toEqual([])
  })
})
