/**
 * What a hook event means to the promises of its session: a turn that began, one that ended with a message, a tool
 * call, with what is known of how it went, or its end (`../shared/agents/FACTS.md` 5). Fails toward knowing nothing: a command of
 * which nobody says how it ended proves nothing (CLM-7).
 *
 * | program | a command went well | it failed |
 * |---|---|---|
 * | Claude Code | `PostToolUse` with an object, neither interrupted nor in the background | `PostToolUseFailure` |
 * | Codex | not told of a shell command; of a patch by `Exit code: 0` | by another number |
 * | OpenCode | `exit` 0 beside the output; a file tool that ended at all | another `exit` |
 */
import { isObject, type Json, objectAt, recordOf, textAt } from "../agent/Json.ts"
import type { HookEvent } from "../hook/HookEvent.ts"
import type { Signal } from "./Evidence.ts"

export type ToolUsed = Extract<Signal, { readonly _tag: "ToolUsed" }>

export type Heard =
  | { readonly _tag: "TurnBegan"; readonly session: string; readonly at: number }
  | { readonly _tag: "TurnEnded"; readonly session: string; readonly at: number; readonly message: string | null }
  | { readonly _tag: "Did"; readonly session: string; readonly signal: ToolUsed }
  | { readonly _tag: "SessionEnded"; readonly session: string; readonly at: number }

/** Null: it says nothing about promises, or of no session. */
export const heard = ({ hook, payload, sessionId: session, toolName }: HookEvent, at: number): Heard | null => {
  if (session === null) return null
  switch (hook) {
    case "UserPromptSubmit":
      return { _tag: "TurnBegan", session, at }
    case "SessionEnd":
      return { _tag: "SessionEnded", session, at }
    case "Stop":
      return { _tag: "TurnEnded", session, at, message: textAt(recordOf(payload) ?? {}, "last_assistant_message") }
    case "PostToolUse":
    case "PostToolUseFailure": {
      const body = recordOf(payload) ?? {}
      const input = objectAt(body, "tool_input")
      const isShell = shells.has(toolName ?? "")
      const signal: ToolUsed = {
        _tag: "ToolUsed",
        session,
        at,
        command: isShell ? textAt(input, "command") : null,
        outcome: hook === "PostToolUseFailure" ? "Failed" : outcomeOf(isShell, input, body["tool_response"]),
        edited: isShell ? [] : editedBy(toolName ?? "", input)
      }
      return { _tag: "Did", session, signal }
    }
    default:
      return null
  }
}

const shells: ReadonlySet<string> = new Set(["Bash", "bash"])

const outcomeOf = (isShell: boolean, input: Json, response: unknown): ToolUsed["outcome"] => {
  if (isObject(response)) {
    const { exit } = response
    if (typeof exit === "number") return exit === 0 ? "Succeeded" : "Failed"
    const isUnderWay = input["run_in_background"] === true || textAt(response, "backgroundTaskId") !== null
    // Claude Code alone gives what a tool answered as an object, and another hook to what failed.
    return response["interrupted"] === true || isUnderWay ? "Unknown" : "Succeeded"
  }
  const [, code] = typeof response === "string" ? (/^Exit code: (\d+)\n/.exec(response) ?? []) : []
  if (code !== undefined) return Number(code) === 0 ? "Succeeded" : "Failed"
  return isShell ? "Unknown" : "Succeeded"
}

/** The tools that write files, and where their input names the file. */
const editors: ReadonlyMap<string, string> = new Map([
  ["Edit", "file_path"],
  ["MultiEdit", "file_path"],
  ["Write", "file_path"],
  ["NotebookEdit", "notebook_path"],
  ["edit", "filePath"],
  ["write", "filePath"]
])

const patched = /^\*\*\* (?:Add|Update|Delete) File: (.+)$/gm

const editedBy = (tool: string, input: Json): ReadonlyArray<string> => {
  if (tool === "apply_patch") {
    return Array.from((textAt(input, "command") ?? "").matchAll(patched), ([, file = ""]) => file)
  }
  const field = editors.get(tool)
  const file = field === undefined ? null : textAt(input, field)
  return file === null ? [] : [file]
}
