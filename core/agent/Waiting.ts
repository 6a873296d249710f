/**
 * A program that waits for its provider by itself, and for how long nobody knows: Codex waits out an hour and says only
 * that it tries again (`../shared/agents/FACTS.md` 3).
 */
import type { Progress } from "../execution/AttemptRecord.ts"
import { later, type Limit, type LimitCause, needsPerson } from "../execution/Limit.ts"
import { isLimit } from "./Trouble.ts"

/** Milliseconds without a word until it is no short wait any more. */
const shortMs = 60_000

/**
 * The limit that such a silence amounts to; null while it may be a short wait, or is none for the provider's sake. It
 * moves on in steps of the fallback, so that it holds as long as the silence does and is seldom another.
 */
export const limitOf = (
  { lastProgressAt, waiting }: Pick<Progress, "lastProgressAt" | "waiting">,
  now: number,
  limitFallbackMs: number
): Limit | null => {
  const silentMs = now - lastProgressAt
  if (waiting === null || !isLimit(waiting) || needsPerson(waiting) || silentMs < shortMs) return null
  const steps = Math.floor(silentMs / limitFallbackMs) + 1
  return { until: lastProgressAt + steps * limitFallbackMs, cause: waiting }
}

/**
 * Until when the provider of a program that lives says no, by what it printed or by how long it has been silent. A refusal
 * that only a person can mend says nothing of that: whether it lets the account in is known by the program's end.
 */
export const limited = (
  progress: Progress,
  now: number,
  limitFallbackMs: number
): { readonly limitedUntil: number | null; readonly limitCause?: LimitCause } => {
  const waited = limitOf(progress, now, limitFallbackMs)
  const limit = waited === null ? progress.limit : later(progress.limit, waited)
  return limit === null || needsPerson(limit.cause)
    ? { limitedUntil: null }
    : { limitedUntil: limit.until, limitCause: limit.cause }
}
