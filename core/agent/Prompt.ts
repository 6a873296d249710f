/**
 * The text that is given to an agent: the task's own prompt first, unchanged, then what this attempt needs to know.
 */
import type { Attempt } from "../execution/Execution.ts"
import { request } from "../verify/Verdict.ts"
import * as Verifier from "../verify/Verifier.ts"
import { fenceFor } from "./Fence.ts"

export interface Parts {
  /** The task's prompt; it stands first, byte for byte. */
  readonly prompt: string
  readonly role: Attempt["role"]
  readonly mode: Attempt["mode"]
  /** It goes on in a conversation that knows the task; absent is no. */
  readonly isResumed?: boolean
  /** Why the last attempt did not do, or null for a first one. */
  readonly feedback: string | null
  readonly verifiers: ReadonlyArray<Verifier.Verifier>
  /** Files have changed since the session that is resumed last saw them; absent is no. */
  readonly isDrifted?: boolean
  /** What the session that is resumed has promised and, as far as is known, not done; absent is nothing. */
  readonly reminders?: ReadonlyArray<string>
  /** The branch that its commits land on, as one; absent where nothing is landed. */
  readonly landsOn?: string
}

/**
 * Without feedback, for a coder whose work is not landed, it is the prompt and nothing else; who has been told the task is
 * not told again.
 */
export const compose = (parts: Parts): string =>
  [
    ...beginning(parts),
    ...(parts.landsOn === undefined || parts.role === "qa" ? [] : [landing(parts.landsOn)]),
    ...(parts.feedback === null ? [] : [mending(parts.feedback, parts.verifiers)]),
    ...(parts.isDrifted === true ? [drifted] : []),
    ...(parts.reminders ?? []).map((text) => `## What you said you would do\n\n${text}`),
    ...(parts.mode === "CommitOnly" ? [committing] : []),
    // Last, for it asks for the last line.
    ...(parts.role === "qa" ? [judging(parts.verifiers)] : [])
  ].join("\n\n")

/** Who was only to be reminded has finished the task: it is told what it was reminded of, or asked. */
const beginning = ({ isResumed = false, mode, prompt, reminders = [] }: Parts): ReadonlyArray<string> => {
  if (!isResumed) return [prompt]
  if (mode !== "Nudge") return [goOn]
  return reminders.length === 0 ? [asking] : []
}

const asking =
  "## Go on\n\n" +
  "If anything that you said you would do is still to be done, do it now. Otherwise say that nothing is left."

/** A vendor's program may not remember what was running when it was killed (`../shared/agents/FACTS.md` 2). */
const goOn =
  "## Go on\n\n" +
  "You were interrupted before the task above was done. A command that was running then may have run to its end, in " +
  "part or not at all, whether or not you remember it: look at what is there before you rely on it or repeat it. Then " +
  "go on with the task."

const mending = (feedback: string, verifiers: ReadonlyArray<Verifier.Verifier>): string => {
  const fence = fenceFor(feedback)
  return (
    "## The last attempt failed\n\n" +
    "The task above was tried before, and what was made is still in place. It did not do, for this reason:\n\n" +
    `${fence}\n${feedback}\n${fence}\n\n` +
    `Find the cause and mend it; do not work around the check.${checks(verifiers)}`
  )
}

const landing = (branch: string): string =>
  "## How it lands\n\n" +
  "You work in a worktree of your own, on a branch of your own. Commit there all that belongs to the task, with messages " +
  `that say why, and leave nothing uncommitted: what you have committed lands on the branch ${branch} as one commit, by ` +
  `itself, once it is checked. Do not change ${branch} yourself, and push nothing.`

const drifted =
  "## The files have changed\n\n" +
  "Since you last worked here, somebody else has changed files in this directory. What you remember of them may not be " +
  "true any more: read again what you rely on, and keep what others have done."

const committing =
  "## Only commit\n\n" +
  "The work is done but not committed. Commit all that belongs to the task, with a message that says why. " +
  "Change nothing else."

const judging = (verifiers: ReadonlyArray<Verifier.Verifier>): string =>
  "## Judge only\n\n" +
  "Somebody else has worked on the task above. Judge whether the work in this directory does what the task asks; " +
  `change nothing.${checks(verifiers)}\n\n${request}`

const checks = (verifiers: ReadonlyArray<Verifier.Verifier>): string =>
  verifiers.length === 0
    ? ""
    : ` These checks follow:\n\n${verifiers.map((one) => `- ${Verifier.title(one).replaceAll(/\s+/g, " ").trim()}`).join("\n")}`
