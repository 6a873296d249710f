/** Texts that would do something if anything of them became markup, in every place where an agent can put one. */
import type { Page } from "playwright-core"
import { expect } from "vitest"
import { hostile, hostileName } from "./Tasks.ts"

/** Of the failing task: what of it is to be read in which part, so many times at least. */
const places: ReadonlyArray<readonly [string, string, number]> = [
  // Why a person is needed has the beginning of what its verifier printed; its folder is called so.
  ["", hostile.slice(0, 40), 1],
  ["", hostileName, 1],
  // What it said last, and what its verifier printed.
  ["/attempts", hostile, 2],
  ["/output", hostile, 1],
  // A file that it has left, by name, and what is in it.
  ["/changes", hostileName, 1],
  ["/changes", hostile, 1],
  ["/ledger", "onerror", 1]
]

/** Nothing of the page is other than its own. */
const isClean = async (page: Page): Promise<void> =>
  expect(await page.locator("img, #page script, #page style").count()).toBe(0)

/** Expects all of the failing task to be text. */
export const checkCanaries = async (page: Page, origin: string): Promise<void> => {
  for (const [part, text, times] of places) {
    await page.goto(`${origin}/board/tasks/3${part}`)
    const found = page.locator(".part").getByText(text)
    await found.nth(times - 1).waitFor({ state: "attached" })
    await isClean(page)
  }
  await page.goto(`${origin}/board`)
  await page.locator('.card[data-id="3"]').getByText(hostileName).first().waitFor()
  expect(await page.getByLabel("Repository").getByRole("option").allTextContents()).toContain(hostileName)
  await isClean(page)
}
