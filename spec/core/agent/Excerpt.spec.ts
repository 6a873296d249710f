import fc from "fast-check"
import { expect, it } from "vitest"
import { endOf } from "../../../core/agent/Excerpt.ts"

/** Bytes of UTF-8, by the platform's own encoder. */
const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** The first and last character of every length in UTF-8, halves of pairs, and what ends lines. */
const texts = fc
  .array(
    fc.constantFrom(
      ..."a \n\r\t\u007f\u0080\u07ff\u0800\ue000\uffff\u{10000}\u{10ffff}",
      ..."\ud800 \udbff \udc00 \udfff".split(" "),
      "VERDICT: PASS"
    ),
    { maxLength: 12 }
  )
  .map((pieces) => pieces.join(""))

/** The text without the blank lines at its end, and without the line break of the last line that is left. */
const withoutBlankEnd = (text: string): string => {
  const lines = text.split("\n")
  const last = lines.findLastIndex((line) => line.trim() !== "")
  const kept = lines.slice(0, Math.max(0, last) + 1).join("\n")
  return kept.length < text.length ? kept.replace(/\r$/, "") : kept
}

it("PRC-4 what is kept of a text is as much of its end as fits, in whole characters, behind a mark where it was cut", () => {
  fc.assert(
    fc.property(texts, fc.nat(30), (text, limit) => {
      const whole = withoutBlankEnd(text)
      const ends = [...whole].map((_, index, all) => `…${all.slice(index).join("")}`)
      const longest = [...ends, "…", ""].find((end) => bytesOf(end) <= limit)
      expect(endOf(text, limit)).toBe(bytesOf(whole) <= limit ? whole : longest)
    }),
    { numRuns: 1000 }
  )
})
