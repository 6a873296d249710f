/**
 * Reads what is put together of other commands: groups, subshells, conditions, loops, tests.
 */
import { type Cursor, match, nested, peek, peekReserved, skipBlanks, skipLines, take, takeReserved } from "./Cursor.ts"
import { isDelimiter, readRedirection } from "./Redirection.ts"
import type { Body, Branch, Compound, Script } from "./Syntax.ts"
import { readArithmetic, readWord } from "./Word.ts"

/** With its redirections; "none" where no compound command begins. */
export const readCompound = (cursor: Cursor): Compound | null | "none" => {
  const compound = nested(cursor, readBody)
  if (compound === null || compound === "none") return compound
  for (let isRedirected = false; ; isRedirected = true) {
    const redirection = readRedirection(cursor)
    if (redirection === null) return null
    if (redirection === "none") return { ...compound, isRedirected }
  }
}

const test: Body = { _tag: "Test" }
const perhaps = (parts: ReadonlyArray<Script>): Body => ({ _tag: "Perhaps", parts })

const readBody = (cursor: Cursor): Body | null | "none" => {
  if (take(cursor, "((")) return readArithmetic(cursor) ? test : null
  if (take(cursor, "(")) {
    const body = readCommands(cursor)
    return body !== null && take(cursor, ")") ? { _tag: "Subshell", body } : null
  }
  const word = peekReserved(cursor)
  if (word === null) return "none"
  cursor.at += word.length
  switch (word) {
    case "{": {
      const body = readCommands(cursor)
      return body !== null && takeReserved(cursor, "}") ? { _tag: "Group", body } : null
    }
    case "if":
      return readIf(cursor)
    case "while":
    case "until": {
      const condition = readCommands(cursor)
      const body = condition === null ? null : readDo(cursor)
      return condition === null || body === null ? null : perhaps([condition, body])
    }
    case "for":
    case "select":
      return readFor(cursor)
    case "case":
      return readCase(cursor)
    case "[[":
      return readTest(cursor)
    default:
      // A closing word, or something that not every shell knows.
      return null
  }
}

/** At least one command. */
const readCommands = (cursor: Cursor): Script | null => {
  const script = cursor.readScript(cursor)
  return script === null || script.commands.length === 0 ? null : script
}

const readDo = (cursor: Cursor): Script | null => {
  if (!takeReserved(cursor, "do")) return null
  const body = readCommands(cursor)
  return takeReserved(cursor, "done") ? body : null
}

const readIf = (cursor: Cursor): Body | null => {
  const branches: Array<Branch> = []
  do {
    const condition = readCommands(cursor)
    const body = takeReserved(cursor, "then") ? readCommands(cursor) : null
    if (condition === null || body === null) return null
    branches.push({ condition, body })
  } while (takeReserved(cursor, "elif"))
  const hasElse = takeReserved(cursor, "else")
  const otherwise = hasElse ? readCommands(cursor) : null
  if ((hasElse && otherwise === null) || !takeReserved(cursor, "fi")) return null
  return { _tag: "If", branches, otherwise }
}

const readFor = (cursor: Cursor): Body | null => {
  skipBlanks(cursor)
  if (take(cursor, "((")) {
    if (!readArithmetic(cursor)) return null
  } else {
    if (readWord(cursor) === null) return null
    skipLines(cursor)
    if (takeIn(cursor)) {
      for (skipBlanks(cursor); !isDelimiter(cursor); skipBlanks(cursor)) {
        if (readWord(cursor) === null) return null
      }
    }
  }
  skipBlanks(cursor)
  take(cursor, ";")
  skipLines(cursor)
  const body = readDo(cursor)
  return body === null ? null : perhaps([body])
}

const takeIn = (cursor: Cursor): boolean => match(cursor, /in(?=[ \t\n;]|$)/y) !== null

const readCase = (cursor: Cursor): Body | null => {
  skipBlanks(cursor)
  if (readWord(cursor) === null) return null
  skipLines(cursor)
  if (!takeIn(cursor)) return null
  const parts: Array<Script> = []
  for (let isLast = false; ;) {
    skipLines(cursor)
    if (takeReserved(cursor, "esac")) return perhaps(parts)
    if (isLast || !readPatterns(cursor)) return null
    const script = cursor.readScript(cursor)
    if (script === null) return null
    parts.push(script)
    isLast = !takeEndOfBranch(cursor)
  }
}

const readPatterns = (cursor: Cursor): boolean => {
  take(cursor, "(")
  do {
    skipBlanks(cursor)
    if (readWord(cursor) === null) return false
    skipBlanks(cursor)
  } while (take(cursor, "|"))
  return take(cursor, ")")
}

/** Moves over what ends a branch of a `case`. */
const takeEndOfBranch = (cursor: Cursor): boolean => take(cursor, ";;&") || take(cursor, ";;") || take(cursor, ";&")

export const isEndOfBranch = (cursor: Cursor): boolean => {
  const start = cursor.at
  const isEnd = takeEndOfBranch(cursor)
  cursor.at = start
  return isEnd
}

const readTest = (cursor: Cursor): Body | null => {
  for (;;) {
    skipLines(cursor)
    const character = peek(cursor)
    if (character !== undefined && "()<>&|".includes(character)) cursor.at += 1
    else {
      const word = readWord(cursor)
      if (word === null) return null
      if (word.source === "]]") return test
    }
  }
}
