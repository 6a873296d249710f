/** A message taken apart: every claim in it, with its key and the time that it names. */
import { classify, deadline, key, type Lexicon, timePromises } from "../claim/index.ts"
import type { Utterance } from "./Record.ts"

/** Where and when it was said. */
export interface Said {
  readonly message: string
  /** The conversation. */
  readonly topic: string
  readonly session: string | null
  /** Epoch milliseconds. */
  readonly at: number
  /** Of the clock that the writer means, minutes east of UTC. */
  readonly offsetMinutes: number
}

export interface Claims {
  readonly promised: ReadonlyArray<Utterance<"future">>
  readonly completed: ReadonlyArray<Utterance<"completed">>
}

/** In the order of the message. */
export const claimsOf = ({ at, message, offsetMinutes, session, topic }: Said, lexicon: Lexicon.Lexicon): Claims => {
  const times = timePromises(message, { now: at, offsetMinutes })
  const promised: Array<Utterance<"future">> = []
  const completed: Array<Utterance<"completed">> = []
  for (const claim of classify(message, lexicon)) {
    const said = { message, key: key(topic, claim), topic, session, at }
    const { tense } = claim
    if (tense === "future") promised.push({ ...said, claim: { ...claim, tense }, deadline: deadline(claim, times) })
    else completed.push({ ...said, claim: { ...claim, tense }, deadline: null })
  }
  return { promised, completed }
}
