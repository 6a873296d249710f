/**
 * Whether processes that say nothing are at work, by the processor time they use: a build or a test run may be silent for
 * longer than any agent should be.
 */

/** What was seen of a set of processes. */
export interface Activity {
  /** When the present window began, and the processor time that had been used by then, milliseconds. */
  readonly since: number
  readonly usedMs: number
  /** When they were seen at work last; null for never. */
  readonly activeAt: number | null
}

/** The share of one processor from which on it is work: a program that only waits uses some hundredths. */
const share = 0.1

/** No window is longer, milliseconds. */
const longestMs = 10_000

export const begin = (usedMs: number, now: number): Activity => ({ since: now, usedMs, activeAt: null })

/**
 * After another look. `usedMs`: the time of all of them and of their children that have ended. It can fall, when one goes
 * whose parent is none of them: that tells nothing. `inactivityMs`: the silence that would end them; a window is a quarter
 * of it at most, so that work is noticed in time.
 */
export const observe = (activity: Activity, usedMs: number, now: number, inactivityMs: number): Activity => {
  const { activeAt, since, usedMs: before } = activity
  if (usedMs < before || now < since) return { since: now, usedMs, activeAt }
  const length = now - since
  if (length < Math.min(longestMs, inactivityMs / 4)) return activity
  return { since: now, usedMs, activeAt: usedMs - before >= length * share ? now : activeAt }
}
