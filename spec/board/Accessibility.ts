/** What axe-core finds wrong with a page as it is shown, by WCAG 2.2 AA and by what is usual. */
import axe from "axe-core"
import type { Page } from "playwright-core"
import { expect } from "vitest"
import { picture } from "./Pictures.ts"

const findings = `axe
  .run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
  .then(({ violations }) => violations.map(({ id, nodes }) =>
    id + ": " + nodes.map(({ failureSummary, html }) => html.slice(0, 150) + " " + failureSummary).join(" | ")))`

export interface Look {
  readonly colorScheme: "light" | "dark"
  /** Pixels. */
  readonly width: number
  readonly paths: ReadonlyArray<string>
}

/** Expects of each path that axe finds nothing there, and that nothing sticks out at the side; and of the list of keys. */
export const checkLook = async (page: Page, origin: string, { colorScheme, paths, width }: Look): Promise<void> => {
  const check = async (what: string): Promise<void> => {
    await page.evaluate(axe.source)
    expect([what, colorScheme, width, await page.evaluate(findings)]).toEqual([what, colorScheme, width, []])
    const sticksOut = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    expect([what, width, sticksOut]).toEqual([what, width, false])
    await picture(page, `${colorScheme}-${width}${what}`)
  }
  await page.emulateMedia({ colorScheme })
  await page.setViewportSize({ width, height: 844 })
  for (const path of paths) {
    await page.goto(origin + path)
    await page.getByText("live", { exact: true }).waitFor()
    await page.getByText("Reading…").waitFor({ state: "detached" })
    await check(path)
  }
  await page.keyboard.press("?")
  await check(" keys")
  await page.keyboard.press("Escape")
}
