/**
 * The hooks that a vendor's program fires and drover takes, and the entry by which it has one of them told
 * (`../shared/agents/FACTS.md` 5).
 */
import type { Vendor } from "../agent/Version.ts"
import { type HookName, hookNames } from "./HookName.ts"

const allBut = (...missing: ReadonlyArray<HookName>): ReadonlyArray<HookName> =>
  hookNames.filter((name) => !missing.includes(name))

/** OpenCode has none of its own: these are told by the plugin that drover writes for it. */
const names: { readonly [V in Vendor]: ReadonlyArray<HookName> } = {
  "claude-code": allBut("Interrupt"),
  codex: allBut("PostToolUseFailure", "Notification", "StopFailure"),
  opencode: ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop", "StopFailure"]
}

export const namesOf = (vendor: Vendor): ReadonlyArray<HookName> => names[vendor]

/** A hook of type `command`, as Claude Code and Codex write it alike. */
export interface Handler {
  readonly type: "command"
  readonly command: string
  /** Seconds, after which the vendor's program goes on without it. */
  readonly timeout: number
}

/**
 * The program writes one small file: what takes longer hangs, and holds up the agent. Codex allows SessionEnd and
 * Interrupt no more than this, and what it shortens it trusts under another digest.
 */
const timeoutSeconds = 3

/** Vendors give the command to a shell, to which this is a comment; to drover it says whose entry this is. */
const mark = " # drover"

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** `program` is the absolute path of what hooks run. */
export const handler = (program: string, name: string): Handler => ({
  type: "command",
  command: `${quoted(program)} ${name}${mark}`,
  timeout: timeoutSeconds
})

/** A group of its list: it has no matcher, so that it is run whatever the hook is fired for. */
export const group = (handler: Handler): { readonly hooks: ReadonlyArray<Handler> } => ({ hooks: [handler] })

const ownForm = /^'(.+)' [A-Za-z]+ # drover$/s

/** Whether drover wrote that command, for whichever state directory. */
export const isOwn = (command: string): boolean => ownForm.test(command)

/** The program that a command of drover's runs; null where it is somebody else's command. */
export const programOf = (command: string): string | null =>
  ownForm.exec(command)?.[1]?.replaceAll(String.raw`'\''`, "'") ?? null
