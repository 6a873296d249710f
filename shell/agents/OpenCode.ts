/** How OpenCode (1.18.33) is started and resumed. */
import type { Asked } from "./Asked.ts"

export const args = ({ model, session }: Asked): ReadonlyArray<string> => [
  "run",
  "--format",
  "json",
  "--auto",
  ...(session === null ? [] : ["--session", session]),
  ...(model === null ? [] : ["--model", model])
]
