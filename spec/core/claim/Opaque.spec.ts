/** What a message shows instead of saying it: a row for each rule of `opaque`. */
import { expect, it } from "vitest"
import { opaque } from "../../../core/claim/prose/Opaque.ts"
import { paragraphs } from "../../../core/claim/prose/Paragraph.ts"

/** The text with what is shown in braces. */
const shown = (text: string): string => {
  let written = ""
  let last = 0
  for (const [start, end] of opaque(text, paragraphs(text))) {
    written += `${text.slice(last, start)}{${text.slice(start, end)}}`
    last = end
  }
  return written + text.slice(last)
}

/** Each is the text that is expected, and without its braces the text that is given. */
const check = (rows: ReadonlyArray<string>): void => {
  for (const row of rows) expect(shown(row.replaceAll(/[{}]/g, ""))).toBe(row)
}

it("CLM-3 quotation marks of every style enclose what is quoted", () => {
  check([
    'a {"b c"} d',
    "a {'b c'} d",
    "a {“b c”} d",
    "a {„b c”} d",
    "a {‟b c”} d",
    "a {‘b c’} d",
    "a {‚b c‘} d",
    "a {‛b c’} d",
    "a {«b c»} d",
    "a {‹b c›} d",
    "a {「b c」} d",
    "a {『b c』} d",
    "a {＂b c＂} d",
    "a {＇b c＇} d",
    "a {”b c”} d",
    "a {»b c«} d",
    "a {»b c d}",
    "{“b „c” d}",
    'x({"b"})',
    "x({'b'})",
    "[{'b'}] {'c'}"
  ])
})

it("CLM-3 a mark of one style is closed by its own style alone, and means nothing within another", () => {
  check([
    `a {"b 'c d"} e {'f'}`,
    `a {'b "c d'} e {"f"}`,
    "a {«b “c»} d e”",
    "a {「b『c」} d』",
    'a {`b "c`} d',
    `a {"b \`c"} d`,
    "a {`b 'c`} d {'e'}"
  ])
})

it("CLM-3 an apostrophe is no quotation: in a word, for letters that are left out, behind a plural", () => {
  check([
    "don't, it's, Bob’s and the servers' logs",
    "rock 'n roll, 'em, 'cause, 'til, 'tis, 'twas, 'bout, 'round, '90s and '5",
    "{'emblem'} {'novel'} {'roundness'}",
    "say {'the servers' logs'} now",
    "say {'the servers' and users' logs'} now",
    "{'one'} and {'two'}",
    "{'one'}, {'two'}",
    "’em said ’b c’",
    "5' and 6\" tall",
    "a ' b ' c",
    'a " b " c'
  ])
})

it("CLM-3 what is never closed reaches to the end of its paragraph, and a quotation may be closed in a later one", () => {
  check([
    'a {"b c}',
    'a {"b c\n\nd"} e',
    'a {"b c}\n\nd e',
    "a {'b c}\n\nd e",
    "a {`b c}\n\nd{` e}",
    "a {`b c}\n\nd e",
    "a {~~b c\n\nd~~} e",
    `a {"b 'c}\n\nd {"e}`
  ])
})

it("CLM-3 a code span is closed by as many backticks, and text is struck out between two tildes", () => {
  check([
    "a {`b`} c {`d`}",
    "a {``b ` c``} d",
    "a {```b``c```} d",
    "a {`b `` c`} d",
    "a {``b` c}",
    "a {~~b~~} c",
    "a ~b~ c",
    "a ~~~b~~~ c",
    "{`'`} {`\"`}",
    "a{`b`}c"
  ])
})

it("CLM-3 where a mark stands decides what it can be", () => {
  check([
    'the 5" disk and the 6" disk',
    `a {"b"} c"`,
    "({‘b’})",
    "a‘b’c",
    'a"b" c',
    "a {‘b }",
    "x‘ y",
    "{‘ b’} c",
    'a({"b"})',
    "é'é {'é'}",
    "a» b",
    'a {"b (" c" d}',
    'a {"b [" c" d}',
    "a {'b (' c' d}",
    "a {'b' ('} c",
    "(' b')",
    "[{'b c}",
    "({'b'} {'c'}",
    "{'b'c'} d"
  ])
})
