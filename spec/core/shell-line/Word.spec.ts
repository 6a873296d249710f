/** Words, beside what the shells of this machine make of them. */
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { parse } from "../../../core/shell-line/index.ts"
import type { Word } from "../../../core/shell-line/Syntax.ts"
import { realRuns, Sandbox, shells } from "./RealShell.ts"

let sandbox: Sandbox
beforeAll(() => {
  sandbox = new Sandbox()
})
afterAll(() => sandbox.remove())

/** The words of a simple command after its name. */
const wordsOf = (line: string): ReadonlyArray<Word> => {
  const command = parse(line)?.commands[0]
  return command?._tag === "Simple" ? command.words.slice(1) : []
}

const letters = fc.stringOf(fc.constantFrom(..."ab=-/:@%+,.^éß…€😀"), { minLength: 1, maxLength: 4 })
const inert = fc.stringOf(fc.constantFrom(..." \t\n'#&;|()<>*?[]{}~!ab"), { maxLength: 5 })

/** Pieces of a word, as one writes them. */
const pieces: ReadonlyArray<fc.Arbitrary<string>> = [
  letters,
  letters,
  fc.constantFrom(..." \t'\"\\$`#&;|()<>*?[]{}~!ab,").map((character) => `\\${character}`),
  inert.map((text) => `'${text.replaceAll("'", '"$\\`')}'`),
  inert.map((text) => `"${text}"`),
  fc.constantFrom(
    '"\\$\\`\\\\\\""',
    '"\\a\\ \\\'"',
    '"$ $"',
    '"a\\\nb"',
    "\\\n",
    "$",
    "{a",
    "b}",
    "{}",
    "[a",
    "a]",
    "!",
    "#"
  ),
  fc.constantFrom("$x", '"$x"', "${x}", '"${x:-a b}"', "$(echo a)", '"$(echo "a b")"', "`echo a`", "$((1 + 1))", "$#"),
  fc.constantFrom("~", "~/", "*", "a?", "[ab]", "{a,b}", "{1..3}"),
  fc.constantFrom("x=", "x+=", "=", ":", "x=a:", "-")
]
const bashOnly = fc.constantFrom("$'a\\n\\t\\'\\\\'", "$'\\x41\\101\\e\\a'", "$'\\q'", "$'\\xff'", '$"a b"', "$'\\0'")

const word = (isBash: boolean): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(...pieces, ...(isBash ? [bashOnly] : [])), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join(""))
    .filter((text) => {
      // It is gone before the line is read, also where it stands between two that mean something together.
      const joined = text.replaceAll("\\\n", "")
      // At the beginning of a word these begin something else; some shells do not know how `$'` and `$"` quote.
      return !/^(?:#|\\\n)/.test(text) && !/\$(?:[$[]|\{(?!x))/.test(joined) && (isBash || !/\$['"]/.test(joined))
    })

describe.each(shells)("%s", (shell) => {
  const isBash = shell.endsWith("bash")

  it("CLM-7 a word comes to what the shell hands to a program, wherever that is said to be known", () => {
    fc.assert(
      fc.property(fc.array(word(isBash), { minLength: 1, maxLength: 12 }), (words) => {
        const line = words.map((each) => `printf '%s\\0' ${each}\nprintf '\\1'`).join("\n")
        const { stdout } = sandbox.run(shell, line)
        for (const [index, printed] of stdout.split("\u0001").slice(0, words.length).entries()) {
          const source = words[index] ?? ""
          const read = wordsOf(`printf ${source}`)
          expect(read.length).toBe(1)
          if (read[0]?.text !== null) expect(printed).toBe(`${read[0]?.text}\0`)
          else if (!read[0].isSplit) expect(printed.split("\0").length).toBe(2)
        }
      }),
      { numRuns: realRuns }
    )
  }, 300_000)
})

it("CLM-7 a word that stands in the line as it is, is known; one that something decides is not", () => {
  const known = [
    "a",
    "'a b'",
    '"a b"',
    "\\$a",
    "a$",
    '"\\$a"',
    "{}",
    "{a}",
    "[",
    "a#b",
    "a=b",
    "$'\\''",
    "''",
    "a~",
    "a:~",
    "a-b=~",
    "=~",
    '"x"=~',
    "x=a~",
    "x=\\~",
    "{a,b",
    "{a.b}",
    "a..b}",
    "a,b}",
    "a]"
  ]
  const varying = [
    "$a",
    "${a}",
    "`a`",
    "$(a)",
    "$((1))",
    '$(("1" + 1))',
    "$((`a`))",
    '${a:-"b"}',
    "${a:-`b`}",
    "~",
    "x=~",
    "x+=~/a",
    "x[1]=~",
    "x=a:b:~",
    "x=\\\n~",
    "x\\\n=~",
    "*",
    "a?",
    "[a]",
    "{a,b}",
    "{1..2}",
    "<(a)",
    '"$a"',
    "$'\\xff'"
  ]
  for (const each of known) expect([each, wordsOf(`x ${each}`)[0]?.text]).not.toContain(null)
  expect(wordsOf("x a\\")[0]?.text).toBe("a\\")
  expect(wordsOf("x a$ $")?.map(({ text }) => text)).toEqual(["a$", "$"])
  for (const each of varying) expect([each, wordsOf(`x ${each}`)[0]?.text]).toEqual([each, null])
})

it("CLM-7 what stands outside quotes may come to several words, what stands inside comes to one", () => {
  const several = ["$a", "${a}", "`a`", "$(a)", "*", "{a,b}", '"$@"', '"${a[@]}"', "b$a", "$((1))"]
  const one = ['"$a"', '"${a}"', '"`a`"', '"$(a)"', "a", "~", "<(a)", '"$*"', '"$((1))"']
  for (const each of several) expect([each, wordsOf(`x ${each}`)[0]?.isSplit]).toEqual([each, true])
  for (const each of one) expect([each, wordsOf(`x ${each}`)[0]?.isSplit]).toEqual([each, false])
})

it("CLM-7 a word's source is what was written, without what surrounds it", () => {
  const sources = [
    "a",
    "'b c'",
    '"d\\"$(e "f")"',
    "$(case g in (h) i;; esac)",
    "`j \\`k\\``",
    "${l:-'}'}",
    "${m:-\\}}",
    "${m:-\\'}",
    '"${m:-\\"}"',
    '${m:-"}"}',
    '"${m:-"b"}"',
    "n\\ o"
  ]
  expect(wordsOf(`x ${sources.join("  ")} >p # q`).map(({ source }) => source)).toEqual(sources)
})

it("CLM-7 escapes between `$'` and `'` come to what they stand for, where that is text in any locale", () => {
  const texts = [
    "\\a\\b\\e\\f\\n\\r\\t\\v",
    "\\\\\\'\\\"",
    "x\\x41y\\x4z",
    "\\1012\\7",
    "a\\",
    "\\x",
    "\\x80",
    "\\0",
    "\\377",
    "\\c",
    "é"
  ]
  expect(texts.map((text) => wordsOf(`x $'${text}'`)[0]?.text)).toEqual([
    "\u0007\b\u001B\f\n\r\t\v",
    "\\'\"",
    "xAy\u0004z",
    "A2\u0007",
    undefined,
    null,
    null,
    null,
    null,
    null,
    "é"
  ])
})
