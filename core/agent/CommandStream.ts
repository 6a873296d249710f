/**
 * What an agent's standard output says, one line at a time: total on any text, for a program may print anything.
 *
 * Known are the records that Claude Code prints with `--output-format stream-json`; a program of kind `command` may
 * print the same to tell of its session, cost, tool turns and limits. Every other line is the program's last word so
 * far.
 */
import type { Progress } from "../execution/AttemptRecord.ts"
import * as Spend from "../execution/Spend.ts"
import * as WorkProgress from "../execution/WorkProgress.ts"
import { isSoft, later, type LimitCause } from "../execution/Limit.ts"
import { defaults, type Policy } from "../policy/Policy.ts"
import { endOf } from "./Excerpt.ts"
import { reportOf } from "./ReportedSpend.ts"

/** Bytes of a message that are kept. */
export const messageBytes = 4096

/** Below it a time is meant in seconds, as Claude Code prints it: as milliseconds it would lie in early 1973. */
const firstMillisecond = 1e11

/** The last moment that a date can name (ECMA-262, time values). */
const lastMillisecond = 8.64e15

/** A longer session id is none: it is handed to the program as an argument again. */
const sessionLength = 256

type Json = Readonly<Record<string, unknown>>

/** What the meaning of a line depends on beside its text. */
export interface Rules extends Pick<Policy, "limitFallbackMs"> {
  /** What tokens cost where no cost is reported; null where nobody knows. */
  readonly price: Spend.Price | null
}

const plain: Rules = { limitFallbackMs: defaults.limitFallbackMs, price: null }

/**
 * The progress after one line without its newline, read at `at` (epoch milliseconds). `offset` stays: it counts bytes
 * of the file, which the line does not know.
 */
export const fold = (progress: Progress, line: string, at: number, rules: Rules = plain): Progress => {
  if (line.trim() === "") return progress
  const moved: Progress = { ...progress, lastProgressAt: at }
  const json = recordOf(line)
  switch (json?.type) {
    case "system":
      return { ...moved, session: sessionOf(json) ?? moved.session }
    case "assistant":
      return spoken(moved, contentOf(json))
    case "result":
      return refused(concluded(moved, json, rules), json, at, rules)
    case "rate_limit_event":
      return limited(moved, json, at, rules)
    default:
      return said(moved, line.replace(/\r$/, ""))
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
  const reads = content.flatMap(pathRead).reduce(WorkProgress.read, progress.reads)
  const after = said({ ...progress, reads }, text.join("\n"))
  return content.some((block) => block.type === "tool_use") ? { ...after, toolTurns: after.toolTurns + 1 } : after
}

/** Tools that read a file, in lower case, and what they call its path. */
const readers: ReadonlySet<unknown> = new Set(["read", "notebookread"])
const pathNames = ["file_path", "filePath", "notebook_path", "path"] as const

/** The path of a file that a block reads; none for another block. */
const pathRead = ({ input, name, type }: Json): ReadonlyArray<string> => {
  if (type !== "tool_use" || typeof name !== "string" || !readers.has(name.toLowerCase()) || !isObject(input)) return []
  const path = pathNames.map((each) => input[each]).find((each) => typeof each === "string")
  return typeof path === "string" && path !== "" ? [path] : []
}

const concluded = (progress: Progress, json: Json, { price }: Rules): Progress => {
  const { is_error: isError, result } = json
  const session = sessionOf(json)
  const spend = Spend.report(progress.spend, reportOf(json, session))
  const text = typeof result === "string" && result.trim() !== "" ? endOf(result, messageBytes) : progress.lastMessage
  return {
    ...progress,
    session: session ?? progress.session,
    spend,
    costUsd: Spend.costOf(spend, price),
    // A record without the word tells of a cost or a session; any other word than false is a failure.
    resultIsError: isError !== undefined && isError !== false,
    lastMessage: text
  }
}

/** What the plan allows is used up, unless the word is a soft one. */
const limited = (progress: Progress, json: Json, at: number, { limitFallbackMs }: Rules): Progress => {
  const info = isObject(json.rate_limit_info) ? json.rate_limit_info : json
  const { resetsAt, status } = info
  if (typeof status !== "string" || isSoft(status)) return progress
  const until = momentOf(resetsAt) ?? at + limitFallbackMs
  return { ...progress, limit: later(progress.limit, { until, cause: "usage" }) }
}

/** Why the provider turned the last request down, by its status and its own word; null for an ordinary error. */
const causeOf = ({ api_error_status: status, api_error_type: type }: Json): LimitCause | null => {
  if (status === 401 || type === "authentication_error") return "authentication"
  if (status === 429 || type === "rate_limit_error") return "rate"
  return status === 529 || type === "overloaded_error" ? "overload" : null
}

/** A record of failure that says that the provider was the reason. It names no time: one that was told before holds. */
const refused = (progress: Progress, json: Json, at: number, { limitFallbackMs }: Rules): Progress => {
  const cause = progress.resultIsError === true ? causeOf(json) : null
  if (cause === null) return progress
  if (cause === "authentication") return { ...progress, limit: { until: at, cause } }
  return progress.limit !== null && progress.limit.until > at
    ? progress
    : { ...progress, limit: { until: at + limitFallbackMs, cause } }
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
    // What begins with a brace is an object or no JSON at all.
    const record: Json = JSON.parse(line)
    return record
  } catch {
    // Not JSON is an ordinary line of an ordinary program.
    return null
  }
}
