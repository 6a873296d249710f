/**
 * The lines of a file that are held of it: one run of it without a hole, however large the file is. It grows at either end, and what
 * is far from where a person reads is let go.
 */
import type { OutputPart } from "../../http/api/TaskParts.ts"

export type Line = OutputPart["lines"][number]

export interface Window {
  readonly lines: ReadonlyArray<Line>
  /** The bytes that they are. */
  readonly start: number
  readonly end: number
  /** Bytes of the file; null where it is not there. */
  readonly size: number | null
  readonly isOver: boolean
  readonly isRemoved: boolean
}

/** Lines that are held at most, and bytes of them: a line may be long. */
export const most = 12_000
export const mostBytes = 8 * 1024 * 1024

const of = (part: OutputPart): Window => ({
  lines: part.lines,
  start: part.start,
  end: part.end,
  size: part.size,
  isOver: part.is_over,
  isRemoved: part.is_removed
})

export const jump = of

/** With a part that follows; as it was where another one came meanwhile. `dropped` lines have gone at the beginning. */
export const append = (window: Window, part: OutputPart): { readonly window: Window; readonly dropped: number } => {
  if (part.start !== window.end) return { window, dropped: 0 }
  const lines = [...window.lines, ...part.lines]
  let dropped = Math.max(0, lines.length - most)
  while (part.end - (lines[dropped]?.at ?? part.end) > mostBytes) dropped += 1
  const kept = dropped === 0 ? lines : lines.slice(dropped)
  return {
    window: { ...of(part), lines: kept, start: dropped === 0 ? window.start : (kept[0]?.at ?? part.end) },
    dropped
  }
}

/** With a part that comes before; `added` lines are new at the beginning. */
export const prepend = (window: Window, part: OutputPart): { readonly window: Window; readonly added: number } => {
  if (part.end !== window.start) return { window, added: 0 }
  const lines = [...part.lines, ...window.lines]
  let held = Math.min(lines.length, most)
  while ((lines[held]?.at ?? window.end) - part.start > mostBytes) held -= 1
  const end = lines[held]?.at ?? window.end
  return {
    window: {
      lines: held < lines.length ? lines.slice(0, held) : lines,
      start: part.start,
      end,
      size: part.size,
      isOver: part.is_over,
      isRemoved: part.is_removed
    },
    added: part.lines.length
  }
}

/** Nothing more of the file is behind it now. */
export const isAtEnd = ({ end, size }: Window): boolean => size === null || end >= size

/** More may come. */
export const grows = (window: Window): boolean => !window.isOver && !window.isRemoved
