/**
 * What an agent's standard output says, one line at a time, whichever vendor's program it is: total on any text, for a
 * program may print anything.
 */
import type { Progress } from "../execution/AttemptRecord.ts"
import { isSoft, later, type Limit, type LimitCause, needsPerson, type Trouble } from "../execution/Limit.ts"
import * as Spend from "../execution/Spend.ts"
import * as WorkProgress from "../execution/WorkProgress.ts"
import { defaults, type Policy } from "../policy/Policy.ts"
import type { Kind } from "../task/AgentDefinition.ts"
import type { AgentEvent } from "./AgentEvent.ts"
import { endOf } from "./Excerpt.ts"
import { isLimit } from "./Trouble.ts"
import * as ClaudeCode from "./vendor/ClaudeCode.ts"
import * as Codex from "./vendor/Codex.ts"
import * as Command from "./vendor/Command.ts"
import * as OpenCode from "./vendor/OpenCode.ts"

/** Bytes of a message that are kept. */
export const messageBytes = 4096

/** Tools at work at once that are remembered. */
const mostTools = 64

/** What the meaning of a line depends on beside its text. */
export interface Rules extends Pick<Policy, "limitFallbackMs"> {
  readonly kind: Kind
  /** What tokens cost where no cost is reported; null where nobody knows. */
  readonly price: Spend.Price | null
  /** How far the agent's clock is east of UTC, in minutes: a vendor tells times of day. */
  readonly offsetMinutes: number
}

export const plain: Rules = {
  kind: "command",
  limitFallbackMs: defaults.limitFallbackMs,
  price: null,
  offsetMinutes: 0
}

/** What a line says, read at `at` (epoch milliseconds). */
export const events = (line: string, at: number, { kind, offsetMinutes }: Rules): ReadonlyArray<AgentEvent> => {
  switch (kind) {
    case "command":
      return Command.events(line)
    case "claude-code":
      return ClaudeCode.events(line)
    case "codex":
      return Codex.events(line, at, offsetMinutes)
    case "opencode":
      return OpenCode.events(line)
  }
}

/**
 * The progress after one line without its newline, read at `at` (epoch milliseconds). `offset` stays: it counts bytes
 * of the file, which the line does not know.
 */
export const fold = (progress: Progress, line: string, at: number, rules: Rules = plain): Progress => {
  if (line.trim() === "") return progress
  let after: Progress = { ...progress, lastProgressAt: at, waiting: null }
  for (const event of events(line, at, rules)) after = apply(after, event, at, rules)
  return after
}

const apply = (progress: Progress, event: AgentEvent, at: number, rules: Rules): Progress => {
  switch (event._tag) {
    case "Session":
      return { ...progress, session: event.session }
    case "NoSession":
      return { ...progress, session: null }
    case "Turn":
      return turned(progress, event.id)
    case "Said":
      return said(progress, event.text)
    case "ToolStarted":
      return toolStarted(progress, event.id, event.turn)
    case "FileRead":
      return { ...progress, reads: WorkProgress.read(progress.reads, event.path) }
    case "ToolEnded":
      return { ...progress, tools: progress.tools.filter((id) => id !== event.id) }
    case "Spent": {
      const report = { ...event.report, session: event.report.session ?? progress.session }
      const spend = event.of === "total" ? Spend.report(progress.spend, report) : Spend.add(progress.spend, report)
      return { ...progress, spend, costUsd: Spend.costOf(spend, rules.price) }
    }
    case "Window":
      return isSoft(event.status)
        ? progress
        : windowed(progress, event.resetsAt ?? at + rules.limitFallbackMs, event.isUsage ? "usage" : "rate")
    case "Retries":
      return { ...progress, waiting: event.trouble }
    case "Refused":
      return refused(progress, event.trouble, event.waitMs, at, rules)
    case "Result":
      return {
        ...progress,
        resultIsError: event.isError,
        tools: [],
        lastMessage: event.text === null ? progress.lastMessage : endOf(event.text, messageBytes)
      }
  }
}

/** Whoever goes on after a result has not come to an end. */
const turned = (progress: Progress, id: string | null): Progress =>
  id !== null && id === progress.turn
    ? progress
    : {
        ...progress,
        turn: id,
        turns: progress.turns + 1,
        // The model is asked again when its tools have answered.
        toolTurn: null,
        tools: [],
        resultIsError: null,
        trouble: null
      }

/** A result record has the last word; what is printed beside it is not the outcome. */
const said = (progress: Progress, text: string): Progress =>
  progress.resultIsError !== null || text.trim() === ""
    ? progress
    : { ...progress, lastMessage: endOf(text, messageBytes) }

/** One tool turn however many tools it uses; where nobody says which belong together, those that overlap do. */
const toolStarted = (progress: Progress, id: string | null, turn: string | null): Progress => {
  const isSame = turn === null ? progress.tools.length > 0 : turn === progress.toolTurn
  return {
    ...progress,
    toolTurn: turn,
    toolTurns: progress.toolTurns + (isSame ? 0 : 1),
    tools: id === null || progress.tools.length >= mostTools ? progress.tools : [...progress.tools, id]
  }
}

const windowed = (progress: Progress, until: number, cause: LimitCause): Progress => ({
  ...limited(progress, { until, cause }),
  trouble: cause
})

const isVague = (told: Trouble, known: Trouble): boolean =>
  (!isLimit(told) && known !== "unknown") || (told === "rate" && known === "usage")

const limited = (progress: Progress, limit: Limit): Progress => ({ ...progress, limit: later(progress.limit, limit) })

/** It names no time, mostly: one that was told before holds. */
const refused = (
  progress: Progress,
  trouble: Trouble,
  waitMs: number | null,
  at: number,
  { limitFallbackMs }: Rules
): Progress => {
  // A program may say it twice, the second time by a status alone, which tells less.
  const known = progress.trouble
  const after = { ...progress, trouble: known !== null && isVague(trouble, known) ? known : trouble }
  if (!isLimit(trouble)) return after
  if (needsPerson(trouble)) return { ...after, limit: { until: at, cause: trouble } }
  if (waitMs === null && progress.limit !== null && progress.limit.until > at) return after
  return limited(after, { until: at + (waitMs ?? limitFallbackMs), cause: trouble })
}
