/**
 * A place in a shell line that is being read. The readers move it forward and never back, so that reading is linear; a
 * reader that answers null has met something that no shell would run as written, and the whole line is unreadable.
 */
import type { Script } from "./Syntax.ts"

interface HereDocument {
  readonly delimiter: string
  /** A quoted delimiter: nothing in the body is expanded, a backslash joins no lines. */
  readonly isLiteral: boolean
  /** `<<-`: tabs at the beginning of a line do not count. */
  readonly stripsTabs: boolean
}

export interface Cursor {
  readonly text: string
  at: number
  /** How deep in substitutions and compound commands it is. */
  depth: number
  /** Their bodies begin after the next end of a line. */
  readonly pending: Array<HereDocument>
  /** The reader of a script, for what a word substitutes. */
  readonly readScript: (cursor: Cursor) => Script | null
}

/** Deeper than anybody writes, and far from the end of the stack. */
const maxDepth = 50

/** Reads one level deeper, or null where that is too deep. */
export const nested = <A>(cursor: Cursor, read: (cursor: Cursor) => A | null): A | null => {
  if (cursor.depth >= maxDepth) return null
  cursor.depth += 1
  const result = read(cursor)
  cursor.depth -= 1
  return result
}

/** A cursor at the beginning of another text, as deep as this one. */
export const into = (text: string, { depth, readScript }: Cursor): Cursor => ({
  text,
  at: 0,
  depth,
  pending: [],
  readScript
})

/** The character at the cursor; a backslash before the end of a line joins it with the next. */
export const peek = (cursor: Cursor): string | undefined => {
  while (cursor.text.startsWith("\\\n", cursor.at)) cursor.at += 2
  return cursor.text[cursor.at]
}

/** Moves over this text if it stands here. */
export const take = (cursor: Cursor, expected: string): boolean => {
  const start = cursor.at
  for (const character of expected) {
    if (peek(cursor) !== character) {
      cursor.at = start
      return false
    }
    cursor.at += 1
  }
  return true
}

/** Moves over what a sticky expression matches here: that text, or null. */
export const match = (cursor: Cursor, sticky: RegExp): string | null => {
  sticky.lastIndex = cursor.at
  const found = sticky.exec(cursor.text)?.[0] ?? null
  if (found !== null) cursor.at += found.length
  return found
}

/** Words that mean something where a command begins, with what may follow them. */
const reserved =
  /(?:if|then|elif|else|fi|for|select|while|until|do|done|case|esac|function|coproc|\{|\}|!|\[\[)(?=[ \t\n;&|<>()]|$)/y

/** The reserved word that stands here, or null. */
export const peekReserved = (cursor: Cursor): string | null => {
  const start = cursor.at
  const word = match(cursor, reserved)
  cursor.at = start
  return word
}

/** Moves over this reserved word if it stands here. */
export const takeReserved = (cursor: Cursor, expected: string): boolean => {
  if (peekReserved(cursor) !== expected) return false
  cursor.at += expected.length
  return true
}

/** Moves over blanks and a comment, up to the end of the line. */
export const skipBlanks = (cursor: Cursor): void => {
  while (peek(cursor) === " " || peek(cursor) === "\t") cursor.at += 1
  if (peek(cursor) === "#") cursor.at = endOfLine(cursor)
}

const endOfLine = ({ at, text }: Cursor): number => {
  const end = text.indexOf("\n", at)
  return end < 0 ? text.length : end
}

/** Moves over blanks, comments and ends of lines, and over the here-documents whose bodies begin at one. */
export const skipLines = (cursor: Cursor): void => {
  for (skipBlanks(cursor); peek(cursor) === "\n"; skipBlanks(cursor)) {
    cursor.at += 1
    for (const document of cursor.pending.splice(0)) skipBody(cursor, document)
  }
}

const skipBody = (cursor: Cursor, { delimiter, isLiteral, stripsTabs }: HereDocument): void => {
  let isJoined = false
  while (cursor.at < cursor.text.length) {
    const end = endOfLine(cursor)
    const line = cursor.text.slice(cursor.at, end)
    cursor.at = end + 1
    if (!isJoined && (stripsTabs ? line.replace(/^\t+/, "") : line) === delimiter) return
    isJoined = !isLiteral && backslashesAtEnd(line) % 2 === 1
  }
}

const backslashesAtEnd = (line: string): number => {
  let count = 0
  while (line[line.length - 1 - count] === "\\") count += 1
  return count
}
