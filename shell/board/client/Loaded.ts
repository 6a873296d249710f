/** What is read from the supervisor for a part of the page, and read again when it may have changed. */
import { useEffect, useState } from "preact/hooks"
import type { Outcome, Refusal } from "./Client.ts"

export interface Loaded<A> {
  /** The last answer that came; null before the first. */
  readonly value: A | null
  readonly why: Refusal | null
  readonly again: () => void
}

/** Reads when `key` changes, and forgets nothing while it reads the same thing again (`version`). */
export const useLoaded = <A>(key: string, version: unknown, read: () => Promise<Outcome<A>>): Loaded<A> => {
  const [held, setHeld] = useState<{ readonly key: string; readonly value: A | null; readonly why: Refusal | null }>({
    key,
    value: null,
    why: null
  })
  const [round, setRound] = useState(0)
  useEffect(() => {
    let isWanted = true
    const take = async (): Promise<void> => {
      const outcome = await read()
      if (!isWanted) return
      setHeld((before) => {
        const value = before.key === key ? before.value : null
        return outcome.ok ? { key, value: outcome.value, why: null } : { key, value, why: outcome.why }
      })
    }
    void take()
    return () => {
      isWanted = false
    }
  }, [key, version, round])
  const isSame = held.key === key
  return { value: isSame ? held.value : null, why: isSame ? held.why : null, again: () => setRound((n) => n + 1) }
}
