/**
 * When each session was heard of by a hook, as far as this supervisor has heard: evidence that somebody is at work, and a
 * reason to look. It is forgotten with the supervisor.
 */
import * as Effect from "effect/Effect"
import { makeSignal, type Signal } from "./Signal.ts"
import type { ReceivedHookEvent } from "../store/Store.ts"

/** Sessions that are remembered; of more the one that was silent longest is forgotten. */
const mostSessions = 10_000

export interface HookActivity {
  /** Raised by each event of a session. */
  readonly heard: Signal
  readonly note: (events: ReadonlyArray<ReceivedHookEvent>) => Effect.Effect<void>
  /** Epoch milliseconds; 0: never. */
  readonly heardAt: (session: string | null) => number
}

export const make: Effect.Effect<HookActivity> = Effect.map(makeSignal, (heard) => {
  const sessions = new Map<string, number>()
  const hear = (session: string, at: number): void => {
    const before = sessions.get(session) ?? 0
    // Of a Map the entry that was set first comes first.
    sessions.delete(session)
    sessions.set(session, Math.max(before, at))
  }
  const forget = (): void => {
    for (const session of sessions.keys()) {
      if (sessions.size <= mostSessions) return
      sessions.delete(session)
    }
  }
  return {
    heard,
    note: (events) =>
      Effect.suspend(() => {
        for (const { at, event } of events) if (event.sessionId !== null) hear(event.sessionId, at)
        forget()
        return events.some(({ event }) => event.sessionId !== null) ? heard.raise : Effect.void
      }),
    heardAt: (session) => (session === null ? 0 : (sessions.get(session) ?? 0))
  }
})
