/** Every part of the page, with tasks of every kind, in every look: axe looks at it, and a picture of it is kept. */
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Site, site } from "../../shell/cli/Drover.ts"
import { checkLook } from "../Accessibility.ts"
import { launch, missing, open, type Opened, type Served, serve } from "../Browser.ts"
import { submit } from "../Tasks.ts"

describe.skipIf(missing !== null)("all of the page", () => {
  let here: Site
  let served: Served
  let browser: Browser
  let opened: Opened

  beforeAll(async () => {
    here = await site()
    served = await serve(here)
    browser = await launch()
    await submit(here)
    opened = await open(browser, here)
    const { page } = opened
    for (const [id, text] of Object.entries({ 1: "done", 2: "review", 3: "blocked", 4: "running" })) {
      await page.locator(`.card[data-id="${id}"]`).getByText(text, { exact: true }).first().waitFor()
    }
    await here.run("submit", "--name", "later", "--prompt", "p", "--agent", "sh", "--upcoming")
  })

  afterAll(async () => {
    await browser?.close()
    if (here === undefined) return
    await here.run("down", "--stop-agents")
    await here.remove()
  })

  it("BRD-17 axe finds nothing wrong with any part of the page, in any colours, wide, on a phone and at 320 pixels", async () => {
    const parts = ["", "/attempts", "/output", "/changes", "/ledger", "/graph", "/spend"]
    const tasks = [3, 2].flatMap((id) => parts.map((part) => `/board/tasks/${id}${part}`))
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1400, 390, 320]) {
        const paths = [
          "/board",
          "/board?q=is%3Aneeds-you",
          "/board/fleet",
          ...(width === 320 ? tasks.slice(0, 7) : tasks)
        ]
        await checkLook(opened.page, served.origin, { colorScheme, width, paths })
      }
    }
    expect(opened.troubles).toEqual([])
  })
})
