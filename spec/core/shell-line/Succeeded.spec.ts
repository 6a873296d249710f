/** What a line proves, beside what the shells of this machine really do. */
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { succeeded } from "../../../core/shell-line/index.ts"
import { lines, soup } from "./Lines.ts"
import { realRuns, Sandbox, shells } from "./RealShell.ts"

let sandbox: Sandbox
beforeAll(() => {
  sandbox = new Sandbox()
})
afterAll(() => sandbox.remove())

/** The words of the calls that a line proves; one that is not known before it runs is null. */
const proved = (line: string) => succeeded(line).map(({ words }) => words.map(({ text }) => text))

describe.each(shells)("%s", (shell) => {
  /** Runs the line and compares. Answers how many marks it proved. */
  const check = (line: string): number => {
    const { log, status } = sandbox.run(shell, line)
    if (status !== 0) return 0
    const claimed = proved(line).filter(([name]) => name === "m")
    const didNot = claimed.filter(([, id, mark, ...rest]) => {
      const call = [id, mark, ...rest]
      // A shell that does not know `$'…'` takes it for a dollar sign and a quoted text: the same call with another word.
      const isOpen = call.includes(null) || (!shell.endsWith("bash") && line.includes("$'"))
      const isLogged = log.some((each) => (isOpen ? each.startsWith(`${id} `) : each === call.join(" ")))
      return !isLogged || (mark !== null && Number(mark) !== 0)
    })
    expect(didNot).toEqual([])
    return claimed.length
  }

  it("CLM-7 of a line that ended with 0, every command that is said to have succeeded did run, with status 0", () => {
    let count = 0
    fc.assert(
      fc.property(lines, (line) => {
        count += check(line)
      }),
      // What chance finds may prove nothing; this proves two.
      { numRuns: realRuns, examples: [["m 1 0 && m 2 0"]] }
    )
    expect(count).toBeGreaterThanOrEqual(2)
  }, 300_000)

  it("CLM-7 whatever a line is made of, nothing in it counts that the shell did not run, and run well", () => {
    fc.assert(
      fc.property(soup, (line) => {
        check(line)
      }),
      { numRuns: realRuns }
    )
  }, 300_000)
})

/** What ends with 0, and what of it succeeded for certain. */
const table: ReadonlyArray<readonly [line: string, proved: string]> = [
  ["a && b", "a, b"],
  ["a || b", ""],
  ["a; b", "b"],
  ["a\nb\n", "b"],
  ["a | b", "b"],
  ["a |& b", "b"],
  ["! a", ""],
  ["! a; b", "b"],
  ["a &", ""],
  ["a & b", "b"],
  ["a && b || c", ""],
  ["a || b && c", "c"],
  ["(a; b)", "b"],
  ["{ a; b; } && c", "b, c"],
  // What would have ended the shell, or failed, did not happen.
  ["a || exit 1; b", "a, b"],
  ["a || exit; b", "a, b"],
  ["a && b || { c; exit 2; }; d", "a, b, d"],
  ["a || false", "a"],
  ["a || exit 256; b", ""],
  ["a || exit 1 >log; b", "b"],
  ["{ a || exit 1; b; }; c", "a, c"],
  ["{ a || exit 1; } >log; c", "c"],
  ["(a || exit 1); b", "b"],
  ["a || sudo exit 1; b", ""],
  ["a || time exit 1; b", ""],
  ["a || command exit 1; b", "a, b"],
  ["a || exit 1 | b; c", "c"],
  // What may have ended it before.
  ["a || exit 12; b", "a, b"],
  ["a || exit x1; b", ""],
  ["a || exit 1x; b", ""],
  ["exit 0; a", ""],
  ["a && exit; b", ""],
  ["a && exit 0; exit 1", "a"],
  ["a && exit 0 && b", "a"],
  ["a; exit $b; c", ""],
  ["a; return; c", ""],
  ["(exit 0); a", "a"],
  ["exit 1; a", ""],
  ["exec >log; a", "a"],
  ["exec >log && a", "a"],
  ["exec -z a; b", ""],
  ["exec a; b", "a"],
  ["if a; then exit 0; fi; b", ""],
  ["while a; do exit 0; done; b", ""],
  // Options that make more of it certain.
  ["set -e; a; b", "a, b"],
  ["set -e; a && b; c", "c"],
  ["set -e; ! a; b", "b"],
  ["set -e; set +e; a; b", "set +e, b"],
  ["set -e; { a; b; }; (c; d); e", "a, b, c, d, e"],
  ["set -e; a | b; c", "b, c"],
  ["set -e; a >log; c", "a, c"],
  ["set -e; eval a; b", ""],
  ["set -e; . a; b; c", ". a, c"],
  ["set -e; if a; then b; fi; c", "c"],
  ["{ set -e; a; } || b; c", "c"],
  ["set -e; if a; b; then c; d; else exit 1; fi", "b, c, d"],
  ["set -o pipefail; . a; b | c", "c"],
  ["set -o pipefail; source a; b | c", "c"],
  ["set -o pipefail; setopt a; b | c", "c"],
  ["set -o pipefail; unsetopt a; b | c", "c"],
  ["set -o pipefail; emulate a; b | c", "c"],
  ["set -o pipefail; (set +o pipefail); b | c", "b, c"],
  ["set -o pipefail; set +o pipefail & b | c", "b, c"],
  ["set -o pipefail; a | set +o pipefail; b | c", "c"],
  ["set -o pipefail; eval 'set +o pipefail; false'; a | b", "b"],
  ["set -o pipefail; f() { set +o pipefail; }; a | b", "b"],
  ["set -o pipefail; a | b", "a, b"],
  ["set -o pipefail && a | b", "set -o pipefail, a, b"],
  ["a || set -o pipefail && b | c", "c"],
  ["set -o pipefail || a; b | c", "c"],
  ["set -o pipefail; set +o pipefail; a | b", "b"],
  ["set -o errexit; a; b", "a, b"],
  ["set -o nounset -o errexit +o errexit; a; b", "b"],
  ["set -abfhuvxBCEHT; set -e; a; b", "a, b"],
  [
    "set -o verbose -o xtrace -o posix -o noglob -o noclobber -o functrace -o errtrace -o allexport && a",
    "set -o verbose -o xtrace -o posix -o noglob -o noclobber -o functrace -o errtrace -o allexport, a"
  ],
  ["set -o; a", ""],
  ["set -o vi; a", ""],
  ["set -m; a", ""],
  ["set -eo; a", ""],
  ["set - a; b", "b"],
  ["set +x; a", "a"],
  ["set +c; a", ""],
  ["sh -o errexit -c 'a; b'", "sh -o errexit -c a; b, a, b"],
  ["sh +c a", "sh +c a"],
  ["sh -- -c a", "sh -- -c a"],
  ["set -euo pipefail\na | b\nc", "a, b, c"],
  ["set -o pipefail; if set +o pipefail; then a | b; else exit 1; fi", "set +o pipefail, b"],
  ["set -o pipefail; { shopt -u a; b | c; }", "c"],
  // What may run or not.
  ["if a; then b; else exit 1; fi", "a, b"],
  ["if a; then b; elif c; then exit 1; else exit 2; fi; d", "a, d"],
  ["if a; then b; fi", ""],
  ["if a; then exit 1; fi; b", "b"],
  ["if a; then b; fi >log; c", "c"],
  ["for i in 1 2; do a; done", ""],
  ["for i; do a; done; b", "b"],
  ["for ((i = 0; i < 2; i++)); do a; done; b", "b"],
  ["select i in 1 2; do a; done; b", "b"],
  ["while a; do b; done", ""],
  ["until a; do b; done", ""],
  ["while a; do b; done; c", "c"],
  ["until a; do b; done >log; c", "c"],
  ["case a in a) b;; (c | d) ;; e) f; esac; g", "g"],
  ["case a in b) c;& d) e;;& f) g; esac; h", "h"],
  ["[[ a && b || (c < d) ]] && e", "e"],
  ["((a && b)) && c", "c"],
  ["f() { a; }; f", ""],
  ["f() { exit 0; }; f; a", ""],
  ["f() a", ""],
  ["function f { a; }; b; f", ""],
  ["function f() (a); b", "b"],
  ["sudo() { a; }; sudo b", ""],
  ["a && (f() { b; }; f)", "a"],
  // What changes the meaning of the words that follow.
  ["alias a=b; a", ""],
  ["alias; a", "a"],
  ["trap 'exit 0' EXIT; a || exit 1; b", ""],
  ["trap 'a' EXIT; b", "b"],
  ["trap -- 'set +e' EXIT; b", ""],
  ['trap "$a" EXIT; b', ""],
  ["trap; b", "b"],
  ["trap 'exit 0' EXIT && a", ""],
  ["(trap 'exit 0' EXIT; a || exit 1)", ""],
  ["f() { exit 0; }; trap f EXIT; a || exit 1", ""],
  ["set -n; a", ""],
  ["set -o noexec; a", ""],
  ["set $a; b", ""],
  ["set -- $a; b", "b"],
  ["set a; b", "b"],
  // Scripts in words.
  ["x=$(a; b)", "b"],
  ["x=$(a; b) y=1 && c", "b, c"],
  ["x=$(a) y=$(b)", ""],
  ["x=`a`", "a"],
  ["x=`a '\\\\'`", "a \\"],
  ['x="`a \'\\"\'`"', 'a "'],
  ["x[12]=1 a", "a"],
  ["./x=1 a", "./x=1 a"],
  ["x=${y:-$(a)}", ""],
  ["x=$(($(a) + 1))", ""],
  ["x=(1 $(a))", ""],
  ["x=(1 # one\n  2\n) && a", "a"],
  ["x=$(a) >$(b)", ""],
  ["x=$(a)$(($(b)))", ""],
  ["x=$(a)${y:-$(b)}", ""],
  ["a; x=(b $(c)) && d", "d"],
  ["x=$(set -e; a; b)", "a, b"],
  ["set -e; x=$(a; b); c", "b, c"],
  ["x=$(trap 'exit 0' EXIT; a || exit 1)", ""],
  ["echo $(a)", "echo $(a)"],
  ["echo <(a) >(b) c<(d)", "echo <(a) >(b) c<(d)"],
  ["bash -c 'a && b'", "bash -c a && b, a, b"],
  ["bash -lc 'a; b'", "bash -lc a; b, b"],
  ["sh -ec 'a; b' && c", "sh -ec a; b, a, b, c"],
  ["bash -eo pipefail -c 'a | b'", "bash -eo pipefail -c a | b, a, b"],
  ["set -e; sh -c 'a; b'; c", "sh -c a; b, b, c"],
  ["sh -c 'exit 1' || a", "a"],
  ["sh -c 'exit 1'; a", "a"],
  ...["ash", "bash", "dash", "ksh", "sh", "zsh"].map((shell) => [`${shell} -c a`, `${shell} -c a, a`] as const),
  ["sh -nc a", "sh -nc a"],
  ["sh -c", "sh -c"],
  ["sh -e a", "sh -e a"],
  ['sh -c "$a"', 'sh -c "$a"'],
  ["sh -c 'f() { a; }; b'; f", "f"],
  ["eval 'a; b'", "b"],
  ["eval a '&&' b; c", ""],
  ['eval "$a"; b', ""],
  ["eval eval eval eval eval a", "a"],
  ["eval eval eval eval eval eval a", ""],
  ["sh -c 'eval eval eval eval a' || exit 1", "sh -c eval eval eval eval a, a"],
  ["sh -c 'eval eval eval eval eval a' || exit 1", "sh -c eval eval eval eval eval a"],
  ["trap 'eval eval eval eval :' EXIT; b", ""],
  ["a || eval 'exit 1'; b", "b"],
  // What is no command.
  ["echo 'a' \"b\" # c", "echo a b"],
  ["a#b", "a#b"],
  ["a<b; c", "c"],
  ["a>b; c", "c"],
  ["a <('b)'); c", "c"],
  ["a $(( (1 + 2) * ((3)) )) && b", "a $(( (1 + 2) * ((3)) )), b"],
  ["a <<E && b\nc\nE\nd", "d"],
  ["a <<E <<-'F'\nb\nE\n\tc\\\n\tF\nd", "d"],
  ["a <<E\nb \\\nE\n'\nE\nd", "d"],
  ["a <<E\nb \\\\\nE\nd", "d"],
  ["a <<E", "a"],
  ["a <<E\nE\nb", "b"],
  ["a <<-E\nE\t\n'\nE\nb", "b"],
  ["a <<E\nb\n'\nE\nd", "d"],
  ["a <<-E\nb\n'\n\t\tE\nd", "d"],
  ["a <<E\nb\n\tE\nE\nd", "d"],
  ["a <<E\n\tE\n'\nE\nb", "b"],
  ["a 3<<E {fd}<<F\nb\nE\n(\nF\nd", "d"],
  ["a >$b; c", "c"],
  ["a <<<$b && c", "a, c"],
  ["a 12>b {fd1}>c && d", "a, d"],
  ["a <<< 'b; c' 2>&1 >&2 >|d &>e {f}<>g", "a"]
]

/** Where a command may stand in a line. */
const places = [
  "@",
  "! @",
  "@ | a",
  "a | @",
  "@ && a",
  "a && @",
  "{ @; }",
  "if @; then a; fi",
  "if a; then @; fi",
  "if a; then b; elif @; then c; fi",
  "if a; then b; else @; fi",
  "while @; do a; done",
  "for i in 1; do @; done",
  "case a in b) @;; esac",
  "case a in b) c;; d) @;; esac"
]

describe("a line that ended with status 0", () => {
  it("CLM-7 proves nothing after a command that changes what words mean, or a function, wherever that stands", () => {
    for (const place of [...places, "@ & a", "(@)", "f() { @; }", "f() (@)"]) {
      const after = (command: string): ReadonlyArray<unknown> => succeeded(`${place.replace("@", command)}; m`)
      expect([place, after("alias m=a").length, after("m() { a; }").length, after("b").length > 0]).toEqual([
        place,
        0,
        0,
        true
      ])
    }
  })

  it("CLM-7 takes no options of the shell for granted after a file it ran itself, wherever that stands", () => {
    const piped = (place: string): string =>
      succeeded(`set -o pipefail; ${place.replace("@", ". x")}; m 1 | m 2`)
        .filter(({ words }) => words[0]?.text === "m")
        .map(({ words }) => words[1]?.text)
        .join(" ")
    for (const place of places) expect([place, piped(place)]).toEqual([place, "2"])
    for (const place of ["(@)", "@ & a"]) expect([place, piped(place)]).toEqual([place, "1 2"])
  })

  it.each(table)("CLM-7 %j proves %j", (line, expected) => {
    const calls = succeeded(line).map(({ words }) => words.map(({ source, text }) => text ?? source).join(" "))
    expect(calls.join(", ")).toBe(expected)
  })
})
