/** Commitments as they are listed, and as programs read them. */
import * as Effect from "effect/Effect"
import * as Commitment from "../../core/commitment/index.ts"
import { Store, type StoreError } from "../store/Store.ts"
import * as Moment from "./Moment.ts"

/** Ended ones that are listed beside the open ones, and claims that nothing showed. */
const mostEnded = 200
const mostUnverified = 50

export interface Listed {
  readonly commitments: ReadonlyArray<Commitment.Commitment>
  readonly unverified: ReadonlyArray<Commitment.Unverified>
}

/** Every open one; with `all` those that ended last, too, and the last claims that something was done which nothing showed. */
export const read = (all: boolean): Effect.Effect<Listed, StoreError, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    return {
      commitments: yield* store.commitments(all ? mostEnded : 0),
      unverified: all ? yield* store.unverifiedClaims(mostUnverified) : []
    }
  })

const isoOf = (at: number | null): string | null => (at === null ? null : Moment.iso(at))

export const toJson = (commitment: Commitment.Commitment) => {
  const open = commitment.state._tag === "Open" ? commitment.state : null
  return {
    id: commitment.id,
    key: commitment.key,
    status: Commitment.status(commitment),
    topic: commitment.topic,
    session_id: commitment.session,
    verb: commitment.verb,
    object: commitment.object,
    text: commitment.text,
    count: commitment.count,
    opened_at: Moment.iso(commitment.openedAt),
    said_at: Moment.iso(commitment.saidAt),
    expires_at: Moment.iso(commitment.expiresAt),
    deadline: isoOf(commitment.deadline),
    nudged_at: isoOf(open?.nudgedAt ?? null),
    escalated_at: isoOf(open?.escalatedAt ?? null),
    ended_at: isoOf(Commitment.endedAt(commitment)),
    detail: Commitment.detail(commitment)
  }
}

const unverifiedToJson = ({ at, key, object, session, text, topic, verb }: Commitment.Unverified) => ({
  key,
  topic,
  session_id: session,
  verb,
  object,
  text,
  at: Moment.iso(at)
})

export const listToJson = ({ commitments, unverified }: Listed) => ({
  commitments: commitments.map(toJson),
  unverified: unverified.map(unverifiedToJson)
})
