/** Pictures of the page, written beside what is built for a person to look at: `dist/pictures`, or where DROVER_PICTURES says. */
import { mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Page } from "playwright-core"

const named = process.env.DROVER_PICTURES
const folder = named === undefined || named === "" ? resolve(import.meta.dirname, "../../dist/pictures") : named

/** What is to be seen of it now. */
export const picture = async (page: Page, name: string): Promise<void> => {
  mkdirSync(folder, { recursive: true })
  const file = name.replaceAll(/[^a-z0-9]+/gi, "-").replaceAll(/^-|-$/g, "")
  await page.screenshot({ path: join(folder, `${file}.png`), animations: "disabled" })
}
