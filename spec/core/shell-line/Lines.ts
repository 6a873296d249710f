/** Generated shell lines whose only program is `m ID STATUS`: see `RealShell.ts`. */
import fc from "fast-check"

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** `@` becomes a number of its own in every line, so that what ran can be told apart. */
const called = fc.constantFrom("m @ 0", "m @ 0", "m @ 0", "m @ 0", "m @ 1")

const numbered = (line: string): string => {
  let last = 0
  return line.replaceAll("@", () => `${(last += 1)}`)
}

/** How a command in a list may end; a here-document has its own commands, which nobody runs or the shell expands. */
const ends = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("; ", "\n", "; ", "\n", " & ") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(" ; # it's m @ 0\n", ' <<E ;\nm @ 0\n"$(m @ 0) \\\nE\nE\n', " <<-'E'\nm @ 0\\\n\tE\n")
  }
)

const { list } = fc.letrec<{ list: string; chain: string; pipeline: string; command: string }>((tie) => {
  const list = tie("list")
  const options = ["set -e", "set -e", "set +e", "set -o pipefail", "set -eu", "set +o pipefail"]
  return {
    list: fc
      .array(fc.tuple(tie("chain"), ends), {
        minLength: 1,
        maxLength: 3
      })
      .map((parts) => parts.map(([chain, end]) => chain + end).join("")),
    chain: fc
      .array(fc.tuple(fc.constantFrom(" && ", " || ", " &&\n", " || "), tie("pipeline")), {
        minLength: 1,
        maxLength: 3
      })
      .map((links) => links.map(([operator, pipeline], index) => (index === 0 ? "" : operator) + pipeline).join("")),
    pipeline: fc.oneof(
      { weight: 9, arbitrary: tie("command") },
      { weight: 1, arbitrary: tie("command").map((command) => `! ${command}`) },
      { weight: 1, arbitrary: fc.tuple(tie("command"), tie("command")).map((both) => both.join(" | ")) }
    ),
    command: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      { weight: 20, arbitrary: called },
      { weight: 2, arbitrary: fc.constantFrom("exit 1", "exit 0", "exit", "false", "true", "exit 3 >no/such") },
      { weight: 2, arbitrary: fc.constantFrom(...options) },
      { weight: 1, arbitrary: called.map((call) => `${call} >no/such`) },
      { weight: 1, arbitrary: called.map((call) => `command ${call}`) },
      { weight: 1, arbitrary: called.map((call) => `exec ${call}`) },
      { weight: 1, arbitrary: fc.constantFrom("trap 'exit 0' EXIT", "trap 'm @ 0' EXIT", "exec 2>&1", "alias m=true") },
      { weight: 1, arbitrary: list.map((body) => `{ ${body}}`) },
      { weight: 1, arbitrary: list.map((body) => `{ ${body}} >no/such`) },
      { weight: 1, arbitrary: list.map((body) => `(${body})`) },
      { weight: 1, arbitrary: list.map((body) => `v=$(${body})`) },
      { weight: 1, arbitrary: fc.tuple(list, list).map(([a, b]) => `v=$(${a}) w=$(${b})`) },
      { weight: 1, arbitrary: called.map((call) => `v=\`${call}\``) },
      { weight: 1, arbitrary: list.map((body) => `sh -c ${quoted(body)}`) },
      { weight: 1, arbitrary: list.map((body) => `sh -ec ${quoted(body)}`) },
      { weight: 1, arbitrary: list.map((body) => `eval ${quoted(body)}`) },
      { weight: 1, arbitrary: fc.tuple(list, list).map(([a, b]) => `if ${a}then ${b}fi`) },
      { weight: 1, arbitrary: fc.tuple(list, list, list).map(([a, b, c]) => `if ${a}then ${b}else ${c}fi`) },
      {
        weight: 1,
        arbitrary: fc.tuple(list, fc.constantFrom("1 2", "")).map(([a, in_]) => `for i in ${in_}; do ${a}done`)
      },
      { weight: 1, arbitrary: fc.tuple(list, list).map(([a, b]) => `while ${a}false; do ${b}done`) },
      { weight: 1, arbitrary: list.map((body) => `case a in (b) m @ 0;; a|c) ${body} ;; esac`) },
      // Named by its length, which no function within it can have: what calls itself would fork for ever.
      { weight: 1, arbitrary: list.map((body) => `f${body.length}() { ${body}}; f${body.length}`) }
    )
  }
})

/** Lines that shells accept. */
export const lines: fc.Arbitrary<string> = list.map(numbered)

/** Anything at all, of what means something to a shell. */
export const soup: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: called },
      {
        weight: 10,
        arbitrary: fc.constantFrom(
          "&&",
          "||",
          ";",
          "|",
          "&",
          "\n",
          "!",
          "(",
          ")",
          "{",
          "}",
          ";;",
          "&&",
          "&&",
          "\n",
          "'",
          '"',
          "`",
          "$(",
          ")",
          "\\",
          "\\\n",
          "#",
          "$'",
          "$((",
          "))",
          "${x:-",
          "}",
          "$",
          "x=",
          "<<E",
          "\nE\n",
          "<<'E'",
          "<<-E",
          "<no",
          "exit 0",
          "exit",
          "set -e",
          "if",
          "then",
          "else",
          "fi",
          "case",
          "in",
          "esac",
          "for",
          "do",
          "done",
          "while false",
          "f()",
          "eval",
          "command",
          "exec",
          "trap",
          "0",
          "[[",
          "]]",
          "((",
          "~"
        )
      }
    ),
    { maxLength: 14 }
  )
  .chain((tokens) =>
    fc
      .array(fc.constantFrom(" ", " ", " ", ""), { minLength: tokens.length, maxLength: tokens.length })
      .map((gaps) => numbered(tokens.map((token, index) => token + (gaps[index] ?? "")).join("")))
  )
