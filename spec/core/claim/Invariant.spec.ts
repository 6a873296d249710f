/** What must not matter to a claim: how it is typed, and what stands beside it. */
import fc from "fast-check"
import { expect, it } from "vitest"
import { type ActionClaim, classify } from "../../../core/claim/index.ts"
import { claim, message, unrelated } from "./Sentences.ts"

/** All that may not change; the object is compared as it is written. */
const verdict = (text: string): ReadonlyArray<unknown> =>
  classify(text).map(({ object, tense, verb }) => ({ verb, tense, object: object?.toLowerCase() }))

const shifted = (claims: ReadonlyArray<ActionClaim>, by: number): ReadonlyArray<ActionClaim> =>
  claims.map((each) => ({ ...each, span: [each.span[0] + by, each.span[1] + by] }))

const closing = fc.constantFrom("", ".", "!", "…", "...", "!!", ".)", ":", ";")

it("CLM-2 a claim of every construction is found with its verb and its tense, and nothing else is", () => {
  fc.assert(
    fc.property(claim, closing, ({ tense, text, verb }, end) => {
      expect(classify(text + end)).toMatchObject([{ verb, tense, span: [expect.any(Number), text.length] }])
    })
  )
})

it("CLM-2 a question claims nothing, whatever its words are", () => {
  fc.assert(
    fc.property(claim, fc.constantFrom("?", "??", "?!", "? ", "？"), ({ text }, mark) => {
      expect(classify(text + mark)).toEqual([])
    })
  )
})

it("CLM-2 a condition, another time or a doubt around a claim leaves nothing of it", () => {
  const around = fc.constantFrom(
    ["If you agree, ", ""],
    ["Once CI is green ", ""],
    ["When the review is done, ", ""],
    ["Unless you object, ", ""],
    ["Maybe ", ""],
    ["Perhaps, as a last resort, ", ""],
    ["Tomorrow ", ""],
    ["", " if you agree"],
    ["", " when CI is green"],
    ["", " once it is approved"],
    ["", " unless you object"],
    ["", " later"],
    ["", " tomorrow"],
    ["", " next week"],
    ["", ", maybe"],
    ["", " as soon as you say so"]
  )
  const future = claim.filter(({ tense, text }) => tense === "future" && !text.startsWith("OK"))
  fc.assert(
    fc.property(future, around, ({ text }, [before = "", after = ""]) => {
      expect(classify(`${before}${text}${after}.`)).toEqual([])
    })
  )
})

it("CLM-4 every apostrophe is the same", () => {
  fc.assert(
    fc.property(message, fc.constantFrom("’", "ʼ", "＇", "‘"), (text, apostrophe) => {
      expect(verdict(text.replaceAll(/(?<=\w)'(?=\w)/g, apostrophe))).toEqual(verdict(text))
      expect(classify(text.replaceAll(/(?<=\w)'(?=\w)/g, apostrophe)).map(({ span }) => span)).toEqual(
        classify(text).map(({ span }) => span)
      )
    })
  )
})

it("CLM-4 capitals and small letters are the same", () => {
  fc.assert(
    fc.property(message, (text) => {
      expect(verdict(text.toUpperCase())).toEqual(verdict(text))
      expect(verdict(text.toLowerCase())).toEqual(verdict(text))
    })
  )
})

it("CLM-4 a list marker changes nothing but where the claim stands", () => {
  const marker = fc.constantFrom("- ", "* ", "+ ", "• ", "– ", "1. ", "12. ", "2) ", "(3) ", "  - ", "- [x] ", "1. - ")
  fc.assert(
    fc.property(claim, marker, closing, ({ text }, mark, end) => {
      expect(classify(mark + text + end)).toEqual(shifted(classify(text + end), mark.length))
    })
  )
})

it("CLM-4 emphasis, brackets and signs before a sentence change nothing but where the claim stands", () => {
  const dress = fc.constantFrom(
    ["**", "**"],
    ["_", "_"],
    ["*", "*"],
    ["(", ")"],
    ["✅ ", ""],
    ["🚀 ", ""],
    ["\ufeff", ""]
  )
  fc.assert(
    fc.property(claim, dress, ({ text }, [before = "", after = ""]) => {
      expect(classify(before + text + after)).toEqual(shifted(classify(text), before.length))
    })
  )
})

it("CLM-4 closing punctuation changes nothing", () => {
  fc.assert(
    fc.property(claim, closing, ({ text }, end) => {
      expect(classify(text + end)).toEqual(classify(text))
    })
  )
})

it("CLM-4 another sentence before or behind changes nothing but where the claims stand", () => {
  const gap = fc.constantFrom(" ", "\n", "\n\n", "  ", "\r\n\r\n")
  fc.assert(
    fc.property(message, unrelated, gap, (text, sentence, between) => {
      const alone = classify(text)
      fc.pre(classify(sentence).length === 0)
      expect(classify(text + between + sentence)).toEqual(alone)
      expect(classify(sentence + between + text)).toEqual(shifted(alone, sentence.length + between.length))
    })
  )
})

it("CLM-4 a newline is as good as a space inside a claim, and white space of any kind and length too", () => {
  const space = fc.constantFrom("\n", "\t", "   ", "\u00a0", "\r\n", "\u2009")
  fc.assert(
    fc.property(claim, space, ({ text }, white) => {
      const expected = classify(text)
      fc.pre(!(white.includes("\n") && /^\S+ing |^\w+ed |^Reran /.test(text)))
      const found = classify(text.replace(" ", white))
      expect(found.map(({ tense, verb }) => ({ tense, verb }))).toEqual(
        expected.map(({ tense, verb }) => ({ tense, verb }))
      )
    })
  )
})
