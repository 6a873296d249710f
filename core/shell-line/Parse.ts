/**
 * Reads a shell line: the grammar of POSIX (XCU 2.10) with what bash and its kin add to it. Total and linear: a text
 * that no shell would run as written, and one that shells would run differently, is null.
 */
import { isEndOfBranch, readCompound } from "./Compound.ts"
import { type Cursor, peek, peekReserved, skipBlanks, skipLines, take, takeReserved } from "./Cursor.ts"
import { isDelimiter, readRedirection } from "./Redirection.ts"
import type { Command, Link, Script, Word } from "./Syntax.ts"
import { isAssignment, readWord } from "./Word.ts"

export const parse = (line: string): Script | null => {
  const cursor: Cursor = { text: line, at: 0, depth: 0, pending: [], readScript }
  const script = readScript(cursor)
  return cursor.at < line.length ? null : script
}

const closers: ReadonlySet<string | null> = new Set(["then", "elif", "else", "fi", "do", "done", "esac", "}"])

const isEnd = (cursor: Cursor): boolean => {
  const character = peek(cursor)
  return character === undefined || character === ")" || closers.has(peekReserved(cursor)) || isEndOfBranch(cursor)
}

/** Commands, perhaps none, up to the end, a closing parenthesis or word, or the end of a branch of a `case`. */
function readScript(cursor: Cursor): Script | null {
  const commands: Array<Command> = []
  for (;;) {
    skipLines(cursor)
    if (isEnd(cursor)) return { commands }
    const command = readChain(cursor)
    if (command === null) return null
    if (take(cursor, "&")) {
      commands.push({ _tag: "Background", command })
      continue
    }
    commands.push(command)
    if (isEndOfBranch(cursor) || (!take(cursor, ";") && peek(cursor) !== "\n")) return { commands }
  }
}

const readChain = (cursor: Cursor): Command | null => {
  const first = readPipeline(cursor)
  if (first === null) return null
  const rest: Array<Link> = []
  for (;;) {
    skipBlanks(cursor)
    const operator = take(cursor, "&&") ? "&&" : take(cursor, "||") ? "||" : null
    if (operator === null) return rest.length === 0 ? first : { _tag: "Chain", first, rest }
    skipLines(cursor)
    const command = readPipeline(cursor)
    if (command === null) return null
    rest.push({ operator, command })
  }
}

const readPipeline = (cursor: Cursor): Command | null => {
  const isNegated = takeReserved(cursor, "!")
  skipBlanks(cursor)
  const first = readCommand(cursor)
  if (first === null) return null
  const commands = [first]
  for (skipBlanks(cursor); takePipe(cursor); skipBlanks(cursor)) {
    skipLines(cursor)
    const command = readCommand(cursor)
    if (command === null) return null
    commands.push(command)
  }
  const command: Command = commands.length === 1 ? first : { _tag: "Pipeline", commands }
  return isNegated ? { _tag: "Not", command } : command
}

/** `|` or `|&`, but not the first half of `||`. */
const takePipe = (cursor: Cursor): boolean => {
  const start = cursor.at
  if (take(cursor, "||")) {
    cursor.at = start
    return false
  }
  return take(cursor, "|&") || take(cursor, "|")
}

const readCommand = (cursor: Cursor): Command | null => {
  if (takeReserved(cursor, "function")) {
    skipBlanks(cursor)
    const name = readWord(cursor)
    skipBlanks(cursor)
    return name === null || (peek(cursor) === "(" && !takeParentheses(cursor)) ? null : readDefinition(cursor, name)
  }
  const compound = readCompound(cursor)
  return compound === "none" ? readSimple(cursor) : compound
}

const readSimple = (cursor: Cursor): Command | null => {
  const assignments: Array<Word> = []
  const words: Array<Word> = []
  let isRedirected = false
  for (;;) {
    const redirection = readRedirection(cursor)
    if (redirection === null) return null
    if (redirection === "read") {
      isRedirected = true
      continue
    }
    if (isDelimiter(cursor)) {
      const isEmpty = assignments.length === 0 && words.length === 0 && !isRedirected
      return isEmpty ? null : { _tag: "Simple", assignments, words, isRedirected }
    }
    const word = readWord(cursor)
    if (word === null) return null
    if (words.length === 0 && isAssignment(word)) assignments.push(word)
    else words.push(word)
    skipBlanks(cursor)
    if (peek(cursor) !== "(") continue
    const isName = words.length === 1 && assignments.length === 0 && !isRedirected
    return isName && takeParentheses(cursor) ? readDefinition(cursor, word) : null
  }
}

/** Where a parenthesis opens. */
const takeParentheses = (cursor: Cursor): boolean => {
  cursor.at += 1
  skipBlanks(cursor)
  return take(cursor, ")")
}

/** The body of a function, after its name and parentheses. */
const readDefinition = (cursor: Cursor, { text }: Word): Command | null => {
  skipLines(cursor)
  const body = readCompound(cursor)
  return body === null || body === "none" || text === null ? null : { _tag: "Define", name: text, body }
}
