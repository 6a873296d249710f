/**
 * How OpenCode (1.18.33) is started and resumed. It gets no hooks: they would be a plugin, and with any plugin it installs
 * packages as it starts, which without a network takes it 72 seconds (measured, with OPENCODE_CONFIG_CONTENT too).
 */
import type { Asked } from "./Asked.ts"

export const args = ({ isAskedOnly = false, model, session }: Asked): ReadonlyArray<string> => [
  "run",
  "--format",
  "json",
  ...(isAskedOnly ? [] : ["--auto"]),
  ...(session === null ? [] : ["--session", session]),
  ...(model === null ? [] : ["--model", model])
]
