/** What Prometheus is told can be read, whatever is in it: by a reader that knows the format's description alone. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { render } from "../../../core/metrics/Exposition.ts"
import type { Family, Labels } from "../../../core/metrics/Family.ts"
import { read } from "./Exposition.ts"

/** With what the format treats in a way of its own, in every mixture. */
const text = fc.oneof(
  fc.fullUnicodeString(),
  fc.string16bits(),
  fc.stringOf(fc.constantFrom("\\", '"', "\n", "\r", "n", "{", "}", ",", "=", " ", "#", "\uD800", "é"), {
    maxLength: 8
  })
)
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
const value = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 1e300))
const labels = (names: fc.Arbitrary<string>): fc.Arbitrary<Labels> => fc.array(fc.tuple(names, text), { maxLength: 3 })

const plain = (names: fc.Arbitrary<string>): fc.Arbitrary<Family> =>
  fc.record({
    type: fc.constantFrom("counter", "gauge"),
    name: names,
    help: text,
    samples: fc.array(fc.record({ labels: labels(names), value }), { maxLength: 4 })
  })
const histogram = (names: fc.Arbitrary<string>): fc.Arbitrary<Family> =>
  fc.record({
    type: fc.constant("histogram"),
    name: names,
    help: text,
    samples: fc.array(
      fc.record({
        labels: labels(names),
        buckets: fc.array(fc.tuple(value, value), { maxLength: 4 }),
        sum: value,
        count: value
      }),
      { maxLength: 2 }
    )
  })
const families = (names: fc.Arbitrary<string>) => fc.array(fc.oneof(plain(names), histogram(names)), { maxLength: 5 })

/** Halves of pairs can not be sent. A byte order mark in front is a character like any other. */
const sent = (all: string): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(all))

describe("the text format", () => {
  it("API-4 whatever names, labels, helps and numbers are, the text can be read, its families sorted and each series once", () => {
    fc.assert(
      fc.property(families(text), (given) => {
        const names = read(sent(render(given))).map(({ name }) => name)
        expect(names).toEqual(names.toSorted())
        if (given.length > 0) expect(names).not.toEqual([])
      })
    )
  })

  it("API-4 what is read is what was told: every value of a label, every help and every number, the first of two alike", () => {
    fc.assert(
      fc.property(fc.array(plain(name), { maxLength: 5 }), (given) => {
        const found = new Map(read(sent(render(given))).map((family) => [family.name, family]))
        for (const family of given.toReversed()) {
          const first = given.find((each) => each.name === family.name)
          if (first !== family || family.type === "histogram") continue
          const { help, samples, type } = family
          const told = new Map<string, number>()
          for (const { labels, value } of samples.toReversed()) {
            const own = labels.toReversed().map(([key, shown]) => [key, sent(shown)] as const)
            told.set(JSON.stringify(Object.entries(Object.fromEntries(own)).toSorted()), value)
          }
          const seen = found.get(family.name)
          expect([seen?.help, seen?.type]).toEqual([sent(help), type])
          const heard = (seen?.samples ?? []).map(
            ({ labels, value }) => [JSON.stringify(Object.entries(labels).toSorted()), value] as const
          )
          expect(new Set(heard.map(([key]) => key))).toEqual(new Set(told.keys()))
          for (const [key, value] of heard) expect(value + 0).toBe((told.get(key) ?? Number.NaN) + 0)
        }
      })
    )
  })

  it("API-4 a histogram grows from bucket to bucket up to +Inf, which is its count", () => {
    fc.assert(
      fc.property(fc.array(histogram(name), { maxLength: 3 }), (given) => {
        for (const family of read(sent(render(given)))) {
          const groups = new Map<string, { les: Array<number>; counts: Array<number>; count: number | null }>()
          for (const { labels, name, value } of family.samples) {
            const { le, ...own } = labels
            const key = JSON.stringify(Object.entries(own).toSorted())
            const group = groups.get(key) ?? { les: [], counts: [], count: null }
            groups.set(key, group)
            if (name === `${family.name}_count`) group.count = value
            if (name !== `${family.name}_bucket`) continue
            group.les.push(Number((le ?? "").replace("Inf", "Infinity")))
            group.counts.push(value)
          }
          for (const { count, counts, les } of groups.values()) {
            expect(les.at(-1)).toBe(Infinity)
            expect(les).toEqual([...new Set(les)].toSorted((a, b) => a - b))
            expect(counts).toEqual(counts.toSorted((a, b) => a - b))
            expect(count).toBe(counts.at(-1))
          }
        }
      })
    )
  })

  it("API-4 a page is as the format's description writes it", () => {
    expect(
      render([
        { type: "gauge", name: "b", help: "a \\ and\nanother", samples: [{ labels: [], value: 0.5 }] },
        {
          type: "histogram",
          name: "a_seconds",
          help: "how long",
          samples: [
            {
              labels: [["at", 'a "b"\\\n']],
              buckets: [
                [0.1, 2],
                [1, 3]
              ],
              sum: 7.5,
              count: 4
            }
          ]
        },
        {
          type: "counter",
          name: "0 no",
          help: "",
          samples: [
            {
              labels: [
                ["0", "x"],
                ["_0", "y"]
              ],
              value: -Infinity
            }
          ]
        }
      ])
    ).toBe(`# HELP _0_no 
# TYPE _0_no counter
_0_no{_0="x"} -Inf
# HELP a_seconds how long
# TYPE a_seconds histogram
a_seconds_bucket{at="a \\"b\\"\\\\\\n",le="0.1"} 2
a_seconds_bucket{at="a \\"b\\"\\\\\\n",le="1"} 3
a_seconds_bucket{at="a \\"b\\"\\\\\\n",le="+Inf"} 4
a_seconds_sum{at="a \\"b\\"\\\\\\n"} 7.5
a_seconds_count{at="a \\"b\\"\\\\\\n"} 4
# HELP b a \\\\ and\\nanother
# TYPE b gauge
b 0.5
`)
  })
})
