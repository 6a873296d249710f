/**
 * How an attempt ended, judged from how its program exited and what its output had said by then.
 */
import type { Progress } from "../execution/AttemptRecord.ts"
import type { Ending } from "../execution/Execution.ts"
import { holds } from "../execution/Limit.ts"
import type { Kind } from "../task/AgentDefinition.ts"
import { messageBytes } from "./CommandStream.ts"
import { endOf } from "./Excerpt.ts"

/** One of the two is null. */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/**
 * Clean needs status 0 and no last record that says otherwise; `detail` of every other ending is what the next attempt
 * is told, at most 4 KiB. A limit that still holds at `endedAt` (epoch milliseconds) explains any exit but one with
 * status 0 whose last record says that all is well.
 */
export const endingOf = (kind: Kind, exit: Exit, progress: Progress, endedAt: number, stderrTail: string): Ending => {
  const { limit, resultIsError, session } = progress
  const isDone = exit.code === 0 && resultIsError === false
  if (limit !== null && !isDone && holds(limit, endedAt)) {
    return { _tag: "Limited", resumeAt: Math.max(limit.until, endedAt), cause: limit.cause }
  }
  if (exit.code === 0 && resultIsError !== true) return { _tag: "Clean" }
  const detail = withErrors(sentence(exit), stderrTail)
  // Of a vendor's program without a session nothing can be resumed, and nothing was done. Any other program is its own
  // session: that it ran is all there is to know, so it is never Aborted.
  return kind !== "command" && session === null ? { _tag: "Aborted", detail } : { _tag: "Forced", detail }
}

const sentence = ({ code, signal }: Exit): string => {
  if (signal !== null) return `the program was ended by ${signal}`
  if (code === null) return "the program ended without a status"
  return code === 0 ? "the program's last record says that it failed" : `the program ended with status ${code}`
}

const withErrors = (sentence: string, stderr: string): string => {
  if (stderr.trim() === "") return sentence
  const head = `${sentence}; the end of its standard error:\n`
  // All ASCII, a signal's name too: its length is its bytes.
  return head + endOf(stderr, messageBytes - head.length)
}
