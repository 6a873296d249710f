/**
 * Goes after promises that nobody keeps: tells a person, lets go (`core/commitment/FollowThrough.ts`). It reminds nobody: that
 * somebody was is noted by whoever resumes a session (`Reminders.ts`), and by nobody else.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Commitment from "../../core/commitment/index.ts"
import { Configuration } from "../config/Configuration.ts"
import { Store } from "../store/Store.ts"

const eventOf = (how: Exclude<Commitment.How, "Nudge">, at: number): Commitment.CommitmentEvent => {
  switch (how) {
    case "Escalate":
      return { _tag: "Escalated", at }
    case "Break":
      return { _tag: "Break", at }
    case "Expire":
      return { _tag: "Expire", at }
  }
}

/** One look at all open promises; answers when time alone will make it another, or null. */
export const make = Effect.gen(function* () {
  const store = yield* Store
  const { claims: settings } = yield* Configuration

  const sightOf = Effect.fnUntraced(function* (session: string) {
    const record = yield* store.attemptOfSession(session)
    const task = Option.isSome(record) ? yield* store.task(record.value.task) : Option.none()
    const last = yield* store.lastHookEvent(session)
    const attempt = Option.isSome(record) && Option.isSome(task) ? { record: record.value, task: task.value } : null
    return Commitment.sessionSeen({ attempt, last: last === null ? null : { hook: last.event.hook, at: last.at } })
  })

  const passesOf = Effect.fnUntraced(function* (session: string) {
    const record = yield* store.attemptOfSession(session)
    if (Option.isNone(record)) return []
    const { task } = record.value
    return Commitment.VerifiedWork.passes(session, yield* store.attempts(task), yield* store.verifications(task))
  })

  /** No hook tells of what drover's verifiers found. */
  const witnessed = Effect.fnUntraced(function* (open: ReadonlyArray<Commitment.Commitment>) {
    const awaiting = open.filter(Commitment.VerifiedWork.awaitsPass)
    const sessions = [...new Set(awaiting.flatMap(({ session }) => session ?? []))]
    const passes = (yield* Effect.forEach(sessions, passesOf)).flat()
    const isNews = passes.some(({ at, session }) =>
      awaiting.some((each) => each.session === session && at > (each.state.editedAt ?? at))
    )
    if (!isNews) return open
    const at = yield* Clock.currentTimeMillis
    yield* store.amendCommitments({ at, ids: awaiting.map(({ id }) => id) }, (found) => {
      const book = passes.reduce<Commitment.Book.Book>(
        (next, signal) => Commitment.Book.witness(next, signal, Commitment.noRules),
        found
      )
      return { commitments: book.commitments, unverified: [], cursor: null, answer: null }
    })
    return yield* store.commitments(0)
  })

  return Effect.gen(function* () {
    const open = yield* Effect.flatMap(store.commitments(0), witnessed)
    if (open.length === 0) return null
    const sessions = [...new Set(open.flatMap(({ session }) => session ?? []))]
    const seen = new Map(
      yield* Effect.forEach(sessions, (session) => Effect.map(sightOf(session), (sight) => [session, sight] as const))
    )
    const now = yield* Clock.currentTimeMillis
    const unknown: Commitment.SessionSeen = { _tag: "Unknown" }
    const answers = open.map((commitment) =>
      Commitment.followThrough(
        { commitment, session: seen.get(commitment.session ?? "") ?? unknown },
        { now, policy: settings.policy }
      )
    )
    const actions = answers.flatMap(({ action }) => action ?? [])
    if (actions.length > 0) {
      const ids = actions.map(({ commitment }) => commitment)
      yield* store.amendCommitments({ at: now, ids }, (found) => {
        const book = actions.reduce<Commitment.Book.Book>(
          (next, { commitment, how }) =>
            how === "Nudge" ? next : Commitment.Book.happen(next, commitment, eventOf(how, now)),
          found
        )
        return { commitments: book.commitments, unverified: [], cursor: null, answer: null }
      })
    }
    const moments = answers.flatMap(({ nextAt }) => nextAt ?? [])
    return moments.length === 0 ? null : Math.min(...moments)
  })
})
