/**
 * What a record says of the cost of its conversation: money, else tokens. Total on anything a program may print.
 */
import type { Report, Tokens } from "../execution/Spend.ts"
import { amountAt, isObject, type Json } from "./Json.ts"

/** Tokens under the first of the names that is there; null where none is. */
const tokensOf = (json: Json, names: readonly [string, string, string, string]): Tokens | null => {
  const [input, output, cacheRead, cacheWrite] = names.map((name) => amountAt(json, name))
  return input === null && output === null
    ? null
    : { input: input ?? 0, output: output ?? 0, cacheRead: cacheRead ?? 0, cacheWrite: cacheWrite ?? 0 }
}

const ofTurn = ["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"] as const
const ofModel = ["inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens"] as const

const plus = (a: Tokens | null, b: Tokens | null): Tokens | null =>
  a === null || b === null
    ? (a ?? b)
    : {
        input: a.input + b.input,
        output: a.output + b.output,
        cacheRead: a.cacheRead + b.cacheRead,
        cacheWrite: a.cacheWrite + b.cacheWrite
      }

/** Of all models together, where they are told apart; else of the whole. */
const usageOf = ({ modelUsage, usage }: Json): Tokens | null => {
  const models = isObject(modelUsage) ? Object.values(modelUsage).filter(isObject) : []
  const byModel = models.map((each) => tokensOf(each, ofModel)).reduce(plus, null)
  return byModel ?? (isObject(usage) ? tokensOf(usage, ofTurn) : null)
}

/** Nought for tokens that were used: the program does not know what they cost. */
export const isUnpriced = (costUsd: number | null, tokens: Tokens | null): boolean =>
  costUsd === null || (costUsd === 0 && tokens !== null && Object.values(tokens).some((count) => count > 0))

/** The report of a result record that belongs to that session. */
export const reportOf = (json: Json, session: string | null): Report => {
  const costUsd = amountAt(json, "total_cost_usd")
  const tokens = costUsd === null || costUsd === 0 ? usageOf(json) : null
  return isUnpriced(costUsd, tokens) ? { session, costUsd: null, tokens } : { session, costUsd, tokens: null }
}
