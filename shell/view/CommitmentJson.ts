/** Commitments as programs read them. */
import * as Commitment from "../../core/commitment/index.ts"
import * as Moment from "./Moment.ts"

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

export const unverifiedToJson = ({ at, key, object, session, text, topic, verb }: Commitment.Unverified) => ({
  key,
  topic,
  session_id: session,
  verb,
  object,
  text,
  at: Moment.iso(at)
})
