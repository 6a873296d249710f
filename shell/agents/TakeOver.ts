/** How a person goes on in the conversation of an agent, by hand, with the vendor's own program. */
import type { AgentDefinition, Kind } from "../../core/task/AgentDefinition.ts"
import { quote } from "../process/ShellWord.ts"

const options: { readonly [K in Kind]: ReadonlyArray<string> | null } = {
  command: null,
  "claude-code": ["--resume"],
  codex: ["resume"],
  opencode: ["--session"]
}

/** The program and its arguments; null where nobody knows how. */
export const argumentsOf = (
  { command, kind }: AgentDefinition,
  session: string
): readonly [program: string, ...ReadonlyArray<string>] | null => {
  const own = options[kind]
  return own === null ? null : [command, ...own, session]
}

/** A line for a POSIX shell; null where nobody knows how. */
export const commandLine = (agent: AgentDefinition, session: string, directory: string): string | null => {
  const words = argumentsOf(agent, session)
  return words === null ? null : `cd ${quote(directory)} && ${words.map(quote).join(" ")}`
}
