import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { heard } from "../../../core/commitment/Heard.ts"
import * as HookEvent from "../../../core/hook/HookEvent.ts"
import { type HookName, hookNames } from "../../../core/hook/HookName.ts"

const told = (hook: HookName, body: object) =>
  heard(HookEvent.make(hook, JSON.stringify({ session_id: "s", ...body })), 7)

const did = (tool_name: string, tool_input: object, tool_response?: unknown, hook: HookName = "PostToolUse") => {
  const found = told(hook, { tool_name, tool_input, tool_response })
  return found?._tag === "Did" ? found.signal : null
}

/** As Claude Code 2.1.197 answers a command. */
const ran = { stdout: "", stderr: "", interrupted: false, isImage: false, noOutputExpected: false }
const push = { command: "git push" }

describe("what a hook event means to promises", () => {
  it("CLM-7 of every event, whatever it holds, it is the time and the session that were told, or nothing", () => {
    fc.assert(
      fc.property(fc.constantFrom(...hookNames), fc.string(), fc.json(), (hook, session, json) => {
        for (const body of [
          json,
          `{"session_id":${JSON.stringify(session)},"tool_input":${json},"tool_response":${json}}`
        ]) {
          const event = HookEvent.make(hook, body)
          const found = heard(event, 7)
          expect(found === null ? null : found.session).toBe(found === null ? null : event.sessionId)
          if (found !== null) expect(found._tag === "Did" ? found.signal.at : found.at).toBe(7)
        }
      })
    )
  })

  it("CLM-7 a turn begins with a prompt and ends with its last message, if it has one", () => {
    expect(told("UserPromptSubmit", {})).toEqual({ _tag: "TurnBegan", session: "s", at: 7 })
    expect(told("Stop", { last_assistant_message: "I'll push it." })).toEqual({
      _tag: "TurnEnded",
      session: "s",
      at: 7,
      message: "I'll push it."
    })
    expect(told("Stop", {})).toMatchObject({ message: null })
    expect(told("SessionEnd", {})).toEqual({ _tag: "SessionEnded", session: "s", at: 7 })
    expect(heard(HookEvent.make("Stop", "no JSON"), 7)).toBe(null)
    expect(told("Notification", {})).toBe(null)
    expect(told("PreToolUse", { tool_name: "Bash", tool_input: push })).toBe(null)
  })

  it("CLM-7 what is told in no JSON is a turn's end without a word, and a tool that showed nothing", () => {
    const broken = { sessionId: "s", toolUseId: null, cwd: null, payload: "no JSON" }
    expect(heard({ ...broken, hook: "Stop", toolName: null }, 7)).toMatchObject({ _tag: "TurnEnded", message: null })
    expect(heard({ ...broken, hook: "PostToolUse", toolName: "Bash" }, 7)).toMatchObject({
      _tag: "Did",
      signal: { command: null, outcome: "Unknown", edited: [] }
    })
  })

  it("CLM-7 a command has succeeded where its program says so, and proves nothing where nobody does", () => {
    expect(did("Bash", push, ran)).toEqual({
      _tag: "ToolUsed",
      session: "s",
      at: 7,
      command: "git push",
      outcome: "Succeeded",
      edited: []
    })
    const outcomes = [
      did("Bash", push, { ...ran, interrupted: true }),
      did("Bash", { ...push, run_in_background: true }, ran),
      did("Bash", push, { ...ran, backgroundTaskId: "b1" }),
      did("Bash", push, undefined, "PostToolUseFailure"),
      did("Bash", push, ran, "PostToolUseFailure"),
      // Codex tells no status of a command, and the same words of one that failed.
      did("Bash", push, "out\nboom\n"),
      did("Bash", push, "Exit code: 0\nWall time: 0 seconds\n"),
      did("Bash", push, "Exit code: 12\nWall time: 0 seconds\n"),
      did("bash", push, { output: "", exit: 0 }),
      did("bash", push, { output: "", exit: 1 }),
      did("bash", push, "out"),
      did("Bash", push)
    ].map((signal) => signal?.outcome)
    expect(outcomes).toEqual([
      "Unknown",
      "Unknown",
      "Unknown",
      "Failed",
      "Failed",
      "Unknown",
      "Succeeded",
      "Failed",
      "Succeeded",
      "Failed",
      "Unknown",
      "Unknown"
    ])
  })

  it("CLM-7 a file is written by the tools that write files, and by no command", () => {
    const patch =
      "*** Begin Patch\n*** Update File: a.txt\n@@\n-a\n+*** Add File: no\n*** Add File: b/c.txt\n+x\n*** End Patch"
    const edited = [
      did("Edit", { file_path: "/a" }, {}),
      did("NotebookEdit", { notebook_path: "/n" }, {}),
      did("write", { filePath: "/w" }, "done"),
      did("apply_patch", { command: patch }, "Exit code: 0\nSuccess."),
      did("Write", {}, {}),
      did("Read", { file_path: "/a" }, {}),
      did("apply_patch", {}, "Exit code: 1\n"),
      did("Bash", { command: "echo >a", file_path: "/a" }, ran)
    ].map((signal) => [signal?.outcome, ...(signal?.edited ?? [])])
    expect(edited).toEqual([
      ["Succeeded", "/a"],
      ["Succeeded", "/n"],
      ["Succeeded", "/w"],
      ["Succeeded", "a.txt", "b/c.txt"],
      ["Succeeded"],
      ["Succeeded"],
      ["Failed"],
      ["Succeeded"]
    ])
    expect(did("Read", {}, {})?.command).toBe(null)
    expect(heard({ ...HookEvent.make("PostToolUse", '{"session_id":"s"}'), toolName: null }, 7)).toMatchObject({
      signal: { command: null, edited: [] }
    })
  })
})
