/** Hook events as rows, and back; a hook of a name that this program does not know is a malformed row. */
import * as Either from "effect/Either"
import { isHookName } from "../../core/hook/HookName.ts"
import type * as Rows from "./Rows.ts"
import { type KeptHookEvent, MalformedRow, type ReceivedHookEvent } from "./Store.ts"

export const encode = ({ at, event, source }: ReceivedHookEvent): Rows.NewHookEventRow => ({
  session_id: event.sessionId,
  hook: event.hook,
  tool_name: event.toolName,
  tool_use_id: event.toolUseId,
  cwd: event.cwd,
  payload: event.payload,
  at,
  source
})

export const decode = (row: Rows.HookEventRow): Either.Either<KeptHookEvent, MalformedRow> =>
  isHookName(row.hook)
    ? Either.right({
        id: row.id,
        at: row.at,
        source: row.source,
        event: {
          hook: row.hook,
          sessionId: row.session_id,
          toolName: row.tool_name,
          toolUseId: row.tool_use_id,
          cwd: row.cwd,
          payload: row.payload
        }
      })
    : Either.left(
        new MalformedRow({ table: "hook_events", row: String(row.id), detail: `there is no hook ${row.hook}` })
      )
