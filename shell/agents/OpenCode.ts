/** How OpenCode (1.18.33) is started and resumed. */
import type { Asked } from "./Asked.ts"

export const args = ({ isAskedOnly = false, model, session }: Asked): ReadonlyArray<string> => [
  "run",
  "--format",
  "json",
  ...(isAskedOnly ? [] : ["--auto"]),
  ...(session === null ? [] : ["--session", session]),
  ...(model === null ? [] : ["--model", model])
]
