/**
 * Why a budget might not hold: what an agent spends is known from what its program reports, and from prices where it
 * reports tokens and no money (`../shared/agents/FACTS.md` 1).
 */
import type { AgentDefinition } from "../../core/task/AgentDefinition.ts"
import type { Prices } from "./Configuration.ts"

/** Where prices are written, and those that are. */
export interface Priced {
  readonly prices: Prices
  readonly file: string
}

/** For a person; null where what is spent will be known. `model`: the one that the agent is started with. */
export const budgetDoubt = (
  kind: AgentDefinition["kind"],
  model: string | null,
  { file, prices }: Priced
): string | null => {
  const isPriced = model !== null && prices.has(model)
  const table = `[prices.${JSON.stringify(model ?? "MODEL")}] in ${file}`
  switch (kind) {
    case "claude-code":
      return null
    case "codex":
      if (isPriced) return null
      return model === null
        ? `the budget can not hold: Codex reports tokens and no money, and no model is named whose price could be known; name one, and write ${table}`
        : `the budget can not hold: Codex reports tokens and no money, and ${model} has no price; write ${table}`
    case "opencode":
      return isPriced
        ? null
        : `the budget holds only if OpenCode knows what its model costs; where it does not, write ${table}`
    case "command":
      return "the budget holds only if the agent's program prints what it costs"
  }
}
