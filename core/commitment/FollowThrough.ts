/**
 * What to do about a promise that nobody keeps: remind its session once, then tell a person, then let it go. Signals
 * only: nothing here holds up, changes or answers a message.
 *
 * | the session | when | then |
 * |---|---|---|
 * | ended | the deadline has passed | Escalate; when a person was told, Break |
 * | any | its time is over | Expire |
 * | ended | it was not nudged, may be, and no person was told | Nudge |
 * | ended | it was nudged, and ended again or was never seen again | Escalate |
 * | ended | it can not be nudged, and no deadline is to come | Escalate |
 * | live, or not known | – | nothing |
 */
import type { Commitment, CommitmentId } from "./Commitment.ts"
import { isIn } from "./Commitment.ts"
import type { Policy } from "./Policy.ts"

/**
 * What is known of the session that made the promise. Ended: nothing of it is at work and nobody is expected to go on
 * with it. Unknown, as everywhere, is not Ended.
 */
export type SessionSeen =
  | { readonly _tag: "Live" }
  | { readonly _tag: "Ended"; readonly at: number; readonly canResume: boolean }
  | { readonly _tag: "Unknown" }

export interface View {
  readonly commitment: Commitment
  readonly session: SessionSeen
}

export interface Context {
  readonly now: number
  readonly policy: Pick<Policy, "nudges" | "nudgeGraceMs">
}

/** Nudge: resume the session with `Nudge.text`. Escalate: an attention item. Break and Expire: it has ended. */
export type How = "Nudge" | "Escalate" | "Break" | "Expire"

export interface FollowThrough {
  readonly _tag: "FollowThrough"
  readonly commitment: CommitmentId
  readonly how: How
}

export interface Answer {
  readonly action: FollowThrough | null
  /** The first moment after now at which time alone makes it another answer; null: none does. */
  readonly nextAt: number | null
}

export const followThrough = (view: View, { now, policy }: Context): Answer => {
  const how = howAt(view, policy, now)
  const nextAt = turningPoints(view.commitment, policy)
    .toSorted((a, b) => a - b)
    .find((at) => at > now && howAt(view, policy, at) !== how)
  const action: FollowThrough | null =
    how === null ? null : { _tag: "FollowThrough", commitment: view.commitment.id, how }
  return { action, nextAt: nextAt ?? null }
}

/** The moments at which an answer can change; between two of them it does not. */
const turningPoints = (
  { deadline, expiresAt, state }: Commitment,
  policy: Context["policy"]
): ReadonlyArray<number> => [
  expiresAt,
  ...(deadline === null ? [] : [deadline]),
  ...(state._tag === "Open" && state.nudgedAt !== null ? [state.nudgedAt + policy.nudgeGraceMs] : [])
]

const howAt = ({ commitment, session }: View, policy: Context["policy"], at: number): How | null => {
  if (!isIn(commitment, "Open")) return null
  const { deadline, expiresAt, state } = commitment
  const isTold = state.escalatedAt !== null
  if (session._tag === "Ended" && deadline !== null && at >= deadline) return isTold ? "Break" : "Escalate"
  if (at >= expiresAt) return "Expire"
  if (session._tag !== "Ended" || isTold) return null
  if (state.nudgedAt !== null) {
    const isInVain = session.at > state.nudgedAt || at >= state.nudgedAt + policy.nudgeGraceMs
    return isInVain ? "Escalate" : null
  }
  if (policy.nudges && session.canResume) return "Nudge"
  // Until its deadline somebody else may go on with the session.
  return deadline === null ? "Escalate" : null
}
