/** Where sentences end, and where the words and signs in them do: a row for each rule. */
import { expect, it } from "vitest"
import { Lexicon } from "../../../core/claim/index.ts"
import * as Character from "../../../core/claim/prose/Character.ts"
import { opaque } from "../../../core/claim/prose/Opaque.ts"
import { paragraphs } from "../../../core/claim/prose/Paragraph.ts"
import { sentences } from "../../../core/claim/prose/Sentence.ts"
import { normalise } from "../../../core/claim/prose/Spelling.ts"
import { textOf, tokens } from "../../../core/claim/prose/Token.ts"

/** Every sentence of the first paragraph, without the white space around it. */
const all = (text: string) => {
  const prose = paragraphs(text)
  const [paragraph] = prose
  if (paragraph === undefined) return []
  return sentences(text, paragraph, opaque(text, prose), 0).map((sentence) => ({
    ...sentence,
    text: text.slice(sentence.start, sentence.end)
  }))
}

const parts = (text: string): ReadonlyArray<string> => all(text).map((sentence) => sentence.text.trim())

/** Each is a text whose sentences are divided by bars. */
const check = (rows: ReadonlyArray<string>): void => {
  for (const row of rows) {
    const expected = row.split("|")
    expect([row, parts(expected.join(""))]).toEqual([row, expected.map((each) => each.trim())])
  }
}

it("CLM-4 a sentence ends with its sign, and with what closes behind it, where a space or the end follows", () => {
  check([
    "One. |Two.",
    "One! |Two? |Three… |Four",
    "One?! |Two!!! |Three... |Four",
    "一。 |二！ |三？ |四",
    "(One.) |Two.",
    "[One.] |Two.",
    "*One.* |_Two._ |Three",
    "“One.” ‘Two.’ Three.",
    "One.) |Two.]*_\"'”’ |Three",
    "One.x Two.",
    "One.- Two.",
    "a.b.c is one. |Two",
    "One.\u00a0|Two",
    ".hidden is one. |Two"
  ])
})

it("CLM-4 a question is one by its sign, alone or among others", () => {
  const isQuestion = (text: string): ReadonlyArray<boolean> => all(text).map((sentence) => sentence.isQuestion)
  expect(isQuestion("One. Two? Three?! Four!? Five！ Six？ Seven")).toEqual([
    false,
    true,
    true,
    true,
    false,
    true,
    false
  ])
  expect(isQuestion("Shall I push?")).toEqual([true])
  expect(isQuestion("(Shall I push?) Yes.")).toEqual([true, false])
})

it("CLM-4 behind an abbreviation, a version or a numbered part a period is no end; behind a number it is", () => {
  const abbreviations =
    "al approx ca cf ch dept dr e.g eg esp est etc fig i.e ie incl inc jr ltd mr mrs ms p pp prof resp sec sr st viz vol vs"
  for (const word of abbreviations.split(" "))
    check([`See ${word}. Two`, `See (${word}. Two`, `See ${word.toUpperCase()}. Two`])
  check([
    "It is v1.2. Two",
    "It is 1.2.3. Two",
    "It is v2. Two",
    "It is 1.2-rc.1. Two",
    "It is 12. |Two",
    "It is #12. |Two",
    "It is 2v. |Two",
    "See No. 5 now. |Two",
    "See no. 5 now. |Two",
    "It says no. |Two",
    "It says no. |X",
    "See fig. 3. Two",
    "See sec. 12. Two",
    "See ch. 1. Two",
    "See vol. 2. Two",
    "See p. 3. Two",
    "See pp. 3. Two",
    "See xfig. |3. |Two",
    "See fig. 1234567. |Two",
    "It is dr! |Two",
    "It is dr.. |Two",
    "See xdr. |Two",
    "It is v1.2! |Two",
    `It is 1.${"2".repeat(30)}. |Two`,
    "etc. Two"
  ])
})

it("CLM-4 a line ends a sentence, unless it is long, ends in a comma or a word that leads on, or began what is not over", () => {
  const words =
    "a about already also am an and are as be because been but by can could did do does for from going had has have how i " +
    "i'd i'll i'm i've if into is it's its just let may might must my nor not of once onto or our quickly should since " +
    "so than that the their to unless until via was we we'd we'll we're we've were when whether which while who will " +
    "with without would your"
  for (const word of words.split(" ")) check([`One ${word}\nTwo.`, `One ${word.toUpperCase()}\nTwo.`])
  check([
    "One\n|Two",
    "One,\nTwo",
    "One, \nTwo",
    "One I’ll\nTwo",
    "One thex\n|Two",
    `${"x".repeat(59)}\n|Two`,
    `${"x".repeat(60)}\nTwo`,
    `One\n|${"x".repeat(60)}\nTwo`,
    `One\n|${"x".repeat(59)}\n|Two`,
    `${"x ".repeat(28)}\n|Two`
  ])
  const opening = "after although as assuming because before if once provided since unless until when whenever while"
  for (const word of opening.split(" ")) {
    check([`${word} it works\nTwo`, `${word} it works, three\n|Two`, `${word}x it works\n|Two`])
  }
  check(["If it works\nthen two\nthree", "(If it works\ntwo", "123456789 if it works\n|two", "One. |If it works\ntwo"])
})

it("CLM-3 what is shown ends no sentence, whatever is in it", () => {
  check([
    "One `a. b` two. |Three",
    'One "a? b" two. |Three',
    "One “a.\nb” two. |Three",
    "One `a.`. |Two",
    "One `a` b. |`c. d`. |Two",
    "`a. b` `c. d` one. |Two"
  ])
})

it("CLM-1 a sentence of more than 2,000 characters is cut at the next space, or inside of a word that is as long", () => {
  const lengths = (text: string) => all(text).map(({ end, isRest, start }) => [end - start, isRest])
  expect(lengths(`${"x".repeat(1999)}.`)).toEqual([[2000, false]])
  expect(lengths(`${"x".repeat(2500)}.`)).toEqual([[2501, false]])
  expect(lengths(`${"x".repeat(4500)}.`)).toEqual([
    [4000, false],
    [501, true]
  ])
  expect(lengths(`${"ab ".repeat(1500)}.`)).toEqual([
    [2000, false],
    [2001, true],
    [500, true]
  ])
  expect(all(`${"ab ".repeat(1500)}? Two`).map(({ isQuestion, isRest }) => [isQuestion, isRest])).toEqual([
    [true, false],
    [true, true],
    [true, true],
    [false, false]
  ])
})

const lexicon = Lexicon.standard

/** The tokens of a text: words as they are, in capitals what the lexicon knows of them, signs by their kinds. */
const read = (text: string): string =>
  tokens(text, { start: 0, end: text.length }, opaque(text, [{ start: 0, end: text.length }]), 0, lexicon)
    .map((token) => {
      const source = text.slice(token.start, token.end)
      if (token.kind !== "word") return `<${token.kind} ${source}>`
      return token.word.text === "" ? source : source.toUpperCase()
    })
    .join(" ")

const checkTokens = (rows: ReadonlyArray<readonly [text: string, tokens: string]>): void => {
  for (const [text, expected] of rows) expect([text, read(text)]).toEqual([text, expected])
}

it("CLM-4 words are held together by signs between letters, and a path, an option or a call is another word", () => {
  checkTokens([
    ["I'll push it", "I'LL PUSH IT"],
    ["I’ll re-run it", "I’LL RE-RUN IT"],
    ["re‐run re‑run", "RE‐RUN RE‑RUN"],
    ["a/push push/a", "a/push push/a"],
    ["push.now push_now push@now push#now", "push.now push_now push@now push#now"],
    ["push+now push=now push%now push~now push$now", "push+now push=now push%now push~now push$now"],
    ["push\\now", "push\\now"],
    ["12:30 push:now", "12:30 PUSH <colon :> NOW"],
    ["push://x;y,z. now", "push://x;y,z. NOW"],
    ["/push -push --push", "push push <dash --> push"],
    ["push() push( push-", "push <parenthesis (> <parenthesis )> push <parenthesis (> push"],
    ["a--push push--a", "A <dash --> PUSH PUSH <dash --> A"],
    ["_push_ *push* **push**", "PUSH PUSH PUSH"],
    ["#push @push #12 @bob", "#push @push #12 @bob"],
    ["# push @ now", "PUSH NOW"],
    ["push.", "PUSH"],
    ["push/", "PUSH"],
    ["push'", "PUSH"],
    [".push =push +push %push ~push $push \\push", "push push push push push push push"],
    ["x - push", "x <dash -> PUSH"],
    ["x -push", "x push"],
    ["x- push", "x PUSH"],
    ["push ---x", "PUSH <dash ---> x"]
  ])
})

it("CLM-4 signs are told by their meaning, in any script; what only dresses text is left out", () => {
  checkTokens([
    ["a, b，c、d", "A <comma ,> b <comma ，> c <comma 、> d"],
    ["a; b；c | d", "A <semicolon ;> b <semicolon ；> c <semicolon |> d"],
    ["a: b：c", "A <colon :> b <colon ：> c"],
    ["a – b — c ― d", "A <dash –> b <dash —> c <dash ―> d"],
    ["(a)（b）", "<parenthesis (> A <parenthesis )> <parenthesis （> b <parenthesis ）>"],
    ["push & merge", "PUSH & MERGE"],
    ["bob> push", "bob <colon >> PUSH"],
    ["bob > push", "bob PUSH"],
    ["bob>push", "bob PUSH"],
    ["[push] {push} 🚀 push", "PUSH PUSH PUSH"],
    ["push…", "PUSH"],
    ["a `b c` d", "A <opaque `b c`> d"],
    ["push`x`", "PUSH <opaque `x`>"],
    ["`x`push", "<opaque `x`> PUSH"],
    ["a\u200bpush", "A PUSH"]
  ])
  const text = "I’ll RE‑RUN Straße"
  const found = tokens(text, { start: 0, end: text.length }, [], 0, lexicon)
  expect(found.map(textOf)).toEqual(["i'll", "re-run", "straße"])
  expect(tokens("a, b", { start: 0, end: 4 }, [], 0, lexicon).map(textOf)).toEqual(["a", "", "b"])
})

it("CLM-1 of a text only the sentence is read, and of what is shown only what touches it", () => {
  const text = "x `a b` push `c d` y"
  const spans = opaque(text, [{ start: 0, end: text.length }])
  const kinds = (start: number, end: number, first: number) =>
    tokens(text, { start, end }, spans, first, lexicon).map((token) => [token.kind, token.start, token.end])
  expect(kinds(8, 12, 1)).toEqual([["word", 8, 12]])
  expect(kinds(8, 15, 1)).toEqual([
    ["word", 8, 12],
    ["opaque", 13, 15]
  ])
  expect(kinds(0, 7, 0)).toEqual([
    ["word", 0, 1],
    ["opaque", 2, 7]
  ])
})

it("CLM-4 what is a space, a letter, an apostrophe or a hyphen is told by the character alone", () => {
  /** Ranges of characters, as `from-to` in hexadecimal. */
  const ranges = (is: (code: number) => boolean): string => {
    const found: Array<string> = []
    for (let code = 0; code <= 0xffff; code++) {
      if (!is(code)) continue
      const first = code
      while (code < 0xffff && is(code + 1)) code++
      found.push(first === code ? first.toString(16) : `${first.toString(16)}-${code.toString(16)}`)
    }
    return found.join(" ")
  }
  expect(ranges(Character.isSpace)).toBe("0-20 85 a0 1680 2000-200d 2028-2029 202f 205f-2060 3000 feff")
  expect(ranges(Character.isDigit)).toBe("30-39")
  expect(ranges(Character.isWord)).toBe(
    "30-39 41-5a 61-7a aa b5 ba c0-d6 d8-f6 f8-2bb 2bd-167f 1681-1fff 3040-d7ff f900-fdff"
  )
  expect(ranges(Character.isApostrophe)).toBe("27 2bc 2018-2019 ff07")
  expect(ranges(Character.isHyphen)).toBe("2d 2010-2011")
})

it("CLM-4 a word has one spelling", () => {
  const rows = { push: "push", Push: "push", PUSH: "push", "I’ll": "i'll", Iʼll: "i'll", "re‑run": "re-run" }
  for (const [word, expected] of Object.entries(rows)) expect(normalise(word)).toBe(expected)
  expect(normalise("a’b‐c’")).toBe("a'b-c'")
  expect(normalise("Ünïcode’s")).toBe("ünïcode's")
  expect(normalise("{`az")).toBe("{`az")
  expect(normalise("")).toBe("")
})
