/**
 * A program that waits for its provider by itself, and for how long nobody knows: Codex waits out an hour and says only
 * that it tries again (`../shared/agents/FACTS.md` 3).
 */
import type { Progress } from "../execution/AttemptRecord.ts"
import { type Limit, needsPerson } from "../execution/Limit.ts"
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
