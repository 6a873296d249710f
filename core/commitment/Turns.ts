/**
 * What each session did in its present turn, as far as all of it was heard: a claim that something was done is compared
 * with it. A turn whose beginning was not heard shows nothing, and is held against nobody. An index with one owner:
 * mutable inside, never copied, and never larger than its bounds.
 */
import type { Signal } from "./Evidence.ts"
import type { Heard, ToolUsed } from "./Heard.ts"

export interface Turns {
  /** A turn begins as the one before it ended, too; with its session the last one is forgotten. */
  readonly hear: (event: Heard) => void
  /** What may show that something was done; null: not all of it was heard. */
  readonly of: (session: string) => ReadonlyArray<Signal> | null
}

/** Sessions, and calls of one turn, that are remembered. */
const mostSessions = 1000
const mostSignals = 1000
/** Characters of the commands of one turn, and of all turns. */
const mostOfTurn = 256 * 1024
const mostOfAll = 16 * 1024 * 1024

interface Turn {
  readonly signals: Array<ToolUsed>
  characters: number
}

/** As much of a signal as a claim is compared with; null: it shows nothing, as one that failed does. */
const tellingOf = (signal: ToolUsed): ToolUsed | null => {
  const { command, edited, outcome } = signal
  if (outcome !== "Succeeded" || (command === null && edited.length === 0)) return null
  return edited.length > 1 ? { ...signal, edited: edited.slice(0, 1) } : signal
}

const charactersOf = ({ command }: ToolUsed): number => command?.length ?? 0

export const make = (): Turns => {
  /** Of a Map the one that was set first, and so was silent longest, comes first. */
  const turns = new Map<string, Turn>()
  let characters = 0

  const forget = (session: string): void => {
    characters -= turns.get(session)?.characters ?? 0
    turns.delete(session)
  }

  const keep = (session: string, turn: Turn): void => {
    turns.set(session, turn)
    characters += turn.characters
    for (const oldest of turns.keys()) {
      if (turns.size <= mostSessions && characters <= mostOfAll) return
      forget(oldest)
    }
  }

  const begin = (session: string): void => {
    forget(session)
    keep(session, { signals: [], characters: 0 })
  }

  const note = (session: string, signal: ToolUsed): void => {
    const turn = turns.get(session)
    if (turn === undefined) return
    forget(session)
    const telling = tellingOf(signal)
    if (telling !== null) {
      turn.signals.push(telling)
      turn.characters += charactersOf(telling)
    }
    // One of more calls than are kept is not known in full any more.
    if (turn.signals.length <= mostSignals && turn.characters <= mostOfTurn) keep(session, turn)
  }

  return {
    hear: (event) => {
      switch (event._tag) {
        case "Did":
          return note(event.session, event.signal)
        case "SessionEnded":
          return forget(event.session)
        default:
          return begin(event.session)
      }
    },
    of: (session) => turns.get(session)?.signals ?? null
  }
}
