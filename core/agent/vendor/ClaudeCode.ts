/**
 * The records of `claude -p --output-format stream-json --verbose` (2.1.197; `../shared/agents/FACTS.md` 4). A program of
 * kind `command` may print the same.
 */
import { type AgentEvent, filesRead, sessionEvents } from "../AgentEvent.ts"
import * as FilesRead from "../FilesRead.ts"
import { amountAt, idAt, isObject, type Json, objectAt, recordOf, textAt } from "../Json.ts"
import { reportOf } from "../ReportedSpend.ts"
import * as Trouble from "../Trouble.ts"

/** Below it a time is meant in seconds, as Claude Code prints it: as milliseconds it would lie in early 1973. */
const firstMillisecond = 1e11

/** The last moment that a date can name (ECMA-262, time values). */
const lastMillisecond = 8.64e15

const momentOf = (value: unknown): number | null => {
  if (typeof value !== "number" || !(value > 0)) return null
  const moment = value < firstMillisecond ? value * 1000 : value
  return moment <= lastMillisecond ? moment : null
}

const nothing: ReadonlyArray<AgentEvent> = []

export const events = (line: string): ReadonlyArray<AgentEvent> => {
  const json = recordOf(line)
  return json === null ? nothing : (ofRecord(json) ?? nothing)
}

/** The events of a record; null for one that is none of Claude Code's. */
export const ofRecord = (json: Json): ReadonlyArray<AgentEvent> | null => {
  switch (json.type) {
    case "system":
      return [...sessionEvents(json, "session_id"), ...(json.subtype === "api_retry" ? [retried(json)] : [])]
    case "assistant":
      return spoken(json)
    case "user":
      return contentOf(json).flatMap(ended)
    case "rate_limit_event":
      return windowed(json)
    case "result":
      return concluded(json)
    case "stream_event":
    case "control_request":
    case "control_response":
      return nothing
    default:
      return null
  }
}

const retried = (json: Json): AgentEvent => ({
  _tag: "Retries",
  // Without a status it was never reached.
  trouble: Trouble.ofWord(json.error) ?? Trouble.ofStatus(json.error_status) ?? "network",
  delayMs: amountAt(json, "retry_delay_ms")
})

const contentOf = ({ message }: Json): ReadonlyArray<Json> =>
  isObject(message) && Array.isArray(message.content) ? message.content.filter(isObject) : []

/** A record for each block of a message, all with its id. What is made up by the program itself is no turn. */
const spoken = (json: Json): ReadonlyArray<AgentEvent> => {
  const content = contentOf(json)
  const id = idAt(objectAt(json, "message"), "id")
  const tools = content.filter(({ type }) => type === "tool_use")
  const reads = filesRead(tools.flatMap(pathsRead))
  // The work of a subagent is not the conversation: it is one tool of it.
  if (textAt(json, "parent_tool_use_id") !== null) return reads
  const text = content.flatMap((block) => (block.type === "text" && typeof block.text === "string" ? [block.text] : []))
  const started = tools.map((block): AgentEvent => ({ _tag: "ToolStarted", id: idAt(block, "id"), turn: id }))
  const said: ReadonlyArray<AgentEvent> = [{ _tag: "Said", text: text.join("\n") }, ...started, ...reads]
  if (json.error === undefined) return [{ _tag: "Turn", id }, ...said]
  return [...said, { _tag: "Refused", trouble: Trouble.ofWord(json.error) ?? "unknown", waitMs: null }]
}

/** Tools that read a file, in lower case, and what they call its path. */
const readers: ReadonlySet<string> = new Set(["read", "notebookread"])
const pathNames = ["file_path", "filePath", "notebook_path", "path"] as const

const pathsRead = (block: Json): ReadonlyArray<string> => {
  const name = textAt(block, "name")?.toLowerCase() ?? ""
  const input = objectAt(block, "input")
  if (name === "bash") return FilesRead.ofCommand(textAt(input, "command") ?? "")
  const path = readers.has(name) ? pathNames.map((each) => input[each]).find((each) => typeof each === "string") : ""
  return typeof path === "string" && path !== "" ? [path] : []
}

const ended = (block: Json): ReadonlyArray<AgentEvent> => {
  const id = block.type === "tool_result" ? idAt(block, "tool_use_id") : null
  return id === null ? nothing : [{ _tag: "ToolEnded", id }]
}

const windowed = (json: Json): ReadonlyArray<AgentEvent> => {
  const info = isObject(json.rate_limit_info) ? json.rate_limit_info : json
  const { status } = info
  if (typeof status !== "string") return nothing
  const resetsAt = momentOf(info.resetsAt)
  // A no without a window and a time is the service's, not the plan's [rl-unified-oauth-noreset].
  return [{ _tag: "Window", status, resetsAt, isUsage: resetsAt !== null || info.rateLimitType !== undefined }]
}

const unknownSession = /^No conversation found with session ID/

/** A run that was stopped by a hook, or did nothing at all, has not been completed, whatever else it says. */
const isIncomplete = ({ num_turns: turns, terminal_reason: reason }: Json): boolean =>
  turns === 0 || (reason !== undefined && reason !== null && reason !== "completed")

const concluded = (json: Json): ReadonlyArray<AgentEvent> => {
  const { errors, is_error: isError } = json
  const said = Array.isArray(errors) ? errors.filter((each) => typeof each === "string") : []
  const unknown = said.find((each) => unknownSession.test(each)) ?? null
  const isUnknown = unknown !== null
  const session = isUnknown ? [] : sessionEvents(json, "session_id")
  const report = reportOf(json, isUnknown ? null : idAt(json, "session_id"))
  // A record without the word tells of a cost or a session; any other word than false is a failure.
  const hasFailed = (isError !== undefined && isError !== false) || isIncomplete(json)
  const trouble = hasFailed ? (Trouble.ofStatus(json.api_error_status) ?? Trouble.ofWord(json.api_error_type)) : null
  return [
    ...(isUnknown ? [{ _tag: "NoSession" } as const] : session),
    { _tag: "Spent", of: "total", report },
    { _tag: "Result", isError: hasFailed, text: textAt(json, "result") ?? unknown },
    ...(trouble === null ? [] : [{ _tag: "Refused", trouble, waitMs: null } as const])
  ]
}
