/**
 * One row of `drover doctor`: what was looked at, how it is, and what to do where something is wrong.
 */

/** `advisory`: it works as far as is known, and a person had better look; `skipped`: nobody needs it. */
export type Standing = "pass" | "advisory" | "fail" | "skipped"

export interface Check {
  readonly check: string
  /** It does not fail. */
  readonly ok: boolean
  readonly standing: Standing
  readonly detail: string
  /** What to do about it; null where nothing is wrong. */
  readonly remedy: string | null
}

const row =
  (standing: Standing) =>
  (check: string, detail: string, remedy: string): Check => ({
    check,
    ok: standing !== "fail",
    standing,
    detail,
    remedy
  })

export const good = (check: string, detail: string): Check => ({
  check,
  ok: true,
  standing: "pass",
  detail,
  remedy: null
})

export const bad = row("fail")
export const advisory = row("advisory")
export const skipped = row("skipped")
