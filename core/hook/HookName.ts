/**
 * The hooks of agents' programs whose events drover takes, under the names that the vendors give them.
 */

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
