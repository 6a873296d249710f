/** Whatever a text claims, it claims nothing when it is shown, or said by somebody else. */
import fc from "fast-check"
import { expect, it } from "vitest"
import { classify } from "../../../core/claim/index.ts"
import { besides } from "../arbitraries/Words.ts"
import { message, paragraph } from "./Sentences.ts"

const quotes: ReadonlyArray<readonly [string, string]> = [
  ['"', '"'],
  ["'", "'"],
  ["“", "”"],
  ["‘", "’"],
  ["„", "“"],
  ["„", "”"],
  ["«", "»"],
  ["« ", " »"],
  ["»", "«"],
  ["‹", "›"],
  ["「", "」"],
  ["『", "』"],
  ["＂", "＂"],
  ["~~", "~~"]
]

const introduction = fc.constantFrom("", "The log has it: ", "It printed ", "(", "Their whole answer was ")

it("CLM-3 a quotation claims nothing, in quotes of every style and over any number of paragraphs", () => {
  fc.assert(
    fc.property(introduction, fc.constantFrom(...quotes), message, (before, [open, close], text) => {
      expect(classify(`${before}${open}${text}${close}`)).toEqual([])
    })
  )
})

it("CLM-3 a quotation that is never closed claims nothing to the end of its paragraph, and the next one is heard", () => {
  const opening = fc.constantFrom('"', "“", "„", "«", "「", "'", "‘", "`", "~~")
  fc.assert(
    fc.property(opening, paragraph, (open, text) => {
      // A plural's apostrophe may be the end of a quotation for all that can be seen.
      fc.pre(!/'\s/.test(text))
      expect(classify(`It began ${open}${text}`)).toEqual([])
      const after = classify(`It began ${open}${text}\n\nI'll push it.`)
      expect(after.map(({ verb }) => verb)).toEqual(["push"])
    })
  )
})

it("CLM-3 text in code marks claims nothing, however many marks there are", () => {
  fc.assert(
    fc.property(introduction, fc.integer({ min: 1, max: 5 }), paragraph, (before, count, text) => {
      const marks = "`".repeat(count)
      expect(classify(`${before}${marks}${text}${marks}`)).toEqual([])
    })
  )
})

it("CLM-3 fenced text claims nothing, in fences of either kind and of any length, in a list too, or without an end", () => {
  const fence = fc
    .tuple(fc.constantFrom("`", "~"), fc.integer({ min: 3, max: 6 }))
    .map(([mark, count]) => mark.repeat(count))
  const info = fc.constantFrom("", "sh", "ts title=x", " text ")
  const frame = fc.constantFrom("", "- item\n\n  ", "1. ", "Output:\n")
  const end = fc.constantFrom("closed", "longer", "open")
  fc.assert(
    fc.property(frame, fence, info, end, message, (before, marks, language, how, text) => {
      const last = how === "open" ? "" : how === "longer" ? `\n${marks}${marks.slice(0, 1)}` : `\n${marks}`
      expect(classify(`${before}${marks}${language}\n${text}${last}`)).toEqual([])
    })
  )
})

it("CLM-3 a block quote and an indented block claim nothing", () => {
  const prefix = fc.constantFrom("> ", ">", "   > ", "> > ", ">> ", "- > ", "    ", "\t", "      ", " \t ")
  fc.assert(
    fc.property(prefix, message, (mark, text) => {
      const quoted = text
        .split("\n")
        .map((line) => mark + line)
        .join("\n")
      expect(classify(quoted)).toEqual([])
    })
  )
})

it("CLM-3 what somebody else says claims nothing: a speaker's line, an introduction, words said in passing", () => {
  const speaker = fc.constantFrom(
    "User: ",
    "Alice: ",
    "**User:** ",
    "**Alice**: ",
    "- Bob: ",
    "1. The reviewer: ",
    "[10:42] bob: ",
    "2026-11-20 10:42:07 bob: ",
    "<bob> ",
    "bob> ",
    "@dave: ",
    "Agent 2: ",
    "He said: ",
    "The runbook says:\n",
    "The user wrote:\n\n",
    "According to your colleague: ",
    "User:\n\n"
  )
  fc.assert(
    fc.property(speaker, paragraph, (before, text) => {
      fc.pre(!before.startsWith("According") || !/[.!?] /.test(text))
      expect(classify(before + text)).toEqual([])
    }),
    besides(["User:\n", "I'll push it. I'll merge it."], ["The bot said:\n\n- ", "I'll push it"])
  )
})

it("CLM-3 what is announced goes on over lists and lines until a blank line, and not beyond", () => {
  const heard = (text: string): ReadonlyArray<string> => classify(text).map(({ verb }) => verb)
  expect(heard("The user wrote:\n- I'll push it\n- I'll merge it\n\nI'll fix it.")).toEqual(["fix"])
  expect(heard("The user wrote:\n\nI'll push it.\n\nI'll fix it.")).toEqual(["fix"])
  expect(heard("User: I'll push it.\nI'll merge it.\n\nI'll fix it.")).toEqual(["fix"])
  expect(heard("- User: I'll push it\n- I'll fix it")).toEqual(["fix"])
  expect(heard("> I'll push it\nI'll fix it")).toEqual(["fix"])
})

it("CLM-3 heads that an agent gives its own words are no speakers", () => {
  for (const head of ["Plan", "Next step", "**Status**", "The fix", "In short", "Step 2", "Root cause", "Update"]) {
    expect(classify(`${head}: I'll push it.`), `${head}`).toHaveLength(1)
  }
})
