/**
 * How an attempt ended, judged from how its program exited and what its output had said by then.
 */
import type { Progress } from "../execution/AttemptRecord.ts"
import type { Ending } from "../execution/Execution.ts"
import { holds } from "../execution/Limit.ts"
import type { Kind } from "../task/AgentDefinition.ts"
import { messageBytes } from "./AgentStream.ts"
import { endOf } from "./Excerpt.ts"

/** One of the two is null. */
export interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** How a program ends that was not stopped; whoever was limited knows why. */
type Ended =
  | Extract<Ending, { readonly _tag: "Clean" | "Forced" | "Aborted" }>
  | Required<Extract<Ending, { readonly _tag: "Limited" }>>

/** A vendor's program says so when it is done (AGT-2); of any other the status alone may tell. */
const saysDone = (kind: Kind, { resultIsError }: Progress): boolean =>
  kind === "command" ? resultIsError !== true : resultIsError === false

/**
 * Clean needs status 0 and, from a vendor's program, a last record that says so; `detail` of every other ending is what the next attempt
 * is told, at most 4 KiB. A limit that still holds at `endedAt` (epoch milliseconds) explains any exit but one with
 * status 0 whose last record says that all is well.
 */
export const endingOf = (kind: Kind, exit: Exit, progress: Progress, endedAt: number, stderrTail: string): Ended => {
  const { lastMessage, limit, resultIsError, session } = progress
  const isDone = exit.code === 0 && resultIsError === false
  if (limit !== null && !isDone && holds(limit, endedAt)) {
    return { _tag: "Limited", resumeAt: Math.max(limit.until, endedAt), cause: limit.cause }
  }
  if (exit.code === 0 && saysDone(kind, progress)) return { _tag: "Clean" }
  const said = resultIsError === true && lastMessage !== null ? lastMessage : ""
  const detail = withErrors(sentence(exit, resultIsError), [said, stderrTail].filter(isWord).join("\n"))
  // Of a vendor's program without a session nothing can be resumed, and nothing was done. Any other program is its own
  // session: that it ran is all there is to know, so it is never Aborted.
  return kind !== "command" && session === null ? { _tag: "Aborted", detail } : { _tag: "Forced", detail }
}

const isWord = (text: string): boolean => text.trim() !== ""

/** How a program ended that did not end well, in one sentence. */
export const sentence = ({ code, signal }: Exit, resultIsError: boolean | null): string => {
  if (signal !== null) return `the program was ended by ${signal}`
  if (code === null) return "the program ended without a status"
  if (code !== 0) return `the program ended with status ${code}`
  return resultIsError === null
    ? "the program never said that it is done"
    : "the program's last record says that it failed"
}

const withErrors = (sentence: string, stderr: string): string => {
  if (!isWord(stderr)) return sentence
  const head = `${sentence}; the last it said:\n`
  // All ASCII, a signal's name too: its length is its bytes.
  return head + endOf(stderr, messageBytes - head.length)
}
