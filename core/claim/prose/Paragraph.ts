/**
 * The prose of a message in Markdown: what is left without fenced and indented code, block quotes, headings, tables and
 * comments. It follows CommonMark, and where that would take a doubtful line for prose it does not: an indented line is
 * code also right below a line of text, and an item that is still to be ticked off is no prose.
 */

import { isSpace } from "./Character.ts"

export interface Paragraph {
  readonly start: number
  /** Where the last line ends, without its newline. */
  readonly end: number
}

const tab = 9

interface Line {
  readonly start: number
  readonly end: number
  /** Of the first character that is no white space. */
  readonly first: number
  /** Columns before it; a tab goes on to the next multiple of four. */
  readonly indent: number
}

const isBlank = ({ end, first }: Line): boolean => first >= end

const lineAt = (text: string, start: number): Line => {
  const newline = text.indexOf("\n", start)
  const end = newline < 0 ? text.length : newline
  let first = start
  let indent = 0
  for (; first < end; first++) {
    const code = text.charCodeAt(first)
    if (!isSpace(code)) break
    indent += code === tab ? 4 - (indent % 4) : 1
  }
  return { start, end, first, indent }
}

/** Whether a heading, a quote, a row of a table, a comment or an item still to do begins at a place. */
const isOutside = (text: string, at: number): boolean => {
  switch (text[at]) {
    case ">":
    case "|":
      return true
    case "#":
      return /^#{1,6}(?:\s|$)/.test(text.slice(at, at + 7))
    case "/":
      return text[at + 1] === "/" || text[at + 1] === "*"
    case "<":
      return text.startsWith("<!--", at)
    case "[":
      return text.startsWith("[ ] ", at)
    default:
      return false
  }
}

/** What list markers begin with. */
const markers = "-*+•‣◦·–—(0123456789"

/** A list marker, the space behind it, and the box of a task that is done. */
const marker = /^(?:[-*+•‣◦·–—]|\d{1,9}[.)]|\(\d{1,9}\))(?:[ \t]+|$)(?:\[[xX]\][ \t]+)?/

/** Longer than any marker with its spaces should be: what a line costs must not depend on what follows. */
const markerLength = 40

/** Where the content of the list item begins whose marker is at a place; the same place if there is none. */
const afterMarker = (text: string, at: number, end: number): number => {
  if (!markers.includes(text.charAt(at))) return at
  return at + (marker.exec(text.slice(at, Math.min(end, at + markerLength)))?.[0].length ?? 0)
}

interface Fence {
  readonly mark: string
  readonly length: number
}

const runLength = (text: string, at: number, end: number, mark: string): number => {
  let length = 0
  while (at + length < end && text[at + length] === mark) length++
  return length
}

/** The fence that opens at a place, or null; a backtick after backticks makes it a code span of one line. */
const fenceAt = (text: string, at: number, end: number): Fence | null => {
  const mark = text[at]
  if (mark !== "`" && mark !== "~") return null
  const length = runLength(text, at, end, mark)
  if (length < 3) return null
  return mark === "`" && text.slice(at + length, end).includes("`") ? null : { mark, length }
}

const closes = (text: string, { end, first }: Line, { length, mark }: Fence): boolean => {
  const run = runLength(text, first, end, mark)
  return run >= length && text.slice(first + run, end).trim() === ""
}

/** The paragraphs and list items of a text, in order. */
export const paragraphs = (text: string): ReadonlyArray<Paragraph> => {
  const found: Array<Paragraph> = []
  let fence: Fence | null = null
  /** The column where the content of the last list item began; 0 outside of lists. */
  let listColumn = 0
  let wasBlank = true
  let open = -1
  let openEnd = 0
  const close = (): void => {
    if (open >= 0) found.push({ start: open, end: openEnd })
    open = -1
  }
  for (let at = 0; at <= text.length;) {
    const line = lineAt(text, at)
    at = line.end + 1
    if (fence !== null) {
      if (closes(text, line, fence)) fence = null
      continue
    }
    if (isBlank(line)) {
      close()
      wasBlank = true
      continue
    }
    if (wasBlank && line.indent < listColumn) listColumn = 0
    wasBlank = false
    if (line.indent >= listColumn + 4) {
      close()
      continue
    }
    let content = line.first
    while (content < line.end && !isOutside(text, content)) {
      const next = afterMarker(text, content, line.end)
      if (next === content) break
      close()
      content = next
      listColumn = line.indent + content - line.first
    }
    const opened = fenceAt(text, content, line.end)
    if (opened !== null || content >= line.end || isOutside(text, content)) {
      close()
      fence = opened
      continue
    }
    if (open < 0) open = content
    openEnd = line.end
  }
  close()
  return found
}
