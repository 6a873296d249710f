/** What the contract suites of the mailbox do in any store. */
import * as Effect from "effect/Effect"
import type { Mail, Taken } from "../../shell/store/MailboxService.ts"
import { Store } from "../../shell/store/Store.ts"

let sent = 0
export const send = (options: { role?: string; from?: string; text?: string; at?: number } = {}) =>
  Effect.flatMap(Store, (store) =>
    store.sendMessage({ id: `m${++sent}`, role: "reviewer", from: "coder", text: "look", at: 1000, ...options })
  )

export const bind = (session: string, role = "reviewer", isStart = true, gone: ReadonlyArray<string> = []) =>
  Effect.flatMap(Store, (store) =>
    store.claimRole({ session, role, at: 500, cwd: "/work", process: null, ancestors: [], isStart }, gone)
  )

export const stop = (
  session: string,
  options: { role?: string; isContinuation?: boolean; said?: string; at?: number; isReader?: boolean } = {}
) =>
  Effect.flatMap(Store, (store) =>
    store.takeMail({ session, role: "reviewer", isContinuation: false, said: null, at: 2000, ...options })
  )

export const mailOf = (taken: Taken): Mail => {
  if (taken._tag === "None") throw new Error(`nothing was given: ${taken.why}`)
  return taken
}

export const texts = (taken: Taken): ReadonlyArray<string> =>
  taken._tag === "None" ? [] : taken.messages.map(({ text }) => text)
