/**
 * Why a provider did not answer, told apart as far as it matters what is done then. The words are those of
 * `assistant.error` of Claude Code 2.1.197 and the `type` of the Anthropic API's errors; the numbers are HTTP's.
 */
import type { LimitCause, Trouble } from "../execution/Limit.ts"

const words: ReadonlyMap<unknown, Trouble> = new Map([
  ["authentication_failed", "authentication"],
  ["authentication_error", "authentication"],
  ["permission_error", "authentication"],
  ["billing_error", "billing"],
  ["rate_limit", "rate"],
  ["rate_limit_error", "rate"],
  ["overloaded", "overload"],
  ["overloaded_error", "overload"],
  ["invalid_request", "request"],
  ["invalid_request_error", "request"],
  ["model_not_found", "request"],
  ["not_found_error", "request"],
  ["server_error", "server"],
  ["api_error", "server"]
])

/** What a vendor's own word means; null for a word that is not known. */
export const ofWord = (word: unknown): Trouble | null => words.get(word) ?? null

/** What an HTTP status means; null for one that is no failure. */
export const ofStatus = (status: unknown): Trouble | null => {
  if (typeof status !== "number" || !(status >= 400)) return null
  if (status === 401 || status === 403) return "authentication"
  if (status === 402) return "billing"
  if (status === 429) return "rate"
  if (status === 503 || status === 529) return "overload"
  return status < 500 ? "request" : "server"
}

/** Whether it is a no of the provider to the account, and not to one request. */
export const isLimit = (trouble: Trouble): trouble is LimitCause => {
  switch (trouble) {
    case "usage":
    case "rate":
    case "overload":
    case "authentication":
    case "billing":
      return true
    default:
      return false
  }
}
