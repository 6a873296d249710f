/** What of a message in Markdown is prose: a row for each rule of `paragraphs`. */
import fc from "fast-check"
import { expect, it } from "vitest"
import { paragraphs } from "../../../core/claim/prose/Paragraph.ts"

/** The paragraphs, as they stand in the text. */
const found = (text: string): ReadonlyArray<string> => paragraphs(text).map(({ end, start }) => text.slice(start, end))

type Rows = ReadonlyArray<readonly [text: string, ...paragraphs: ReadonlyArray<string>]>

const check = (rows: Rows): void => {
  for (const [text, ...expected] of rows) expect([text, found(text)]).toEqual([text, expected])
}

it("CLM-3 lines without a blank one between them are a paragraph; blank ones, of any white space, divide", () => {
  check([
    [""],
    ["\n \n\t\n"],
    ["one", "one"],
    ["one\ntwo", "one\ntwo"],
    ["one\n\ntwo", "one", "two"],
    ["one\n \t\u00a0\ntwo", "one", "two"],
    ["  one\n   two  \n", "one\n   two  "],
    ["one\n", "one"],
    ["\n\none", "one"]
  ])
})

it("CLM-3 what is indented by four columns is code, also below a line of text; a tab fills up to four", () => {
  check([
    ["    code"],
    ["\tcode"],
    ["  \tcode"],
    ["   \tcode"],
    ["   prose", "prose"],
    ["one\n    code\ntwo", "one", "two"],
    ["\t\tcode\n\nprose", "prose"]
  ])
})

it("CLM-3 headings, quotes, rows, comments and items to do are no prose and end the paragraph before them", () => {
  check([
    ["> quote"],
    [">quote"],
    ["one\n> quote\ntwo", "one", "two"],
    ["| a | b |"],
    ["# Heading"],
    ["###### Heading"],
    ["####### seven", "####### seven"],
    ["#"],
    ["#12 is done", "#12 is done"],
    ["#\tHeading"],
    ["one\n## Two\nthree", "one", "three"],
    ["// comment"],
    ["/* comment"],
    ["/path is there", "/path is there"],
    ["<!-- comment -->"],
    ["<b>bold</b>", "<b>bold</b>"],
    ["[ ] to do"],
    ["[ ]to do", "[ ]to do"],
    ["[x] done", "[x] done"],
    ["[link] there", "[link] there"]
  ])
})

it("CLM-4 a list marker, and the box of what is done, is no part of its item; each item is a paragraph", () => {
  for (const mark of ["-", "*", "+", "•", "‣", "◦", "·", "–", "—", "1.", "1)", "(1)", "123456789.", "(12)"]) {
    check([
      [`${mark} item`, "item"],
      [`${mark}   item`, "item"],
      [`${mark}\titem`, "item"],
      [`${mark} [x] item`, "item"],
      [`${mark} [X]  item`, "item"],
      [`${mark} [ ] item`],
      [`${mark}item`, `${mark}item`],
      [`one\n${mark} two\n${mark} three`, "one", "two", "three"]
    ])
  }
  check([
    ["-"],
    ["- "],
    ["1234567890. no item", "1234567890. no item"],
    ["(1234567890) no item", "(1234567890) no item"],
    ["a. no item", "a. no item"],
    ["- - nested", "nested"],
    ["- 1. nested", "nested"],
    ["- > quote"],
    ["- # heading"],
    ["-  [x]  item", "item"],
    ["- [x]item", "[x]item"],
    ["- one\ntwo", "one\ntwo"],
    ["- one\n  two", "one\n  two"],
    ["1: no item", "1: no item"],
    [`-${" ".repeat(60)}item`, `${" ".repeat(21)}item`]
  ])
})

it("CLM-3 an item's content may be indented as far as it begins, and four columns more is code", () => {
  check([
    ["- one\n\n  two", "one", "two"],
    ["- one\n\n     two", "one", "two"],
    ["- one\n\n      code", "one"],
    ["1. one\n\n      two", "one", "two"],
    ["1. one\n\n       code", "one"],
    ["- one\n\ntwo\n\n    code", "one", "two"],
    ["- one\n    two", "one\n    two"],
    ["- one\n      code\n  two", "one", "two"],
    ["  - one\n\n       two", "one", "two"],
    ["  - one\n\n        code", "one"],
    ["- one\n\n   two\n\n     three", "one", "two", "three"],
    ["- one\n\n two\n\n    code", "one", "two"]
  ])
})

it("CLM-3 a fence of three marks or more is closed by as many of the same, alone in its line, or never", () => {
  check([
    ["```\ncode\n```\nprose", "prose"],
    ["~~~\ncode\n~~~\nprose", "prose"],
    ["```sh\ncode\n```\nprose", "prose"],
    ["```\ncode\n~~~\nmore\n```\nprose", "prose"],
    ["````\ncode\n```\nmore\n````\nprose", "prose"],
    ["```\ncode\n`````\nprose", "prose"],
    ["```\ncode\n``` x\nmore\n```\nprose", "prose"],
    ["```\ncode\n```  \t\nprose", "prose"],
    ["  ```\ncode\n   ```\nprose", "prose"],
    ["``\nprose\n``", "``\nprose\n``"],
    ["~~\nprose", "~~\nprose"],
    ["``` a `b` ```\nprose", "``` a `b` ```\nprose"],
    ["~~~ a `b`\ncode\n~~~\nprose", "prose"],
    ["one\n```\ncode\n```\ntwo", "one", "two"],
    ["one\n```\n\ncode", "one"],
    ["- ```\n  code\n  ```\n  prose", "prose"],
    ["one ```\ntwo", "one ```\ntwo"]
  ])
})

it("CLM-1 of any text the paragraphs are in order, apart from each other, and begin and end in what is no white space", () => {
  const piece = fc.constantFrom(
    "a",
    "b ",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "- ",
    "1. ",
    "> ",
    "# ",
    "```",
    "~~~",
    "|",
    "[ ] "
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join("")
      let last = 0
      for (const { end, start } of paragraphs(text)) {
        expect(start).toBeGreaterThanOrEqual(last)
        expect(end).toBeGreaterThan(start)
        expect(text.slice(start, start + 1).trim()).not.toBe("")
        expect([undefined, "\n"]).toContain(text[end])
        last = end
      }
    })
  )
})
