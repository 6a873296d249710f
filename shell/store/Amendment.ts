/** How commitments are changed: what an amendment is about, what it is given, and what it leads to. */
import type { Commitment } from "../../core/commitment/Commitment.ts"
import type { Unverified } from "../../core/commitment/Record.ts"

/**
 * The commitments that an amendment is about: those with these ids, the open ones of these topics and sessions, and what has
 * ended of these topics since that moment.
 */
export interface CommitmentsOf {
  /** Epoch milliseconds: now. */
  readonly at: number
  readonly ids?: ReadonlyArray<number>
  readonly topics?: ReadonlyArray<string>
  readonly sessions?: ReadonlyArray<string>
  readonly endedSince?: number
}

/** What an amendment goes by. */
export interface Amendable {
  readonly commitments: ReadonlyArray<Commitment>
  readonly nextId: number
  /** The last hook event that was taken in; null: none ever was. */
  readonly cursor: number | null
  /** The last one that there is or was; 0: none. */
  readonly lastHookEvent: number
}

export interface Amended<A> {
  /** Those that are new or another; the others may be among them, as they were. */
  readonly commitments: ReadonlyArray<Commitment>
  readonly unverified: ReadonlyArray<Unverified>
  /** Those of which a person has said what became of them: nobody is asked about them any more. */
  readonly answered?: ReadonlyArray<number>
  /** Null leaves it. */
  readonly cursor: number | null
  readonly answer: A
}
