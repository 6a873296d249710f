/**
 * What each session did in its present turn, as far as all of it was heard: a claim that something was done is compared
 * with it. A turn whose beginning was not heard shows nothing, and is held against nobody. An index with one owner:
 * mutable inside, never copied.
 */
import type { Signal } from "./Evidence.ts"
import type { Heard } from "./Heard.ts"

export interface Turns {
  /** A turn begins as the one before it ended, too. */
  readonly hear: (event: Heard) => void
  /** Null: not all of it was heard. */
  readonly of: (session: string) => ReadonlyArray<Signal> | null
}

/** Sessions, and calls of one turn, that are remembered. */
const mostSessions = 1000
const mostSignals = 1000

export const make = (): Turns => {
  /** Of a Map the one that was set first, and so was silent longest, comes first. */
  const turns = new Map<string, Array<Signal>>()
  return {
    hear: (event) => {
      const own = event._tag === "Did" ? turns.get(event.session) : []
      turns.delete(event.session)
      // One of more calls than are kept is not known in full any more.
      if (own === undefined || own.length === mostSignals) return
      if (event._tag === "Did") own.push(event.signal)
      turns.set(event.session, own)
      const [oldest] = turns.size > mostSessions ? turns.keys() : []
      if (oldest !== undefined) turns.delete(oldest)
    },
    of: (session) => turns.get(session) ?? null
  }
}
