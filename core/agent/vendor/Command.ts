/**
 * The output of any program: the records of Claude Code, which it may print to tell of its session, cost, tool turns and
 * limits; every other line is its last word so far.
 */
import type { AgentEvent } from "../AgentEvent.ts"
import { recordOf } from "../Json.ts"
import * as ClaudeCode from "./ClaudeCode.ts"

export const events = (line: string): ReadonlyArray<AgentEvent> => {
  const json = recordOf(line)
  const known = json === null ? null : ClaudeCode.ofRecord(json)
  return known ?? [{ _tag: "Said", text: line.replace(/\r$/, "") }]
}
