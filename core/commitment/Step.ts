/**
 * The transition table of commitments: rows of data, tried in order; what no row takes changes nothing.
 *
 * Invariants: total and pure; nothing leads out of a state but Open (CLM-6); evidence counts only if it is later than
 * the last saying and earlier than the expiry (CLM-7).
 */
import * as Either from "effect/Either"
import type * as Commitment from "./Commitment.ts"
import { type Evidence, isIn, status } from "./Commitment.ts"
import type * as Event from "./CommitmentEvent.ts"

/** The event means nothing to it: it has ended, or is not so far, or was so far already. */
export interface Unchanged {
  readonly _tag: "Unchanged"
  readonly commitment: Commitment.Commitment
  readonly event: Event.CommitmentEvent
}

/** One row: on this event, to one of those states; `apply` answers null when its condition does not hold. */
export interface Row {
  readonly from: "Open"
  readonly on: Event.Tag
  readonly to: Commitment.Tag
  readonly apply: (commitment: Commitment.In<"Open">, event: Event.CommitmentEvent) => Commitment.Commitment | null
}

const isEvent = <E extends Event.Tag>(event: Event.CommitmentEvent, tag: E): event is Event.Of<E> => event._tag === tag

const row = <E extends Event.Tag, T extends Commitment.Tag>(
  on: E,
  to: T,
  next: (commitment: Commitment.In<"Open">, event: Event.Of<E>) => Commitment.In<T> | null
): Row => ({
  from: "Open",
  on,
  to,
  apply: (commitment, event) => (isEvent(event, on) ? next(commitment, event) : null)
})

/** A row that only changes the state. */
const move = <E extends Event.Tag, T extends Commitment.Tag>(
  on: E,
  to: T,
  next: (event: Event.Of<E>, commitment: Commitment.In<"Open">) => Commitment.Of<T> | null
): Row =>
  row<E, T>(on, to, (commitment, event) => {
    const state = next(event, commitment)
    return state === null ? null : { ...commitment, state }
  })

const isTimely = ({ expiresAt, saidAt }: Commitment.Commitment, at: number): boolean => at > saidAt && at < expiresAt

const delivered = (evidence: Evidence): Commitment.Of<"Delivered"> => ({
  _tag: "Delivered",
  at: evidence.at,
  by: { _tag: "Evidence", evidence }
})

/** What is known of a fix with an event taken in: the first edit and the last pass, in whichever order they are told. */
const withProgress = (commitment: Commitment.In<"Open">, event: Event.Of<"Progressed">): Commitment.Of<"Open"> => {
  const { state } = commitment
  const edit = event.editedAt !== null && isTimely(commitment, event.editedAt) ? event.editedAt : null
  const pass = event.passed !== null && isTimely(commitment, event.passed.at) ? event.passed : null
  const isEarlier = edit !== null && (state.editedAt === null || edit < state.editedAt)
  const isLater = pass !== null && (state.passed === null || pass.at > state.passed.at)
  return { ...state, editedAt: isEarlier ? edit : state.editedAt, passed: isLater ? pass : state.passed }
}

/** The very saying that it was taken down from, told late: whoever resumed its session was first. */
const isSameSaying = ({ deadline, saidAt, text }: Commitment.Commitment, event: Event.Of<"Restated">): boolean =>
  event.at < saidAt && event.text === text && (event.deadline === null || event.deadline === deadline)

export const rows: ReadonlyArray<Row> = [
  row("Restated", "Open", (commitment, event) => {
    if (event.at >= commitment.expiresAt || isSameSaying(commitment, event)) return null
    const isLater = event.at >= commitment.saidAt
    const saidAt = isLater ? event.at : commitment.saidAt
    const { editedAt, passed } = commitment.state
    return {
      ...commitment,
      count: commitment.count + 1,
      text: isLater ? event.text : commitment.text,
      saidAt,
      expiresAt: Math.max(commitment.expiresAt, event.expiresAt),
      deadline: isLater ? (event.deadline ?? commitment.deadline) : commitment.deadline,
      state: {
        ...commitment.state,
        editedAt: editedAt !== null && editedAt > saidAt ? editedAt : null,
        passed: passed !== null && passed.at > saidAt ? passed : null
      }
    }
  }),
  move("Proved", "Delivered", ({ evidence }, commitment) =>
    isTimely(commitment, evidence.at) ? delivered(evidence) : null
  ),
  move("Progressed", "Delivered", (event, commitment) => {
    const { editedAt, passed } = withProgress(commitment, event)
    return editedAt !== null && passed !== null && editedAt < passed.at ? delivered(passed) : null
  }),
  move("Progressed", "Open", (event, commitment) => {
    const { state } = commitment
    const next = withProgress(commitment, event)
    return next.editedAt === state.editedAt && next.passed === state.passed ? null : next
  }),
  move("Deliver", "Delivered", ({ at, note }) => ({ _tag: "Delivered", at, by: { _tag: "Person", note } })),
  move("Withdraw", "Withdrawn", ({ at, reason }) => ({ _tag: "Withdrawn", at, reason })),
  move("Nudged", "Open", ({ at }, { state }) =>
    state.nudgedAt === null && state.escalatedAt === null ? { ...state, nudgedAt: at } : null
  ),
  move("Escalated", "Open", ({ at }, { state }) => (state.escalatedAt === null ? { ...state, escalatedAt: at } : null)),
  move("Break", "Broken", ({ at }, { deadline }) =>
    deadline !== null && at >= deadline ? { _tag: "Broken", at, deadline } : null
  ),
  // It may have been said again since the tick decided.
  move("Expire", "Expired", ({ at }, { expiresAt }) => (at >= expiresAt ? { _tag: "Expired", at } : null))
]

/** The next commitment, or why there is none. */
export const step = (
  commitment: Commitment.Commitment,
  event: Event.CommitmentEvent
): Either.Either<Commitment.Commitment, Unchanged> => {
  if (isIn(commitment, "Open")) {
    for (const each of rows) {
      const next = each.apply(commitment, event)
      if (next !== null) return Either.right(next)
    }
  }
  return Either.left({ _tag: "Unchanged", commitment, event })
}

/** One sentence for people: why nothing changed. */
export const explain = ({ commitment, event }: Unchanged): string =>
  isIn(commitment, "Open")
    ? `${event._tag} changes nothing about commitment ${commitment.id} now`
    : `commitment ${commitment.id} is ${status(commitment)}: what has ended stays as it ended`
