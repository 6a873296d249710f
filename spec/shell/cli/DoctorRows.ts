/** What `drover doctor --json` says at a site, by row. */
import type { Check } from "../../../shell/cli/doctor/Check.ts"
import type { Site } from "./Drover.ts"

export interface Row {
  readonly name: string
  readonly status: Check["status"]
  readonly text: string
  readonly remedy?: string
}

export const doctor = async (here: Site, environment: Readonly<Record<string, string>> = {}) => {
  const { code, stdout } = await here.start(["doctor", "--json"], environment).end
  const all: ReadonlyArray<Row> = JSON.parse(stdout)
  const row = (name: string): Row => {
    const found = all.find((each) => each.name === name)
    if (found === undefined) throw new Error(`no row ${name}: ${stdout}`)
    return found
  }
  return { code, all, row }
}
