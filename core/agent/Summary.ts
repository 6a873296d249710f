/** What a whole run of an agent came to, from its output and how it ended: for those who have no supervisor at hand. */
import { noProgress } from "../execution/AttemptRecord.ts"
import type { Ending } from "../execution/Execution.ts"
import type { Limit, Trouble } from "../execution/Limit.ts"
import * as AgentStream from "./AgentStream.ts"
import { endingOf, type Exit } from "./Ending.ts"

export interface Summary {
  readonly session: string | null
  readonly outcome: Ending["_tag"]
  /** It ended with status 0, and its last record says that it was completed without an error. */
  readonly succeeded: boolean
  /** Turns of the model, as far as the program tells them apart. */
  readonly turns: number
  readonly toolTurns: number
  /** Paths, as the agent gave them, each once. */
  readonly filesRead: ReadonlyArray<string>
  /** US dollars; null when it is not known. */
  readonly costUsd: number | null
  readonly limit: Limit | null
  /** Why the provider did not answer when the program gave up; null when it never did. */
  readonly trouble: Trouble | null
  readonly lastMessage: string | null
  /** There was a record that says how it went. */
  readonly sawResult: boolean
}

/** The lines are read at that moment, epoch milliseconds. */
export const summarize = (
  lines: Iterable<string>,
  exit: Exit,
  at: number,
  rules: AgentStream.Rules,
  stderr = ""
): Summary => {
  let progress = noProgress(at)
  const files = new Set<string>()
  for (const line of lines) {
    for (const event of AgentStream.events(line, at, rules)) if (event._tag === "FileRead") files.add(event.path)
    progress = AgentStream.fold(progress, line, at, rules)
  }
  const { costUsd, lastMessage, limit, resultIsError, session, toolTurns, trouble, turns } = progress
  const { _tag: outcome } = endingOf(rules.kind, exit, progress, at, stderr)
  return {
    session,
    outcome,
    succeeded: outcome === "Clean",
    turns,
    toolTurns,
    filesRead: [...files],
    costUsd,
    limit,
    trouble,
    lastMessage,
    sawResult: resultIsError !== null
  }
}
