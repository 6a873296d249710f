/**
 * The commitments of a conversation as they are worked on: what is said is taken down, what is seen closes what it
 * proves. Plain data: the store writes what is another than before.
 */
import * as Either from "effect/Either"
import { type Commitment, CommitmentId } from "./Commitment.ts"
import type { CommitmentEvent } from "./CommitmentEvent.ts"
import { find, type Rules, type Signal } from "./Evidence.ts"
import type { Policy } from "./Policy.ts"
import { record, type Recorded, type Utterance } from "./Record.ts"
import { step } from "./Step.ts"

export interface Book {
  readonly commitments: ReadonlyArray<Commitment>
  /** What the next new one is called. */
  readonly nextId: number
}

const put = (book: Book, commitment: Commitment): Book => {
  const at = book.commitments.findIndex(({ id }) => id === commitment.id)
  return at === -1
    ? { commitments: [...book.commitments, commitment], nextId: Math.max(book.nextId, commitment.id + 1) }
    : { ...book, commitments: book.commitments.with(at, commitment) }
}

export interface TakenDown {
  readonly book: Book
  /** For each promise, in order. */
  readonly recorded: ReadonlyArray<Recorded>
}

/** Takes promises down, one after the other: the second of two alike renews the first. */
export const takeDown = (book: Book, promised: ReadonlyArray<Utterance<"future">>, policy: Policy): TakenDown => {
  const recorded: Array<Recorded> = []
  let next = book
  for (const said of promised) {
    const answer = record(next.commitments, said, CommitmentId.make(next.nextId), policy)
    recorded.push(answer)
    if (answer._tag !== "Refused") next = put(next, answer.commitment)
  }
  return { book: next, recorded }
}

/** What happens to one; the same book where it means nothing any more. */
export const happen = (book: Book, id: CommitmentId, event: CommitmentEvent): Book => {
  const found = book.commitments.find((each) => each.id === id)
  const next = found === undefined ? null : Either.getOrNull(step(found, event))
  return next === null ? book : put(book, next)
}

/** Takes in what was seen of a session. */
export const witness = (book: Book, signal: Signal, rules: Rules): Book =>
  find(book.commitments, signal, rules).reduce(
    (next, { commitment, event }) => happen(next, commitment.id, event),
    book
  )
