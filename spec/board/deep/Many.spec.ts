/** The board with 10,000 tasks of a real supervisor, by the clock: `npm run spec:board` prints what it measured. */
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Site, site, until } from "../../shell/cli/Drover.ts"
import { asked } from "../../shell/http/World.ts"
import { checkLook } from "../Accessibility.ts"
import { launch, missing, open, type Opened, serve, type Served } from "../Browser.ts"

const tasks = 10_000
const loads = 5
const rounds = 4
const changes = 50
const firstMs = 1000
const updateMs = 50
/** Bytes of the heap between the first round and the last. */
const growth = 2_000_000

const file = (): string =>
  `[agents.rest]\nkind = "command"\ncommand = "sh"\nargs = ["-c", "sleep 600"]\n[defaults]\nagent = "rest"\n${Array.from(
    { length: tasks },
    (_, index) => `[[task]]\nname = "task ${index}"\nprompt = "p"\n`
  ).join("")}`

/** When the first cards were drawn, and what has kept the page from answering for 50 ms or more. */
const watch = `
  globalThis.drawn = null
  globalThis.long = []
  new PerformanceObserver((all) => { for (const { duration } of all.getEntries()) long.push(duration) }).observe({ type: "longtask" })
  const seen = new MutationObserver(() => {
    if (document.querySelector(".card") === null) return
    seen.disconnect()
    requestAnimationFrame(() => setTimeout(() => { globalThis.drawn = performance.now() }))
  })
  seen.observe(document, { childList: true, subtree: true })`

describe.skipIf(missing !== null)("the board with 10,000 tasks", () => {
  let here: Site
  let served: Served
  let browser: Browser
  let opened: Opened
  let page: Page

  const post = (path: string) => asked(join(here.home, "drover.sock"), path, { method: "POST" })
  const number = async (script: string): Promise<number> => Number(await page.evaluate(script))
  const load = async (): Promise<number> => {
    await page.goto(`${served.origin}/board`)
    await until(async () => (await page.evaluate("drawn")) !== null)
    return number("drawn")
  }

  beforeAll(async () => {
    here = await site()
    served = await serve(here)
    await here.write("many.toml", file())
    here.start(["run", "many.toml"])
    const socket = join(here.home, "drover.sock")
    await until(async () => {
      const body: unknown = JSON.parse((await asked(socket, "/api/board")).text)
      return (
        typeof body === "object" &&
        body !== null &&
        "cards" in body &&
        Array.isArray(body.cards) &&
        body.cards.length === tasks
      )
    })
    browser = await launch()
    opened = await open(browser, here)
    page = opened.page
    await page.addInitScript(watch)
  })

  afterAll(async () => {
    await browser?.close()
    if (here === undefined) return
    await here.run("down", "--stop-agents")
    await here.remove()
  })

  it("BRD-16 cards are drawn within a second", async () => {
    const times: Array<number> = []
    for (let index = 0; index < loads; index++) times.push(await load())
    console.log(`cards drawn after ${times.map(Math.round).join(", ")} ms`)
    // Of several, because others work on the machine too.
    expect(Math.min(...times)).toBeLessThan(firstMs)
  })

  it("BRD-16 an update takes the main thread for 50 ms at most, and memory stays flat", async () => {
    await load()
    const session = await page.context().newCDPSession(page)
    await session.send("Performance.enable")
    const metrics = async () => {
      await session.send("HeapProfiler.collectGarbage")
      const { metrics: all } = await session.send("Performance.getMetrics")
      const of = (wanted: string): number => all.find(({ name }) => name === wanted)?.value ?? 0
      return { heap: of("JSHeapUsedSize"), nodes: of("Nodes"), script: of("ScriptDuration"), busy: of("TaskDuration") }
    }
    const found: Array<{ heap: number; nodes: number; long: number }> = []
    for (let round = 0; round < rounds; round++) {
      await page.evaluate("long.length = 0")
      const before = await metrics()
      const asks = await number(
        "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/board')).length"
      )
      for (let index = 0; index < changes; index++) {
        const id = 2 + round * changes + index
        await post(`/api/tasks/${id}/freeze`)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      await page.locator(`.card[data-id="2"]`).getByText("frozen").waitFor()
      const after = await metrics()
      const updates =
        (await number(
          "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/board')).length"
        )) - asks
      const long = await number("Math.max(0, ...long)")
      found.push({ heap: after.heap, nodes: after.nodes, long })
      const each = (seconds: number): string => ((seconds * 1000) / Math.max(1, updates)).toFixed(1)
      console.log(
        `${updates} updates: script ${each(after.script - before.script)} ms and all work ${each(after.busy - before.busy)} ms each, ` +
          `longest task ${long === 0 ? "below 50" : long} ms, heap ${Math.round(after.heap / 1000)} KB, ${after.nodes} nodes`
      )
    }
    expect(Math.min(...found.map(({ long }) => long))).toBeLessThanOrEqual(updateMs)
    expect((found.at(-1)?.heap ?? 0) - (found[0]?.heap ?? 0)).toBeLessThan(growth)
    expect(Math.max(...found.map(({ nodes }) => nodes))).toBeLessThan(5000)
    expect(opened.troubles).toEqual([])
  })

  it("BRD-17 axe finds nothing wrong with any part of the page, in any colours, wide, on a phone and at 320 pixels", async () => {
    const parts = ["", "/attempts", "/output", "/changes", "/ledger", "/graph", "/spend"].map(
      (part) => `/board/tasks/1${part}`
    )
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1400, 390, 320]) {
        await checkLook(page, served.origin, { colorScheme, width, paths: ["/board", "/board/fleet", ...parts] })
      }
    }
  })
})
