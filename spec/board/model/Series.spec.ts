import * as Arbitrary from "effect/Arbitrary"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { lines } from "../../../shell/board/model/Diff.ts"
import * as Route from "../../../shell/board/model/Route.ts"
import { load, spending, spent } from "../../../shell/board/model/Series.ts"
import { bytes, duration } from "../../../shell/board/model/Words.ts"
import { History } from "../../../shell/http/api/BoardWire.ts"
import { Attempts } from "../../../shell/http/api/TaskParts.ts"

const moment = fc
  .integer({ min: 0, max: 50 })
  .map((minutes) => new Date(Date.UTC(2026, 10, 27, 10) + minutes * 60_000).toISOString())
const hour = fc.integer({ min: 0, max: 23 }).map((at) => new Date(Date.UTC(2026, 10, 27, at)).toISOString())
const cost = fc.option(fc.integer({ min: 0, max: 1000 }).map((cents) => cents / 100))
const costs = { ended_at: fc.option(moment), cost_usd: cost }

const attempt = fc
  .tuple(Arbitrary.make(Attempts.fields.attempts.value), fc.record(costs), fc.array(fc.record(costs), { maxLength: 3 }))
  .map(([any, own, runs]) => ({
    ...any,
    ...own,
    runs: any.runs.map((run, index) => ({ ...run, ...(runs[index] ?? { ended_at: null, cost_usd: null }) }))
  }))

describe("what is drawn over time", () => {
  it("BRD-18 what a task spent only grows, and ends with the sum of all that is known", () => {
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 8 }), (attempts) => {
        const { at, rows } = spent(attempts)
        const values = rows[0]?.values ?? []
        const known = attempts
          .flatMap((each) => [each, ...each.runs])
          .flatMap((each) => (each.cost_usd === null || each.ended_at === null ? [] : [each.cost_usd]))
        expect(at.every((each, index) => index === 0 || each > (at[index - 1] ?? 0))).toBe(true)
        expect(values.length).toBe(at.length)
        if (known.length > 0) {
          expect(values.at(-1)).toBeCloseTo(
            known.reduce((sum, each) => sum + each, 0),
            6
          )
        }
      })
    )
  })

  it("BRD-18 every dollar of an hour is in the row of its account, and every number of a sample in a row", () => {
    const spend = fc.uniqueArray(
      fc.record({
        hour,
        account: fc.constantFrom("a", "b"),
        cost_usd: fc.integer({ min: 0, max: 99 }),
        attempts: fc.nat(),
        cost_is_complete: fc.boolean()
      }),
      { selector: (each) => `${each.account} ${each.hour}` }
    )
    fc.assert(
      fc.property(spend, (all) => {
        const { at, rows } = spending(all)
        const sum = rows.flatMap(({ values }) => values).reduce<number>((total, each) => total + (each ?? 0), 0)
        expect(sum).toBe(all.reduce((total, { cost_usd }) => total + cost_usd, 0))
        expect(rows.every(({ values }) => values.length === at.length)).toBe(true)
      })
    )
    fc.assert(
      fc.property(Arbitrary.make(History.fields.samples), (samples) => {
        const { rows } = load(samples)
        const reasons = [...new Set(samples.flatMap(({ waiting }) => Object.keys(waiting)))].toSorted()
        for (const [index, sample] of samples.entries()) {
          expect(rows[0]?.values[index]).toBe(sample.running)
          for (const [reason, count] of Object.entries(sample.waiting)) {
            expect(rows[1 + reasons.indexOf(reason)]?.values[index]).toBe(count)
          }
        }
      })
    )
  })

  it("BRD-18 lengths of time and numbers of bytes are read as they are meant", () => {
    expect([0, 59_999, 60_000, 3_600_000, 90_000_000, -5].map(duration)).toEqual([
      "0 s",
      "59 s",
      "1 min",
      "1 h 00",
      "1 d 1 h",
      "0 s"
    ])
    expect([0, 1023, 1024, 1536, 1024 ** 3].map(bytes)).toEqual(["0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 GiB"])
  })

  it("BRD-18 a difference keeps every line, and a minus before a hunk is no removal", () => {
    const text = " a | 1 +\n\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n same\n"
    expect(lines(text).map(({ kind }) => kind)).toEqual([
      "same",
      "same",
      "file",
      "same",
      "same",
      "hunk",
      "removed",
      "added",
      "same"
    ])
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[-+@ a]{0,5}$/)), (all) => {
        const whole = all.length === 0 ? "" : `${all.join("\n")}\n`
        expect(lines(whole).map((each) => each.text)).toEqual(whole === "" ? [] : all)
      })
    )
  })

  it("BRD-18 every place of the page has an address that leads there", () => {
    const route = fc.oneof(
      fc.record({ at: fc.constant("board" as const), query: fc.string() }),
      fc.constant({ at: "fleet" as const }),
      fc.record({ at: fc.constant("task" as const), id: fc.integer({ min: 1 }), part: fc.constantFrom(...Route.parts) })
    )
    fc.assert(
      fc.property(route, (there) => {
        const { pathname, search } = new URL(Route.print(there), "http://127.0.0.1")
        expect(Route.parse(pathname, search)).toEqual(there)
      })
    )
    fc.assert(fc.property(fc.webPath(), (path) => ["board", "fleet", "task"].includes(Route.parse(path, "").at)))
  })
})
