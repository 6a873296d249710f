/**
 * One row of `drover doctor`: what was looked at, how it is, and what to do where something is wrong.
 */

export interface Check {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
  /** What to do about it; null where nothing is wrong. */
  readonly remedy: string | null
}

export const good = (check: string, detail: string): Check => ({ check, ok: true, detail, remedy: null })

export const bad = (check: string, detail: string, remedy: string): Check => ({ check, ok: false, detail, remedy })
