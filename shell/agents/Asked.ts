/** What the arguments of a vendor's program are made of. */
import type { Marker } from "../../core/execution/AttemptRecord.ts"
import type { AgentDefinition } from "../../core/task/AgentDefinition.ts"

export interface Asked {
  /** The conversation to go on with; null begins one. */
  readonly session: string | null
  readonly marker: Marker
  readonly model: string | null
  /** The user's own arguments: they come last, and what they decide is not decided for them. */
  readonly args: AgentDefinition["args"]
}
