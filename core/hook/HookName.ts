/** The names of hook events, in the order of a session's life; other names are refused at every way in. */
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

/** Exactly one of the names: case and blanks count. */
export const isHookName = (text: string): text is HookName => known.has(text)
