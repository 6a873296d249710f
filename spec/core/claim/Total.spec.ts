/** Any text is read, and what is said of it is true of it. */
import fc from "fast-check"
import { expect, it } from "vitest"
import { classify, Lexicon } from "../../../core/claim/index.ts"
import { allForms, claim, message } from "./Sentences.ts"

const marks: ReadonlyArray<string> = [
  ["I'll ", "I’ll ", "push", "restarting ", "fixed ", "the ", "and ", ", ", ". ", "? ", ": ", "; ", " — ", "--", "\n"],
  ["\n\n", '"', "'", "“", "”", "‘", "’", "«", "»", "`", "```\n", "~~~", "~~", "> ", "- ", "1. ", "    ", "\t", "| "],
  ["# ", "// ", "<!--", "[ ] ", "User: ", "he said ", "if ", "when ", "later ", "in 5 minutes ", "by 5pm ", "\0"],
  ["\ud83d", "\ude00", "\ufeff", "\u2028", "\r\n", "e.g. ", "v1.2. ", "...", "(", ")", "http://x.y/push ", "𝕀'll "]
].flat()

/** What texts that go wrong are made of. */
const piece = fc.oneof(
  { weight: 3, arbitrary: claim.map(({ text }) => text) },
  {
    weight: 6,
    arbitrary: fc.constantFrom(...marks)
  },
  { weight: 1, arbitrary: fc.oneof(fc.string16bits({ maxLength: 20 }), fc.fullUnicodeString({ maxLength: 20 })) }
)

const anyText = fc.oneof(
  fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join("")),
  fc.string16bits({ maxLength: 200 }),
  message
)

it("CLM-1 any text is classified, always in the same way, and claims come in order with spans that hold their verb", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const claims = classify(text)
      expect(classify(text)).toEqual(claims)
      let previous = 0
      for (const { object, span, tense, verb } of claims) {
        const [start, end] = span
        expect(start).toBeGreaterThanOrEqual(previous)
        expect(end).toBeLessThanOrEqual(text.length)
        const said = text.slice(start, end)
        const words = said.toLowerCase().replaceAll(/[‐‑]/g, "-")
        expect(allForms.some((form) => words.includes(form))).toBe(true)
        expect(Lexicon.standard.verbs.map(({ lemma }) => lemma)).toContain(verb)
        expect(["future", "completed"]).toContain(tense)
        if (object !== undefined) expect(said.endsWith(object) && object.trim() !== "").toBe(true)
        previous = start + 1
      }
    })
  )
})

it("CLM-1 nothing of a very long sentence is lost, and no word that it goes on with begins one", () => {
  const filler = "word ".repeat(3000)
  expect(classify(`${filler}I'll push it`).map(({ verb }) => verb)).toEqual(["push"])
  expect(classify(`I'll push it ${filler}`).map(({ verb }) => verb)).toEqual(["push"])
  fc.assert(
    fc.property(fc.integer({ min: 1900, max: 2100 }), (length) => {
      expect(classify(`${"x".repeat(length)} restarting the server now`)).toEqual([])
    })
  )
})

it("CLM-1 the words of a claim that were named are its object, as they are written", () => {
  const objects = (text: string): ReadonlyArray<string | undefined> => classify(text).map(({ object }) => object)
  expect(objects("I'll restart the API server now.")).toEqual(["the API server"])
  expect(objects("I'll restart.")).toEqual([undefined])
  expect(objects("I'll restart it.")).toEqual(["it"])
  expect(objects("I'll push to main and deploy `api` to staging.")).toEqual(["main", "`api`"])
  expect(objects("I'll fix the bug in the parser and the one in the lexer, then push.")).toEqual([
    "the bug in the parser and the one in the lexer",
    undefined
  ])
  expect(objects("Merged PR #12 into main.")).toEqual(["PR #12"])
  expect(objects("I'll restart the server in 20 minutes.")).toEqual(["the server"])
  expect(objects("I'll push up the branch.")).toEqual(["the branch"])
})
