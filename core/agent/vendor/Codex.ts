/**
 * The records of `codex exec --json` (0.169.0; `../shared/agents/FACTS.md` 3 and 4). Items of type `error` are warnings;
 * a record of type `error` is a retry or, with `turn.failed`, the end. It reports tokens and no cost, and tells of limits
 * in words alone.
 */
import { type AgentEvent, filesRead, sessionEvents } from "../AgentEvent.ts"
import * as FilesRead from "../FilesRead.ts"
import { amountAt, idAt, type Json, objectAt, recordOf, textAt } from "../Json.ts"
import type { Trouble } from "../../execution/Limit.ts"
import { ofStatus } from "../Trouble.ts"
import { waitOf } from "./CodexWait.ts"

const nothing: ReadonlyArray<AgentEvent> = []

/** `offsetMinutes`: how far the agent's clock is east of UTC at `at`; it tells times of day. */
export const events = (line: string, at: number, offsetMinutes: number): ReadonlyArray<AgentEvent> => {
  const json = recordOf(line)
  switch (json?.type) {
    case "thread.started":
      return sessionEvents(json, "thread_id")
    case "turn.started":
      return [{ _tag: "Turn", id: null }]
    case "item.started":
      return begun(objectAt(json, "item"))
    case "item.completed":
      return done(objectAt(json, "item"))
    case "turn.completed":
      return [spent(objectAt(json, "usage")), { _tag: "Result", isError: false, text: null }]
    case "turn.failed":
      return failed(textAt(objectAt(json, "error"), "message"), at, offsetMinutes)
    case "error":
      return trouble(textAt(json, "message"), at, offsetMinutes)
    default:
      return nothing
  }
}

/** What the model says and thinks, and what it is warned of, is no tool. */
const isTool = ({ type }: Json): boolean =>
  typeof type === "string" && !["agent_message", "reasoning", "error", "todo_list"].includes(type)

const begun = (item: Json): ReadonlyArray<AgentEvent> =>
  isTool(item) ? [{ _tag: "ToolStarted", id: idAt(item, "id"), turn: null }] : nothing

const done = (item: Json): ReadonlyArray<AgentEvent> => {
  if (item.type === "agent_message") return [{ _tag: "Said", text: textAt(item, "text") ?? "" }]
  const id = isTool(item) ? idAt(item, "id") : null
  if (id === null) return nothing
  const hasRead = item.type === "command_execution" && item.exit_code === 0
  const reads = hasRead ? FilesRead.ofCommand(textAt(item, "command") ?? "") : []
  return [...filesRead(reads), { _tag: "ToolEnded", id }]
}

/** Of the whole thread, earlier programs included. What was cached is a part of the input. */
const spent = (usage: Json): AgentEvent => {
  const cacheRead = amountAt(usage, "cached_input_tokens") ?? 0
  const cacheWrite = amountAt(usage, "cache_write_input_tokens") ?? 0
  const input = amountAt(usage, "input_tokens")
  const output = amountAt(usage, "output_tokens")
  const isKnown = input !== null || output !== null
  const fresh = Math.max(0, (input ?? 0) - cacheRead - cacheWrite)
  const tokens = isKnown ? { input: fresh, output: output ?? 0, cacheRead, cacheWrite } : null
  return { _tag: "Spent", of: "total", report: { session: null, costUsd: null, tokens } }
}

const retry = /^Reconnecting\.\.\. (?:\d+\/\d+|waiting for network)/

const trouble = (message: string | null, at: number, offsetMinutes: number): ReadonlyArray<AgentEvent> =>
  message !== null && retry.test(message)
    ? [{ _tag: "Retries", trouble: causeOf(message), delayMs: null }]
    : failed(message, at, offsetMinutes)

const failed = (message: string | null, at: number, offsetMinutes: number): ReadonlyArray<AgentEvent> => [
  { _tag: "Result", isError: true, text: message },
  { _tag: "Refused", trouble: causeOf(message ?? ""), waitMs: waitOf(message ?? "", at, offsetMinutes) }
]

/** Its own sentences, as recorded; what its API answered is quoted after a status. */
const sentences: ReadonlyArray<readonly [RegExp, Trouble]> = [
  [/hit your usage limit/i, "usage"],
  [/^Quota exceeded/i, "billing"],
  [/at capacity|experiencing high demand/i, "overload"],
  [/waiting for network|stream disconnected|connection failed/i, "network"],
  [/does not exist or you do not have access|ran out of room/i, "request"]
]

const status = /(?:last|unexpected) status:? (\d{3})/i

const causeOf = (message: string): Trouble => {
  const said = sentences.find(([pattern]) => pattern.test(message))?.[1]
  return said ?? ofStatus(Number(status.exec(message)?.[1])) ?? "unknown"
}
