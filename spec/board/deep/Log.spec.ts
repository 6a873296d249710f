/** A file of 1 GiB in the page: any place of it is near, and the page holds little of it. */
import { mkdir, open as openFile, truncate } from "node:fs/promises"
import { join } from "node:path"
import type { Browser, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Site, site, until } from "../../shell/cli/Drover.ts"
import { launch, missing, open, type Opened, serve } from "../Browser.ts"
import { type Measured, meter, watchLong } from "./Measure.ts"

const gibibyte = 1024 ** 3
/** Bytes of a line, its end among them, and how many are written at once. */
const width = 64
const atOnce = 256 * 1024
const lines = gibibyte / width
const digits = 9
/** Bytes that the page may hold more than before it had the file: 12,000 lines, and what Chromium keeps of answers. */
const mostHeap = 20_000_000

/** As many numbered lines as make 1 GiB, behind what is there. */
const fill = async (path: string): Promise<void> => {
  const block = Buffer.alloc(atOnce * width, "x")
  for (let line = 0; line < atOnce; line++) {
    block[line * width + digits] = 0x20
    block[(line + 1) * width - 1] = 0x0a
  }
  const file = await openFile(path, "a")
  for (let first = 0; first < lines; first += atOnce) {
    for (let line = 0; line < atOnce; line++) {
      let rest = first + line
      for (let at = digits - 1; at >= 0; at--) {
        block[line * width + at] = 0x30 + (rest % 10)
        rest = Math.floor(rest / 10)
      }
    }
    await file.write(block)
  }
  await file.close()
}

describe.skipIf(missing !== null)("a file of 1 GiB", () => {
  let here: Site
  let browser: Browser
  let opened: Opened
  let page: Page
  let output: Locator
  let measure: () => Promise<Measured>
  let before: Measured

  const shown = async (): Promise<ReadonlyArray<number>> =>
    (await output.locator("code").allTextContents()).map((text) => Number(text.slice(0, digits)))
  /** What is to be seen are lines of the file, one after the other, from about there on. */
  const isAt = async (line: number): Promise<boolean> => {
    const numbers = await shown()
    const first = numbers[0] ?? -1
    return Math.abs(first - line) < 20_000 && numbers.every((number, index) => number === first + index)
  }
  const say = async (what: string): Promise<void> => {
    const { heap, nodes } = await measure()
    const long = Number(await page.evaluate("Math.max(0, ...globalThis.long.splice(0))"))
    console.log(
      `${what}: heap ${Math.round((heap - before.heap) / 1000)} KB more, ${nodes} nodes, longest task ${long === 0 ? "below 50" : Math.round(long)} ms`
    )
    expect(heap - before.heap).toBeLessThan(mostHeap)
    expect(nodes).toBeLessThan(5000)
  }

  beforeAll(async () => {
    here = await site()
    const { origin } = await serve(here)
    await mkdir(join(here.folder, "a"))
    const script = "while ! [ -e go ]; do sleep 0.1; done; while :; do echo still written; sleep 0.2; done"
    await here.run("submit", "--name", "large", "--agent", "sh", "--cwd", join(here.folder, "a"), "--prompt", script)
    browser = await launch()
    opened = await open(browser, here)
    page = opened.page
    await page.addInitScript(watchLong)
    await page.locator('.card[data-id="1"]').getByText("running").waitFor()
    await page.goto(`${origin}/board/tasks/1`)
    await page.getByText("live", { exact: true }).waitFor()
    measure = await meter(page)
    before = await measure()
    await fill(join(here.home, "attempts", "1.1", "stdout.jsonl"))
    // Nothing is written of it: a line of 1 GiB without an end.
    await truncate(join(here.home, "attempts", "1.1", "stderr.log"), gibibyte)
    output = page.getByRole("region", { name: "Output", exact: true })
  })

  afterAll(async () => {
    await browser?.close()
    if (here === undefined) return
    await here.run("down", "--stop-agents")
    await here.remove()
  })

  it("BRD-15 the end, the beginning and any place of 1 GiB are shown, by the slider and by scrolling", async () => {
    await page.getByRole("link", { name: "Output" }).click()
    await output.getByText(String(lines - 1).padStart(digits, "0")).waitFor()
    await say("at the end")
    await page.getByRole("button", { name: "Beginning" }).click()
    await output.getByText("0".repeat(digits)).waitFor()
    for (const place of [500, 250, 999, 1, 750]) {
      await page.getByRole("slider").fill(String(place))
      await until(() => isAt(Math.floor((place / 1000) * lines)))
    }
    await say("after jumps")
    // By scrolling alone, over more than is held of it.
    const [from = 0] = await shown()
    await output.focus()
    await until(async () => {
      await page.keyboard.press("End")
      return ((await shown())[0] ?? 0) > from + 30_000
    })
    await until(async () => {
      await page.keyboard.press("Home")
      return ((await shown())[0] ?? 0) < from - 30_000
    })
    await say("after scrolling")
  })

  it("BRD-15 a page with 1 GiB follows what is still written, and its keys and its other parts answer", async () => {
    await page.getByRole("button", { name: "Follow the end" }).click()
    await output.getByText(String(lines - 1).padStart(digits, "0")).waitFor()
    await here.write("a/go", "")
    await output.getByText("still written").nth(20).waitFor()
    await say("following")
    await page.keyboard.press("Escape")
    await page.locator('.card[data-id="1"]').waitFor()
    await page.keyboard.press("Enter")
    await page.keyboard.press("3")
    await output.getByText("still written").first().waitFor()
  })

  it("BRD-15 a line of 1 GiB is shown piece by piece, and no more of it is held than of others", async () => {
    await page.getByLabel("File").selectOption({ label: "attempt 1 · stderr · 1.0 GiB" })
    await output.getByRole("button", { name: /^…/ }).first().waitFor()
    await page.getByRole("slider").fill("500")
    await until(async () => (await page.getByRole("slider").inputValue()) === "500")
    await output.focus()
    for (let screen = 0; screen < 100; screen++) await page.keyboard.press(screen < 60 ? "End" : "Home")
    await say("in a line without an end")
    expect(opened.troubles).toEqual([])
  })
})
