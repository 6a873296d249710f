/**
 * Which calls of git and gh push, merge, rebase or revert, when they end with status 0. With some options they do
 * something else, or nothing yet.
 */
import { afterOptions, type Invocation, nameOf, type Word } from "../shell-line/index.ts"

interface Row {
  readonly verb: string
  readonly program: "git" | "gh"
  readonly command: ReadonlyArray<string>
  /** Long options with which it is not done, also where they are shortened. */
  readonly refused: ReadonlyArray<string>
  /** Letters with which it is not done. */
  readonly refusedLetters: string
  /** Letters that take a value, and what follows them is no option. */
  readonly valueLetters: string
  /** It is done only with such an option. */
  readonly needed: RegExp | null
}

const git = (
  verb: string,
  command: string,
  refused: ReadonlyArray<string>,
  [refusedLetters, valueLetters]: readonly [string, string],
  needed: RegExp | null = null
): Row => ({
  verb,
  program: "git",
  command: [command],
  refused: [...refused, "help"],
  refusedLetters,
  valueLetters,
  needed
})

/** `-i` may stop half-way with status 0; after `--squash` and `--no-commit` a commit is still to come. */
const rows: ReadonlyArray<Row> = [
  git("push", "push", ["dry-run"], ["n", "o"]),
  git("merge", "merge", ["abort", "quit", "squash", "no-commit"], ["", "smFX"]),
  {
    verb: "merge",
    program: "gh",
    command: ["pr", "merge"],
    // With `--auto` it is merged later, if ever.
    refused: ["auto", "disable-auto", "help"],
    refusedLetters: "h",
    valueLetters: "btFAR",
    needed: null
  },
  git("rebase", "rebase", ["abort", "quit", "edit-todo", "show-current-patch", "interactive"], ["i", "sXx"]),
  git(
    "rebase",
    "pull",
    ["dry-run", "no-rebase"],
    ["", "sXjo"],
    /^(?:--rebase(?:=(?:true|merges))?|-[a-ik-np-qt-zA-WY-Z]*r)$/
  ),
  git("revert", "revert", ["abort", "quit", "no-commit"], ["n", "mX"])
]

/** Options of git itself, before the command; any other may keep it from running. */
const global = {
  flags: "pP",
  values: "Cc",
  longFlags: ["bare", "literal-pathspecs", "no-optional-locks", "no-pager", "no-replace-objects", "paginate"],
  longValues: ["config-env", "git-dir", "namespace", "work-tree"]
}

/** Whether a call that ended with status 0 did what the verb says, to what the object names. */
export const isDone = (verb: string, object: string | null, { words }: Invocation): boolean => {
  const program = nameOf(words[0])
  const start = program === "git" ? afterOptions(words, 1, global) : 1
  if (start === null) return false
  return rows.some((row) => {
    if (row.verb !== verb || row.program !== program) return false
    const isCommand = row.command.every((each, index) => words[start + index]?.text === each)
    const operands = isCommand ? operandsOf(row, words.slice(start + row.command.length)) : null
    return operands !== null && (row.program === "git" || isSameRequest(object, operands[0] ?? ""))
  })
}

/** What the command is given beside options; null where an option says that it is not done, or may say so. */
const operandsOf = (row: Row, words: ReadonlyArray<Word>): ReadonlyArray<string> | null => {
  const operands: Array<string> = []
  let isNeeded = row.needed !== null
  let isValue = false
  for (const [at, word] of words.entries()) {
    if (isValue) {
      isValue = false
      continue
    }
    const text = word.text ?? word.source
    if (text === "--") {
      operands.push(...words.slice(at + 1).map(({ source }) => source))
      break
    }
    if (!text.startsWith("-") || text === "-") {
      // What comes to no word or to several may come to an option; behind an operand it is taken for another.
      if (word.isSplit && operands.length === 0) return null
      operands.push(text)
      continue
    }
    if (isNeeded && row.needed?.test(text) === true) isNeeded = false
    if (isRefused(row, text)) return null
    isValue = takesNext(row, text)
  }
  return isNeeded ? null : operands
}

const isRefused = ({ refused, refusedLetters, valueLetters }: Row, option: string): boolean => {
  if (option.startsWith("--")) {
    const name = option.slice(2).replace(/=.*/s, "")
    return refused.some((each) => each.startsWith(name))
  }
  for (const letter of option.slice(1)) {
    if (refusedLetters.includes(letter)) return true
    if (valueLetters.includes(letter)) return false
  }
  return false
}

/** A cluster whose last letter takes a value, and no earlier one does. */
const takesNext = ({ valueLetters }: Row, option: string): boolean =>
  !option.startsWith("--") && [...option].findIndex((letter) => valueLetters.includes(letter)) === option.length - 1

/** Two numbers of pull requests must be the same; where one side names none, nothing speaks against it. */
const isSameRequest = (object: string | null, operand: string): boolean => {
  const promised = /(?:#|\b(?:pr|mr|pull request)\s+)([0-9]+)\b/i.exec(object ?? "")?.[1]
  const merged = /^(?:#|https?:\S*\/)?([0-9]+)$/.exec(operand)?.[1]
  return promised === undefined || merged === undefined || promised === merged
}
