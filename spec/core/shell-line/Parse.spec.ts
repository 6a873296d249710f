/** Any text at all, and the lines that no shell or not every shell would run. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parse, succeeded } from "../../../core/shell-line/index.ts"
import { lines, soup } from "./Lines.ts"

const text = fc.oneof(
  fc.fullUnicodeString({ maxLength: 40 }),
  soup,
  fc.stringOf(fc.constantFrom(..."'\"`$(){}[]<>|&;\\\n #!=~*?ab1EOF-"), { maxLength: 60 })
)

describe("every text", () => {
  it("CLM-7 is read, always the same way, and what it proves is made of its own words", () => {
    fc.assert(
      fc.property(text, (line) => {
        const calls = succeeded(line)
        expect(succeeded(line)).toEqual(calls)
        expect(parse(line)).toEqual(parse(line))
        if (parse(line) === null) expect(calls).toEqual([])
      }),
      { numRuns: (fc.readConfigureGlobal()?.numRuns ?? 100) * 5 }
    )
  })

  it("CLM-7 proves the same with blank lines and comments around it", () => {
    fc.assert(
      fc.property(lines, (line) => {
        const proof = succeeded(line)
        fc.pre(!line.includes("<<"))
        expect(succeeded(`\n\t ${line.trimEnd()} # it's done\n\n`)).toEqual(proof)
      })
    )
  })

  it("CLM-7 nests only so deep that it can be read", () => {
    const nested = (open: string, close: string, depth: number): string =>
      `${open.repeat(depth)}a${close.repeat(depth)}`
    expect([49, 50].map((depth) => parse(nested("$(", ")", depth)) === null)).toEqual([false, true])
    expect([49, 50].map((depth) => parse(nested("{ ", "; }", depth)) === null)).toEqual([false, true])
    for (const [open, close] of [
      ["$(", ")"],
      ["( ", ";)"],
      ["{ ", ";}"],
      ["${x:-", "}"],
      ["x=(", ")"],
      ["$(( ", " ))"],
      ["if a; then ", "; fi"]
    ] as const) {
      expect([open, parse(nested(open, close, 10)) === null]).toEqual([open, false])
      expect([open, parse(nested(open, close, 20_000))]).toEqual([open, null])
    }
  })

  it("CLM-7 what stands side by side is no deeper than one of it, and backquotes are as deep as what is around them", () => {
    const pieces = ["a $(b);", "(a);", "{ a; };", "a ${b};", "x=(a);", "a $((1));", "a `b`;", "if a; then b; fi;"]
    for (const piece of pieces) expect([piece, parse(piece.repeat(60))?.commands.length]).toEqual([piece, 60])
    const half = "$(".repeat(24)
    const closed = ")".repeat(24)
    expect(parse(`${half}\`${half}a${closed}\`${closed}`)).not.toBeNull()
    expect(parse(`${half}$(\`${half}a${closed}\`)${closed}`)).toBeNull()
  })

  // Anything that grows faster than the line would need minutes here.
  it.each([
    "a && ",
    "a || exit 1 || ",
    "a | ",
    "a;",
    "a\n",
    "sudo ",
    "eval ",
    "set -e;",
    "f() { a; };",
    "x=$(a) ",
    "! a;",
    "\\\n",
    "\\",
    "<<E ",
    "<<E\n",
    "a[",
    "{a,",
    "'",
    '"',
    "`",
    "$'\\x",
    "case x in ",
    "if a; then b; fi;",
    "(a);",
    ..."$({`\"'<>&|;()!#~*?[]= \n"
  ])("CLM-7 is read in time linear in its length: %j again and again", (piece) => {
    // Shorter where few cases are asked for: mutants meet this often.
    const length = Math.min(65_536, 656 * (fc.readConfigureGlobal()?.numRuns ?? 100))
    const line = piece.repeat(Math.ceil(length / piece.length))
    expect(succeeded(line).length).toBeLessThanOrEqual(line.length)
  })
})

describe("what is no whole line", () => {
  it.each([
    "'a",
    '"a',
    "`a",
    "$(a",
    "${a",
    "a ${b:-`c}",
    "a ${b:-$(c}",
    "a ${b:-'c}",
    'a ${b:-"c}',
    "a ${b:-${c}",
    "a $((b",
    "{ a; } >",
    "while do a; done",
    "for ((a; do b; done",
    "case 'a in b) c;; esac",
    "function",
    "function f (a) { b; }",
    'a $((b "c))',
    "a $(($(b))",
    "a $((`b))",
    "x=('a",
    "a <(b",
    'a "`b"',
    "for a in 'b; do c; done",
    "case a in b) 'c;; esac",
    "$((a",
    "((a",
    "a &&",
    "a ||",
    "a |",
    "&& a",
    "| a",
    "; a",
    "a ;; b",
    "a & & b",
    "(a",
    "a)",
    "()",
    "{ a",
    "{ a }",
    "} a",
    "if a; fi",
    "if a; then fi",
    "if a; then b; else fi",
    "fi",
    "then a",
    "if a; then b; fi c",
    "while a; do b",
    "while a; done",
    "for a in b; c",
    "for; do a; done",
    "do a; done",
    "! ! a",
    "case a b",
    "case a in b c;; esac",
    "case a in b) c",
    "case a in b|) c;; esac",
    "case a in b) c & d ) e;; esac",
    "[[ a",
    "[[ a; ]]",
    "a >",
    "a <<",
    "a <<$b\n",
    "a 2>&",
    "a (b)",
    "a() b",
    "$a() { b; }",
    "function f a",
    "x=(a",
    "a; ; b",
    "a & ;",
    "(a) b",
    "{ a; } b",
    "a <<'E",
    // A function's name stands alone before its parentheses.
    "a b() { c; }",
    "x=1 a() { c; }",
    ">x a() { c; }",
    "a `b)`",
    "a `b;;`"
  ])("CLM-7 %j proves nothing", (line) => {
    expect(parse(line)).toBeNull()
  })

  it.each([
    // Arithmetic or a subshell in a subshell; quotes in an expansion in quotes; old arithmetic; one shell's own words.
    "((a); b)",
    "$((a); b)",
    "\"${a#'}'}\"",
    '"${a:-"}"}"',
    "$[1 + 1]",
    'a "$[1 + 1]"',
    "coproc a",
    "((a = 'b'))",
    "a @(b|c)"
  ])("CLM-7 %j proves nothing, for not every shell reads it so", (line) => {
    expect(parse(line)).toBeNull()
  })
})
