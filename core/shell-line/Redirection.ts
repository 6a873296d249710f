/**
 * Reads a redirection. Where it leads does not matter to what a line proves, but a here-document must be passed over.
 */
import { type Cursor, match, peek, skipBlanks } from "./Cursor.ts"
import { readWord } from "./Word.ts"

/** A number or `{name}` counts as a descriptor only directly before the operator. */
const operator = /(?:[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\})?(?:<<<|<<-?|<>|<&|<(?!\()|>>|>&|>\||>(?!\())|&>>?/y

/** Moves over a redirection, if one stands here; null: over one that does not end. */
export const readRedirection = (cursor: Cursor): "read" | "none" | null => {
  skipBlanks(cursor)
  const found = match(cursor, operator)
  if (found === null) return "none"
  skipBlanks(cursor)
  const start = cursor.at
  const target = readWord(cursor)
  if (target === null) return null
  if (!/^[^<]*<<-?$/.test(found)) return "read"
  if (target.text === null) return null
  const isLiteral = /['"\\]/.test(cursor.text.slice(start, cursor.at))
  cursor.pending.push({ delimiter: target.text, isLiteral, stripsTabs: found.endsWith("-") })
  return "read"
}

/** Whether a simple command can not go on here. */
export const isDelimiter = (cursor: Cursor): boolean => {
  const character = peek(cursor)
  return character === undefined || "\n;&|()".includes(character)
}
