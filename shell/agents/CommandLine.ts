/**
 * How each kind of program is started unattended: its arguments before the user's own. The prompt is on standard input,
 * which ends behind it; no file of the user is touched. What the options do was measured (`../shared/agents/FACTS.md`).
 */
import type { Kind } from "../../core/task/AgentDefinition.ts"
import type { Asked } from "./Asked.ts"
import * as ClaudeCode from "./ClaudeCode.ts"
import * as Codex from "./Codex.ts"
import * as OpenCode from "./OpenCode.ts"

const vendors: { readonly [K in Exclude<Kind, "command">]: (asked: Asked) => ReadonlyArray<string> } = {
  "claude-code": ClaudeCode.args,
  codex: Codex.args,
  opencode: OpenCode.args
}

export const args = (kind: Kind, asked: Asked): ReadonlyArray<string> =>
  kind === "command" ? asked.args : [...vendors[kind](asked), ...asked.args]
