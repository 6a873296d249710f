/** What the arguments of a vendor's program are made of. */
import type { Marker } from "../../core/execution/AttemptRecord.ts"
import type { AgentDefinition } from "../../core/task/AgentDefinition.ts"

export interface Asked {
  /** The conversation to go on with; null begins one. */
  readonly session: string | null
  /** Names a new conversation, where the program lets it be named; null leaves that to the program. */
  readonly marker: Marker | null
  readonly model: string | null
  /** The user's own arguments: they come last, and what they decide is not decided for them. */
  readonly args: AgentDefinition["args"]
  /** The program that its hooks run: absolute; null or absent is no hooks. */
  readonly hook?: string | null
  /** It is asked something, and has no leave to change anything, unless the user's own arguments give it; absent is no. */
  readonly isAskedOnly?: boolean
}
