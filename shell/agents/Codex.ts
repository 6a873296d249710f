/** How Codex (0.169.0) is started and resumed. */
import { hookOptions } from "./CodexHooks.ts"
import type { Asked } from "./Asked.ts"
import { isGiven } from "./GivenArgs.ts"

/** Of its sandbox: its own is read-only, without network. */
const sandbox = ["-s", "--sandbox", "--full-auto", "--dangerously-bypass-approvals-and-sandbox", "--yolo"]

export const args = ({ args: own, hook = null, isAskedOnly = false, model, session }: Asked): ReadonlyArray<string> => [
  "exec",
  ...(session === null ? [] : ["resume", session]),
  "--json",
  "--skip-git-repo-check",
  ...(isAskedOnly || isGiven(own, sandbox) ? [] : ["--dangerously-bypass-approvals-and-sandbox"]),
  ...(hook === null ? [] : hookOptions(hook)),
  ...(model === null ? [] : ["--model", model])
]
