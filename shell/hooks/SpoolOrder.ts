/**
 * The order of the files of a spool: that in which they became whole, and so that of each session, whose hooks run one
 * after the other.
 */
import type { SpoolName } from "./SpoolFile.ts"

export interface Listed extends SpoolName {
  readonly name: string
  /** Nanoseconds since the epoch, of the last change: the end of a whole file. */
  readonly changed: bigint
}

/** The system's clock for files ticks every few milliseconds; within a tick, the later process has the larger pid. */
export const inTime = (a: Listed, b: Listed): number =>
  a.changed === b.changed ? a.pid - b.pid || a.n - b.n : a.changed < b.changed ? -1 : 1

/**
 * What can be taken in order after two looks at a folder, the second begun when the first was over.
 *
 * A look takes its time, and what is made meanwhile it may show or not: it can miss a file and show a later one. What comes
 * before a file of the first look was there when the second began, which therefore shows it: it became whole in an earlier tick,
 * or in the same one by a process that began earlier. What comes after all of the first look waits for the next, that of the
 * same tick too: the second may have begun within it.
 */
export const settled = (first: ReadonlyArray<Listed>, second: ReadonlyArray<Listed>): ReadonlyArray<Listed> => {
  const known = new Set(first.map(({ name }) => name))
  const last = first.reduce<Listed | null>(
    (latest, each) => (latest === null || inTime(latest, each) < 0 ? each : latest),
    null
  )
  const missed = second.filter((each) => !known.has(each.name) && last !== null && inTime(each, last) < 0)
  return [...first, ...missed].toSorted(inTime)
}
