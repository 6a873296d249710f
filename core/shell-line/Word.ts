/**
 * Reads one word: quotes, escapes, expansions, substitutions. What it comes to is known only where nothing has to be
 * looked up or run. Where shells disagree, it reads as bash does, or not at all.
 */
import { ansiC } from "./AnsiC.ts"
import { type Cursor, into, match, nested, peek, skipLines, take } from "./Cursor.ts"
import type { Script, Word } from "./Syntax.ts"

/** A word as far as it is read. */
interface Draft {
  text: string | null
  isSplit: boolean
  scripts: Array<Script> | null
}

const draft = (): Draft => ({ text: "", isSplit: false, scripts: [] })

const add = (into: Draft, text: string | null): void => {
  into.text = into.text === null || text === null ? null : into.text + text
}

/** Something that a value decides. Outside quotes it may come to any number of words. */
const vary = (into: Draft, isSplit: boolean): void => {
  into.text = null
  into.isSplit ||= isSplit
}

/** What stood in a place that may never be reached: its substitutions may not run. */
const absorb = (into: Draft, part: Draft): void => {
  if (part.scripts === null || part.scripts.length > 0) into.scripts = null
}

/** `NAME=`, `NAME+=`, `NAME[…]=` at the beginning of a word. */
const assigned = /^[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]]*\])?\+?=/

export const isAssignment = ({ source }: Word): boolean => assigned.test(source)

/** Reads the word that begins here, at least one character; null where it does not end. */
export const readWord = (cursor: Cursor): Word | null => {
  const start = cursor.at
  const word = draft()
  if (!readParts(cursor, word, start) || cursor.at === start) return null
  return { ...word, source: cursor.text.slice(start, cursor.at) }
}

/** What may be the beginning of an assignment, a line that goes on within it too. */
const mayAssign = /^[A-Za-z_\\\n][A-Za-z0-9_\\\n]*[[+=]/

/** Pattern and brace characters of the word so far: `[…]`, `{…,…}`, `{…..…}`. */
interface Seen {
  bracket: boolean
  brace: boolean
  list: boolean
  /** Null before anybody has asked. */
  assignment: boolean | null
}

/** A home stands there: at the beginning and, for bash, after `=` and `:` of what looks like an assignment, also of an argument. */
const isHome = (cursor: Cursor, start: number, at: number, seen: Seen): boolean => {
  if (at === start) return true
  if (!"=:\n".includes(cursor.text.charAt(at - 1))) return false
  seen.assignment ??= mayAssign.test(cursor.text.slice(start, at))
  return seen.assignment
}

const readParts = (cursor: Cursor, word: Draft, start: number): boolean => {
  const seen: Seen = { bracket: false, brace: false, list: false, assignment: null }
  for (;;) {
    const plain = match(cursor, /[A-Za-z0-9_/:=@%+-]+/y)
    if (plain !== null) add(word, plain)
    const at = cursor.at
    const character = peek(cursor)
    if (character === undefined || " \t\n;&|)".includes(character)) return true
    cursor.at += 1
    switch (character) {
      case "<":
      case ">":
        if (peek(cursor) !== "(") {
          cursor.at = at
          return true
        }
        cursor.at += 1
        if (readSubstitution(cursor) === null) return false
        vary(word, false)
        break
      case "(":
        // An array; anywhere else a parenthesis ends the word.
        if (assigned.exec(cursor.text.slice(start, at))?.[0].length !== at - start) {
          cursor.at = at
          return true
        }
        if (nested(cursor, () => readArray(cursor, word)) !== true) return false
        break
      case "\\":
        // At the very end it stands for itself.
        add(word, cursor.text[cursor.at] ?? "\\")
        cursor.at += 1
        break
      case "'":
        if (!readSingle(cursor, word)) return false
        break
      case '"':
        if (!readDouble(cursor, word)) return false
        break
      case "$":
        if (!readDollar(cursor, word, false)) return false
        break
      case "`":
        if (!readBackquotes(cursor, word, false)) return false
        break
      case "~":
        if (isHome(cursor, start, at, seen)) vary(word, false)
        else add(word, character)
        break
      default:
        if (isPattern(character, cursor, seen)) vary(word, true)
        else add(word, character)
    }
  }
}

const isPattern = (character: string, cursor: Cursor, seen: Seen): boolean => {
  switch (character) {
    case "*":
    case "?":
      return true
    case "[":
      seen.bracket = true
      return false
    case "]":
      return seen.bracket
    case "{":
      seen.brace = true
      return false
    case ",":
      seen.list ||= seen.brace
      return false
    case ".":
      seen.list ||= seen.brace && peek(cursor) === "."
      return false
    case "}":
      return seen.list
    default:
      return false
  }
}

const readSingle = (cursor: Cursor, word: Draft): boolean => {
  const end = cursor.text.indexOf("'", cursor.at)
  if (end < 0) return false
  add(word, cursor.text.slice(cursor.at, end))
  cursor.at = end + 1
  return true
}

const readDouble = (cursor: Cursor, word: Draft): boolean => {
  for (;;) {
    const plain = match(cursor, /[^"\\$`]+/y)
    if (plain !== null) add(word, plain)
    const character = peek(cursor)
    cursor.at += 1
    switch (character) {
      case undefined:
        return false
      case '"':
        return true
      case "$":
        if (!readDollar(cursor, word, true)) return false
        break
      case "`":
        if (!readBackquotes(cursor, word, true)) return false
        break
      case "\\":
        add(word, match(cursor, /["\\$`]/y) ?? "\\")
        break
      default:
        // What a joined line went on with.
        add(word, character)
    }
  }
}

/** What follows a `$`. */
const readDollar = (cursor: Cursor, word: Draft, isQuoted: boolean): boolean => {
  const next = peek(cursor)
  if (take(cursor, "((")) {
    vary(word, !isQuoted)
    return nested(cursor, () => readArithmetic(cursor, word)) === true
  }
  switch (next) {
    case "(": {
      cursor.at += 1
      vary(word, !isQuoted)
      const script = readSubstitution(cursor)
      if (script === null) return false
      word.scripts?.push(script)
      return true
    }
    case "{":
      cursor.at += 1
      vary(word, !isQuoted)
      return nested(cursor, () => readBraced(cursor, word, isQuoted)) === true
    case "[":
      // Arithmetic in some shells, text in others.
      return false
    case "'":
    case '"':
      if (isQuoted) break
      cursor.at += 1
      if (next === "'") {
        const quoted = readEscaped(cursor, "'")
        if (quoted !== null) add(word, ansiC(quoted))
        return quoted !== null
      }
      vary(word, false)
      return readDouble(cursor, word)
  }
  const name = match(cursor, /[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]/y)
  if (name === null) add(word, "$")
  else vary(word, !isQuoted || name === "@")
  return true
}

/** The text up to this character, over those that a backslash protects; null where there is none. */
const readEscaped = (cursor: Cursor, end: string): string | null => {
  const start = cursor.at
  for (let at = start; at < cursor.text.length; at++) {
    if (cursor.text[at] === end) {
      cursor.at = at + 1
      return cursor.text.slice(start, at)
    }
    if (cursor.text[at] === "\\") at += 1
  }
  return null
}

/** A script up to its closing parenthesis. */
const readSubstitution = (cursor: Cursor): Script | null => {
  const script = nested(cursor, cursor.readScript)
  return script !== null && take(cursor, ")") ? script : null
}

/** A script between backquotes, in which a backslash protects itself, `$` and another backquote. */
const readBackquotes = (cursor: Cursor, word: Draft, isQuoted: boolean): boolean => {
  const quoted = readEscaped(cursor, "`")
  if (quoted === null) return false
  const text = quoted.replaceAll(isQuoted ? /\\([`\\$"])/g : /\\([`\\$])/g, "$1")
  const inner = into(text, cursor)
  const script = nested(inner, inner.readScript)
  if (script === null || inner.at < text.length) return false
  vary(word, !isQuoted)
  word.scripts?.push(script)
  return true
}

/** `${…}` after its brace: any text with balanced quotes; where shells disagree about a quote in it, none. */
const readBraced = (cursor: Cursor, word: Draft, isQuoted: boolean): boolean => {
  const part = draft()
  for (;;) {
    const plain = match(cursor, /[^}\\'"$`]+/y)
    if (isQuoted && plain?.includes("@")) word.isSplit = true
    const character = peek(cursor)
    const at = cursor.at
    cursor.at += 1
    switch (character) {
      case undefined:
        return false
      case "}":
        absorb(word, part)
        return true
      case "\\":
        cursor.at += 1
        break
      case "'":
        if (isQuoted || !readSingle(cursor, part)) return false
        break
      case '"':
        if (!readDouble(cursor, part) || (isQuoted && cursor.text.slice(at, cursor.at).includes("}"))) return false
        break
      case "$":
        if (!readDollar(cursor, part, isQuoted)) return false
        break
      case "`":
        if (!readBackquotes(cursor, part, isQuoted)) return false
    }
  }
}

/** `$(( … ))` or `(( … ))` after its parentheses. */
export const readArithmetic = (cursor: Cursor, word: Draft = draft()): boolean => {
  const part = draft()
  let depth = 0
  for (;;) {
    match(cursor, /[^()'"$`]+/y)
    const character = peek(cursor)
    cursor.at += 1
    switch (character) {
      case undefined:
      case "'":
        return false
      case "(":
        depth += 1
        break
      case ")":
        depth -= 1
        if (depth < 0) {
          absorb(word, part)
          // One parenthesis alone: it was a subshell in a subshell or in a substitution.
          return take(cursor, ")")
        }
        break
      case '"':
        if (!readDouble(cursor, part)) return false
        break
      case "$":
        if (!readDollar(cursor, part, true)) return false
        break
      case "`":
        if (!readBackquotes(cursor, part, true)) return false
    }
  }
}

/** `NAME=( … )` after its parenthesis. */
const readArray = (cursor: Cursor, word: Draft): boolean => {
  vary(word, false)
  for (;;) {
    skipLines(cursor)
    if (take(cursor, ")")) return true
    const element = draft()
    const start = cursor.at
    if (!readParts(cursor, element, start) || cursor.at === start) return false
    absorb(word, element)
  }
}
