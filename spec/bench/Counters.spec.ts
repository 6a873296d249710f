/** What work costs in numbers that no clock and no neighbour changes, against the baseline of the benchmarks. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import * as Baseline from "../../bench/harness/Baseline.ts"
import { scenarios } from "../../bench/Scenarios.ts"

const file = join(import.meta.dirname, "..", "..", "bench", "baseline.json")

let directory = ""

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "drover-counters-"))
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

describe("counters", () => {
  for (const { count, id, title } of scenarios) {
    if (count === undefined) continue
    it(`PRF-1 what is counted of ${id} (${title}) is what the baseline says`, async () => {
      const before = (await Baseline.read(file)).results[id]?.counters ?? {}
      const now = await count(directory)
      expect(Object.keys(now)).not.toEqual([])
      expect(before).toMatchObject(now)
    })
  }
})
