/** Parts of what was printed, read from where they are: a file of a gigabyte costs no more than what is asked of it. */
import * as Effect from "effect/Effect"
import { boundaryAfter, boundaryBefore } from "../sensors/Utf8.ts"
import { newline, type OutputUnreadable, piece } from "./FilePiece.ts"
import type { Line, Source } from "./TaskLog.ts"

export interface Part {
  readonly lines: ReadonlyArray<Line>
  /** There is more of it, before or after. */
  readonly isCut: boolean
}

const linesOf = ({ attempt, stream }: Source, bytes: Buffer): ReadonlyArray<Line> => {
  if (bytes.length === 0) return []
  const whole = bytes.at(-1) === newline ? bytes.subarray(0, -1) : bytes
  return whole
    .toString("utf8")
    .split("\n")
    .map((text) => ({ attempt, stream, text }))
}

/** The end of all sources, in their order; of a line that does not fit only its end. */
export const tail = (sources: ReadonlyArray<Source>, limit: number): Effect.Effect<Part, OutputUnreadable> =>
  Effect.gen(function* () {
    const parts: Array<ReadonlyArray<Line>> = []
    let left = limit
    let isCut = false
    for (const source of sources.toReversed()) {
      if (isCut) break
      const { bytes, size } = yield* piece(source.file, (size) => ({
        from: Math.max(0, size - left),
        length: Math.min(size, left)
      }))
      left -= bytes.length
      isCut = size > bytes.length
      const first = bytes.indexOf(newline)
      const start = !isCut ? 0 : first === -1 || first === bytes.length - 1 ? boundaryAfter(bytes, 0) : first + 1
      parts.unshift(linesOf(source, bytes.subarray(start)))
    }
    return { lines: parts.flat(), isCut }
  })

/**
 * One source from a byte on: whole lines, unless one is longer than `limit` or the last one has no end; `next` is where it
 * goes on.
 */
export const from = (
  source: Source,
  offset: number,
  limit: number
): Effect.Effect<Part & { readonly next: number }, OutputUnreadable> =>
  Effect.map(
    // One byte more tells whether the last character is whole.
    piece(source.file, () => ({ from: offset, length: limit + 1 })),
    ({ bytes: more, size }) => {
      const bytes = more.subarray(0, limit)
      const last = bytes.lastIndexOf(newline)
      const isAll = offset + bytes.length >= size
      // A line that is still being written is given when it is whole.
      const unfinished = isAll && source.isOver ? bytes.length : last + 1
      const end = unfinished > 0 || bytes.length < limit ? unfinished : boundaryBefore(more, limit)
      const next = Math.min(offset + end, Math.max(offset, size))
      return { lines: linesOf(source, bytes.subarray(0, end)), isCut: next < size, next }
    }
  )
