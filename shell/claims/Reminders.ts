/**
 * What a session that an agent goes on with has promised and, as far as is known, not done. When it was first reminded is
 * noted before the agent is started, and never anew: from then on it has so long until a person is told. Until one is,
 * whoever resumes the session quotes it again, for an agent need not have read what a crash or a limit cut short.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Commitment from "../../core/commitment/index.ts"
import { Configuration } from "../config/Configuration.ts"
import { Store, type StoreError } from "../store/Store.ts"
import { offsetMinutes } from "./LocalOffset.ts"

export interface Resumed {
  readonly session: string
  /** Its last words: what they promise is taken down, where no hook has told it. */
  readonly lastMessage: string | null
  /** When it said them, epoch milliseconds. */
  readonly at: number
}

/** A hook may have told its last words before that moment, and a person, or a tool, have closed them since. */
const marginMs = 60_000

/** The texts, oldest promise first; none where nobody wants it. */
export const of = (resumed: Resumed): Effect.Effect<ReadonlyArray<string>, StoreError, Configuration | Store> =>
  Effect.gen(function* () {
    const { claims: settings } = yield* Configuration
    const store = yield* Store
    if (!settings.isEnabled || !settings.policy.nudges) return []
    const { session } = resumed
    const now = yield* Clock.currentTimeMillis
    const said = { ...resumed, message: resumed.lastMessage ?? "", topic: session, offsetMinutes: offsetMinutes(now) }
    const { promised } = Commitment.claimsOf(said, settings.lexicon)
    // A promise that has ended since it was said is none any more.
    const which = { at: now, sessions: [session], topics: [session], endedSince: resumed.at - marginMs }
    return yield* store.amendCommitments(which, (found) => {
      const isTold = (key: string): boolean => found.commitments.some((each) => each.key === key)
      const untold = promised.filter(({ key }) => !isTold(key))
      const taken = Commitment.Book.takeDown(found, untold, settings.policy).book
      const book = taken.commitments
        .filter((each) => Commitment.isOpenAt(each, now))
        .reduce((next, { id }) => Commitment.Book.happen(next, id, { _tag: "Nudged", at: now }), taken)
      const texts = book.commitments.flatMap((each) =>
        Commitment.isOpenAt(each, now) && each.state.nudgedAt !== null && each.state.escalatedAt === null
          ? [Commitment.Nudge.text(each)]
          : []
      )
      return { commitments: book.commitments, unverified: [], cursor: null, answer: texts }
    })
  })
