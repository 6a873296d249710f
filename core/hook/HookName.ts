/** What the agents' programs have hooks for, by the names of Claude Code; it imports nothing, so that anyone may ask. */

export const hookNames = [
  "SessionStart",
  "SessionEnd",
  "UserPromptSubmit",
  "PreToolUse",
  "PostToolUse",
  "PostToolUseFailure",
  "PermissionRequest",
  "Notification",
  "Stop",
  "StopFailure",
  "SubagentStart",
  "SubagentStop",
  "PreCompact",
  "Interrupt"
] as const
export type HookName = (typeof hookNames)[number]

const known: ReadonlySet<string> = new Set(hookNames)

export const isHookName = (text: string): text is HookName => known.has(text)
