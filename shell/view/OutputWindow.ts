/**
 * A window on one file of output: whole lines, forwards or backwards from any byte, so that a reader can be anywhere in a
 * file of any size at once. Windows that follow each other leave nothing out and have nothing twice.
 */
import * as Effect from "effect/Effect"
import { boundaryAfter, boundaryBefore } from "../sensors/Utf8.ts"
import { newline, type OutputUnreadable, piece } from "./FilePiece.ts"

export type Where =
  /** From exactly there. */
  | { readonly _tag: "From"; readonly at: number }
  /** From the first line that begins there or after it. */
  | { readonly _tag: "Near"; readonly at: number }
  /** Up to exactly there. */
  | { readonly _tag: "Before"; readonly at: number }
  | { readonly _tag: "End" }

interface Line {
  /** The byte that it begins at. */
  readonly at: number
  readonly text: string
  /** More of the line is before it or after it. */
  readonly isPiece: boolean
}

export interface Window {
  readonly isThere: boolean
  readonly size: number
  /** The lines are the bytes from `start` up to, and without, `end`. */
  readonly start: number
  readonly end: number
  readonly lines: ReadonlyArray<Line>
}

/** Lines in one window: an empty line is a byte, and more than that in an answer. */
const mostLines = 5000

/** The bytes that lines are taken from, and what is known around them. */
interface Bytes {
  readonly bytes: Buffer
  /** Of the first of them in the file. */
  readonly from: number
  /** Nothing comes after the last of them, ever. */
  readonly isEnd: boolean
}

/** `isStart`: a line begins with the first byte. */
const linesOf = ({ bytes, from, isEnd }: Bytes, isStart: boolean): ReadonlyArray<Line> => {
  const lines: Array<Line> = []
  let at = 0
  while (at < bytes.length) {
    const found = bytes.indexOf(newline, at)
    const end = found === -1 ? bytes.length : found
    const isPiece = (at === 0 && !isStart) || (found === -1 && !isEnd)
    lines.push({ at: from + at, text: bytes.toString("utf8", at, end), isPiece })
    at = end + 1
  }
  return lines
}

/** The byte after so many lines, or the end. */
const afterLines = (bytes: Buffer, most: number): number => {
  let at = 0
  for (let count = 0; count < most; count++) {
    const found = bytes.indexOf(newline, at)
    if (found === -1) return bytes.length
    at = found + 1
  }
  return at
}

/** The byte that the last so many lines begin at, or 0. */
const beforeLines = (bytes: Buffer, most: number): number => {
  let at = bytes.length
  for (let count = 0; count <= most; count++) {
    if (at === 0) return 0
    const found = bytes.lastIndexOf(newline, at - 1)
    if (found === -1) return 0
    // That of the last line ends it.
    if (count === most) return found + 1
    at = found
  }
  return at
}

const empty = (size: number, at: number, isThere: boolean): Window => ({ isThere, size, start: at, end: at, lines: [] })

const forwards = (file: string, at: number, limit: number, isOver: boolean, isNear: boolean) =>
  // A byte before tells whether a line begins there, one after whether the last character is whole.
  Effect.map(
    piece(file, () => ({ from: Math.max(0, at - 1), length: limit + 2 })),
    ({ bytes: read, isThere, size }) => {
      if (at >= size) return empty(size, Math.min(at, size), isThere)
      const isStart = at === 0 || read[0] === newline
      const more = at === 0 ? read : read.subarray(1)
      const own = more.subarray(0, limit)
      const next = own.indexOf(newline)
      const isSkipped = isNear && !isStart
      const first = !isSkipped ? 0 : next === -1 ? boundaryAfter(more, 0) : next + 1
      const isAll = at + own.length >= size
      const last = own.lastIndexOf(newline) + 1
      // A line that is still being written is given when it is whole, unless it is longer than a window.
      const whole = isAll && isOver ? own.length : last
      const end = whole > first || isAll ? whole : boundaryBefore(more, own.length)
      const wanted = own.subarray(first, Math.max(first, end))
      const shown = wanted.subarray(0, afterLines(wanted, mostLines))
      const start = at + first
      const isEnd = isAll && isOver && start + shown.length === size
      const begins = isStart || (isSkipped && next !== -1)
      return {
        isThere,
        size,
        start,
        end: start + shown.length,
        lines: linesOf({ bytes: shown, from: start, isEnd }, begins)
      }
    }
  )

const backwards = (file: string, before: number | null, limit: number, isOver: boolean) => {
  let from = 0
  let isCut = false
  return Effect.map(
    piece(file, (size) => {
      const end = Math.min(size, before ?? size)
      // A byte before tells whether a line begins there.
      isCut = end > limit
      from = isCut ? end - limit - 1 : 0
      return { from, length: end - from }
    }),
    ({ bytes: read, isThere, size }) => {
      const unfinished = read.lastIndexOf(newline) + 1
      const isWritten = before === null || before >= size
      // Of what is still being written the last line is given when it is whole.
      const cut = isWritten && !isOver && (unfinished > 0 || !isCut) ? read.subarray(0, unfinished) : read
      const first = isCut ? cut.indexOf(newline) : -1
      const begins = !isCut || (first !== -1 && first < cut.length - 1)
      const start = !isCut ? 0 : begins ? first + 1 : boundaryAfter(cut, Math.min(1, cut.length))
      const wanted = cut.subarray(start)
      const shown = wanted.subarray(beforeLines(wanted, mostLines))
      const at = from + start + (wanted.length - shown.length)
      const end = at + shown.length
      const isEnd = isOver && end === size
      return {
        isThere,
        size,
        start: at,
        end,
        lines: linesOf({ bytes: shown, from: at, isEnd }, begins || shown.length < wanted.length)
      }
    }
  )
}

/** `limit`: bytes of the file; `isOver`: nothing more is written to it. */
export const read = (
  file: string,
  where: Where,
  limit: number,
  isOver: boolean
): Effect.Effect<Window, OutputUnreadable> => {
  switch (where._tag) {
    case "From":
      return forwards(file, where.at, limit, isOver, false)
    case "Near":
      return forwards(file, where.at, limit, isOver, true)
    case "Before":
      return backwards(file, where.at, limit, isOver)
    case "End":
      return backwards(file, null, limit, isOver)
  }
}
