/**
 * The records of `opencode run --format json` (1.18.33; `../shared/agents/FACTS.md` 4). A tool is told of when it is over,
 * and there is no record of the end: the last step says whether the model had more to do.
 */
import { type AgentEvent, filesRead, sessionEvents } from "../AgentEvent.ts"
import * as FilesRead from "../FilesRead.ts"
import { amountAt, idAt, type Json, objectAt, recordOf, textAt } from "../Json.ts"
import { isUnpriced } from "../ReportedSpend.ts"
import * as Trouble from "../Trouble.ts"

const nothing: ReadonlyArray<AgentEvent> = []

export const events = (line: string): ReadonlyArray<AgentEvent> => {
  const json = recordOf(line)
  return json === null ? nothing : [...sessionEvents(json, "sessionID"), ...ofRecord(json)]
}

const ofRecord = (json: Json): ReadonlyArray<AgentEvent> => {
  const part = objectAt(json, "part")
  switch (json.type) {
    case "step_start":
      return [{ _tag: "Turn", id: idAt(part, "messageID") }]
    case "text":
      return [{ _tag: "Said", text: textAt(part, "text") ?? "" }]
    case "tool_use":
      return [{ _tag: "ToolStarted", id: null, turn: idAt(part, "messageID") }, ...filesRead(pathsRead(part))]
    case "step_finish":
      return finished(part, idAt(json, "sessionID"))
    case "error":
      return failed(objectAt(json, "error"))
    default:
      return nothing
  }
}

const pathsRead = (part: Json): ReadonlyArray<string> => {
  const state = objectAt(part, "state")
  if (state.status !== "completed") return []
  const input = objectAt(state, "input")
  if (part.tool === "bash") return FilesRead.ofCommand(textAt(input, "command") ?? "")
  const path = part.tool === "read" ? textAt(input, "filePath") : null
  return path === null ? [] : [path]
}

/** Why a step ended, when the model has nothing more to do. */
const last = "stop"

const finished = (part: Json, session: string | null): ReadonlyArray<AgentEvent> => {
  const tokens = objectAt(part, "tokens")
  const cache = objectAt(tokens, "cache")
  const counted = {
    input: amountAt(tokens, "input") ?? 0,
    output: (amountAt(tokens, "output") ?? 0) + (amountAt(tokens, "reasoning") ?? 0),
    cacheRead: amountAt(cache, "read") ?? 0,
    cacheWrite: amountAt(cache, "write") ?? 0
  }
  const cost = amountAt(part, "cost")
  const costUsd = isUnpriced(cost, counted) ? null : cost
  const report = { session, costUsd, tokens: counted }
  const spent: AgentEvent = { _tag: "Spent", of: "step", report }
  return part.reason === last ? [spent, { _tag: "Result", isError: false, text: null }] : [spent]
}

const failed = (error: Json): ReadonlyArray<AgentEvent> => {
  const data = objectAt(error, "data")
  const text = textAt(data, "message") ?? textAt(error, "name")
  const trouble = Trouble.ofStatus(data.statusCode) ?? "unknown"
  return [
    { _tag: "Result", isError: true, text },
    { _tag: "Refused", trouble, waitMs: secondsOf(objectAt(data, "responseHeaders")["retry-after"]) }
  ]
}

/** Milliseconds of a `retry-after` that is a number of seconds (RFC 9110, 10.2.3). */
const secondsOf = (value: unknown): number | null =>
  typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) * 1000 : null
