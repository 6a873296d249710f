/** What a hook's payload says about a session, for the mailbox: total on whatever stands on the standard input. */
import { recordOf, textAt } from "../agent/Json.ts"
import * as HookEvent from "../hook/HookEvent.ts"
import type { HookName } from "../hook/HookName.ts"

export interface HookCall {
  readonly session: string
  readonly cwd: string | null
  /** The session begins, is resumed, or was cleared. One that made its conversation shorter tells a start, too, and goes on. */
  readonly isStart: boolean
  readonly isContinuation: boolean
  readonly said: string | null
}

/** UTF-16 units of a session's last words that are kept, from their end: a verdict is the last line. */
const keptWords = 4096

/** Null where the payload names no session. */
export const parse = (hook: HookName, payload: string): HookCall | null => {
  const json = recordOf(payload)
  const { cwd, sessionId } = HookEvent.make(hook, payload)
  if (json === null || sessionId === null) return null
  const said = textAt(json, "last_assistant_message")
  return {
    session: sessionId,
    cwd,
    isStart: hook === "SessionStart" && textAt(json, "source") !== "compact",
    isContinuation: json.stop_hook_active === true,
    said: said === null ? null : said.trimEnd().slice(-keptWords)
  }
}
