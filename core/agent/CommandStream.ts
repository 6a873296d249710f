/**
 * What an agent's standard output says, one line at a time: total on any text, for a program may print anything.
 *
 * Known are the records that Claude Code prints with `--output-format stream-json`; a program of kind `command` may
 * print the same to tell of its session, cost, tool turns and limits. Every other line is the program's last word so
 * far.
 */
import type { Progress } from "../execution/AttemptRecord.ts"
import { endOf } from "./Excerpt.ts"

/** Bytes of a message that are kept. */
export const messageBytes = 4096

/** Status words that stop nothing; any other is a provider's no. */
const softWords: ReadonlySet<string> = new Set(["", "allowed", "allowed_warning"])

/** A no without a time is asked again after five minutes. */
const unsaidLimitMs = 5 * 60_000

/** Below it a time is meant in seconds, as Claude Code prints it: as milliseconds it would lie in early 1973. */
const firstMillisecond = 1e11

/** The last moment that a date can name (ECMA-262, time values). */
const lastMillisecond = 8.64e15

/** A longer session id is none: it is handed to the program as an argument again. */
const sessionLength = 256

type Json = Readonly<Record<string, unknown>>

/**
 * The progress after one line without its newline, read at `at` (epoch milliseconds). `offset` stays: it counts bytes
 * of the file, which the line does not know.
 */
export const fold = (progress: Progress, line: string, at: number): Progress => {
  if (line.trim() === "") return progress
  const moved: Progress = { ...progress, lastProgressAt: at }
  const json = recordOf(line)
  if (json === null) return said(moved, line.replace(/\r$/, ""))
  switch (json.type) {
    case "system":
      return { ...moved, session: sessionOf(json) ?? moved.session }
    case "assistant":
      return spoken(moved, contentOf(json))
    case "result":
      return concluded(moved, json)
    case "rate_limit_event":
      return limited(moved, json, at)
    default:
      return said(moved, line)
  }
}

/** A result record has the last word; what is printed beside it is not the outcome. */
const said = (progress: Progress, text: string): Progress =>
  progress.resultIsError !== null || text.trim() === ""
    ? progress
    : { ...progress, lastMessage: endOf(text, messageBytes) }

/** One tool turn when a tool is used, however many; text alone is narration. */
const spoken = (progress: Progress, content: ReadonlyArray<Json>): Progress => {
  const text = content.flatMap((block) => (block.type === "text" && typeof block.text === "string" ? [block.text] : []))
  const after = said(progress, text.join("\n"))
  return content.some((block) => block.type === "tool_use") ? { ...after, toolTurns: after.toolTurns + 1 } : after
}

const concluded = (progress: Progress, json: Json): Progress => {
  const { is_error: isError, result, total_cost_usd: cost } = json
  const text = typeof result === "string" && result.trim() !== "" ? endOf(result, messageBytes) : progress.lastMessage
  return {
    ...progress,
    session: sessionOf(json) ?? progress.session,
    costUsd: typeof cost === "number" && Number.isFinite(cost) && cost >= 0 ? cost : progress.costUsd,
    // A record without the word tells of a cost or a session; any other word than false is a failure.
    resultIsError: isError !== undefined && isError !== false,
    lastMessage: text
  }
}

/** A limit only moves later: of two that were told, the longer one holds. */
const limited = (progress: Progress, json: Json, at: number): Progress => {
  const info = isObject(json.rate_limit_info) ? json.rate_limit_info : json
  const { resetsAt, status } = info
  if (typeof status !== "string" || softWords.has(status)) return progress
  const until = momentOf(resetsAt) ?? at + unsaidLimitMs
  return { ...progress, limitedUntil: Math.max(progress.limitedUntil ?? until, until) }
}

const momentOf = (value: unknown): number | null => {
  if (typeof value !== "number" || !(value > 0)) return null
  const moment = value < firstMillisecond ? value * 1000 : value
  return moment <= lastMillisecond ? moment : null
}

const sessionOf = ({ session_id: session }: Json): string | null =>
  typeof session === "string" && session !== "" && session.length <= sessionLength ? session : null

const contentOf = ({ message }: Json): ReadonlyArray<Json> =>
  isObject(message) && Array.isArray(message.content) ? message.content.filter(isObject) : []

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** The object a line holds, or null. */
const recordOf = (line: string): Json | null => {
  if (!line.trimStart().startsWith("{")) return null
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : null
  } catch {
    // Not JSON is an ordinary line of an ordinary program.
    return null
  }
}
