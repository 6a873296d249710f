/** The quick start, watched on the board from its first task to its last. */
import { cp } from "node:fs/promises"
import { execFile } from "node:child_process"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import * as Schema from "effect/Schema"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Site, site } from "../../shell/cli/Drover.ts"
import { launch, missing, open, type Opened, serve } from "../Browser.ts"
import { picture } from "../Pictures.ts"

const example = resolve(import.meta.dirname, "../../../docs/examples/quickstart")

const run = promisify(execFile)
const decode = Schema.decodeUnknownSync(Schema.Record({ key: Schema.String, value: Schema.Array(Schema.String) }))

/** Every card as it was drawn, whenever anything of it changed: its column, and its text. */
const watch = `
  globalThis.seen = {}
  const look = () => {
    for (const card of document.querySelectorAll(".card[data-id]")) {
      const column = card.closest("section").getAttribute("aria-labelledby").replace("column-", "")
      const all = (seen[card.dataset.id] ??= [])
      const text = column + ": " + card.innerText.replaceAll(/\\s+/g, " ")
      if (all.at(-1) !== text) all.push(text)
    }
  }
  look()
  new MutationObserver(look).observe(document.getElementById("page"), { childList: true, characterData: true, subtree: true })`

describe.skipIf(missing !== null)("the quick start on the board", () => {
  let here: Site
  let browser: Browser
  let opened: Opened

  beforeAll(async () => {
    here = await site()
    await cp(example, join(here.folder, "quickstart"), {
      recursive: true,
      filter: (path) => path !== join(example, "work")
    })
    await serve(here)
    browser = await launch()
    opened = await open(browser, here)
  })

  afterAll(async () => {
    await browser?.close()
    if (here === undefined) return
    await here.run("down", "--stop-agents")
    await here.remove()
  })

  it("BRD-14 the quick start's four tasks are watched from the backlog to done, with what each waits for and what failed", async () => {
    const { page } = opened
    const done = (id: number): Promise<void> =>
      page.getByRole("region", { name: /^Done/ }).locator(`.card[data-id="${id}"]`).waitFor({ timeout: 60_000 })
    await page.getByText("No tasks yet").waitFor()
    await page.evaluate(watch)
    const folder = join(here.folder, "quickstart")
    await run("sh", [join(folder, "setup.sh")])
    const batch = here.start(["run", join(folder, "tasks.toml")])
    for (const id of [1, 2, 3, 4]) await done(id)
    await picture(page, "light 1400 quickstart")
    expect((await batch.end).code).toBe(0)
    const seen = decode(await page.evaluate("seen"))
    const stepsOf = (id: number): ReadonlyArray<string> => seen[id] ?? []
    const columns = ["backlog", "coding", "qa", "merge", "done"]
    for (const id of [1, 2, 3, 4]) {
      const passed = stepsOf(id).map((step) => columns.indexOf(step.split(":")[0] ?? ""))
      expect([id, passed.toSorted((a, b) => a - b)]).toEqual([id, passed])
      expect(stepsOf(id).at(-1)).toMatch(/^done: #\d \S+ done /)
      // A page that asks a few times a second may miss what is short; what it shows is true.
      expect(stepsOf(id).join("\n")).toMatch(/coding: .* attempt 1 of 3/)
      expect(stepsOf(id).join("\n")).not.toContain(id === 1 ? "attempt 3" : "attempt 2")
    }
    // The first prompt says too little: its first attempt fails, and a second one follows.
    expect(stepsOf(1).join("\n")).toMatch(/ attempt 2 of 3 .*✗ failed/)
    expect(stepsOf(1).at(-1)).toContain("2 attempts")
    expect(stepsOf(3)[0]).toContain("waiting for #1, #2")
    expect(stepsOf(4)[0]).toContain("waiting for #3")
    // What the second attempt was given, what verifiers printed, and what came of it, on the pages of the tasks.
    await page.locator('.card[data-id="1"]').click()
    await page.getByRole("link", { name: "Attempts" }).click()
    await page.getByText("salt-and-pepper").first().waitFor()
    await page.getByRole("link", { name: "Graph" }).click()
    await page.locator("svg.graph .node").nth(3).waitFor()
    expect(await page.locator("svg.graph .node").count()).toBe(4)
    expect(await page.locator("svg.graph .edge").count()).toBe(3)
    expect(opened.troubles).toEqual([])
  })
})
