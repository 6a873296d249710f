/** What it takes that a vendor's program can go on where it was. */
import type { AttemptRecord, Progress } from "../execution/AttemptRecord.ts"
import type { AgentDefinition, Kind } from "../task/AgentDefinition.ts"

/** The conversation that an attempt has left and a next one can go on with; of a `command` nobody knows how. */
export const resumableSession = (kind: Kind, { session }: Pick<Progress, "session">): string | null =>
  kind === "command" ? null : session

/** The same for whoever works next: the conversation of one agent is none of another's. */
export const sessionFor = (
  { kind, name }: Pick<AgentDefinition, "kind" | "name">,
  { agent, progress }: Pick<AttemptRecord, "agent" | "progress">
): string | null => (agent === name ? resumableSession(kind, progress) : null)

/**
 * How long a program may take to end by itself when it is interrupted, milliseconds; 0: an interrupt is no good to it.
 * Claude Code and Codex then end their tools and leave a conversation that is whole; OpenCode just dies, and leaves its
 * tools behind (`../shared/agents/FACTS.md` 0 and 2).
 */
export const interruptMsOf = (kind: Kind): number => (kind === "claude-code" || kind === "codex" ? 2000 : 0)
