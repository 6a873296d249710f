/** The board with 10,000 tasks of a real supervisor, by the clock: `npm run spec:board` prints what it measured. */
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Site, site, until } from "../../shell/cli/Drover.ts"
import { asked } from "../../shell/http/World.ts"
import { launch, missing, open, type Opened, serve, type Served } from "../Browser.ts"
import { meter, watchLong } from "./Measure.ts"

const tasks = 10_000
const loads = 5
/** An hour in which each second has a change, replayed in two minutes; and how often it is looked at meanwhile. */
const changes = 3600
const replayMs = 120_000
const looks = 12
const firstMs = 1000
const updateMs = 50
/** Bytes of the heap between the second look and the last. */
const growth = 2_000_000

const file = (): string =>
  `[agents.rest]\nkind = "command"\ncommand = "sh"\nargs = ["-c", "sleep 600"]\n[defaults]\nagent = "rest"\n${Array.from(
    { length: tasks },
    (_, index) => `[[task]]\nname = "task ${index}"\nprompt = "p"\n`
  ).join("")}`

/** When the first cards were drawn. */
const watch = `${watchLong}
  globalThis.drawn = null
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

  it("BRD-16 an hour of changes in two minutes: an update takes the main thread for 50 ms at most, and memory stays flat", async () => {
    await load()
    const measure = await meter(page)
    const counted = () =>
      number("performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/board')).length")
    // The browser remembers 250 of them unless it is told to remember more.
    await page.evaluate("performance.setResourceTimingBufferSize(100000)")
    const found: Array<{ heap: number; nodes: number; long: number; each: number }> = []
    const begin = Date.now()
    let before = await measure()
    let asks = await counted()
    await page.evaluate("long.length = 0")
    for (let index = 0; index < changes; index++) {
      // Each is frozen, and later what it was.
      const id = 2 + (index % (changes / 2))
      const { status } = await post(`/api/tasks/${id}/${index < changes / 2 ? "freeze" : "unfreeze"}`)
      if (status !== 200) throw new Error(`#${id}: ${status}`)
      const early = begin + ((index + 1) * replayMs) / changes - Date.now()
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
      if ((index + 1) % (changes / looks) > 0) continue
      const long = await number("Math.max(0, ...long)")
      const after = await measure()
      const updates = (await counted()) - asks
      const each = (seconds: number): number => (seconds * 1000) / Math.max(1, updates)
      found.push({ heap: after.heap, nodes: after.nodes, long, each: each(after.busy - before.busy) })
      console.log(
        `${index + 1} changes after ${Math.round((Date.now() - begin) / 1000)} s, ${updates} updates: script ${each(after.script - before.script).toFixed(1)} ms ` +
          `and all work ${each(after.busy - before.busy).toFixed(1)} ms each, longest task ${long === 0 ? "below 50" : long} ms, ` +
          `heap ${Math.round(after.heap / 1000)} KB, ${after.nodes} nodes`
      )
      before = await measure()
      asks = await counted()
      await page.evaluate("long.length = 0")
    }
    // The last change is seen, and nothing of the first half.
    await until(async () => (await page.locator(".card.held").count()) === 0)
    expect(await page.locator(".card").first().getAttribute("data-id")).toBe("1")
    expect(found).toHaveLength(looks)
    // Others work on the machine too: no single look is told from them, but most are.
    const longest = found.map(({ long }) => long).toSorted((a, b) => a - b)
    expect(longest[Math.floor(looks / 2)]).toBeLessThanOrEqual(updateMs)
    expect(Math.max(...found.map(({ each }) => each))).toBeLessThanOrEqual(updateMs)
    expect((found.at(-1)?.heap ?? 0) - (found[1]?.heap ?? 0)).toBeLessThan(growth)
    expect(Math.max(...found.map(({ nodes }) => nodes))).toBeLessThan(5000)
    expect(opened.troubles).toEqual([])
  })
})
