/** Takes down what a message promises: for whoever posts a message, whichever program it came from. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Commitment from "../../core/commitment/index.ts"
import { Configuration } from "../config/Configuration.ts"
import { Store, type StoreError } from "../store/Store.ts"
import { offsetMinutes } from "./LocalOffset.ts"

export interface Message {
  readonly message: string
  /** The conversation it belongs to. */
  readonly topic: string
  readonly session: string | null
}

/** As the contract has it (`POST /action-claim/observe`). */
export interface Observed {
  /** The message was looked at. */
  readonly observed: boolean
  /** An open commitment stands for at least one of its promises. */
  readonly registered: boolean
  /** Each of those was there before. */
  readonly deduped: boolean
  /** Why nothing was registered, or not all of it. */
  readonly reason?: "feature-disabled" | "no-claim" | "per-topic-cap"
  readonly claims: ReadonlyArray<{
    readonly verb: string
    readonly object: string | null
    /** Null: it was not taken down. */
    readonly commitmentId: number | null
    readonly key: string
  }>
}

const nothing = { registered: false, deduped: false, claims: [] }

export const observe = (said: Message): Effect.Effect<Observed, StoreError, Configuration | Store> =>
  Effect.gen(function* () {
    const { claims: settings } = yield* Configuration
    const store = yield* Store
    if (!settings.isEnabled) return { observed: false, reason: "feature-disabled", ...nothing }
    const at = yield* Clock.currentTimeMillis
    const { promised } = Commitment.claimsOf({ ...said, at, offsetMinutes: offsetMinutes(at) }, settings.lexicon)
    if (promised.length === 0) return { observed: true, reason: "no-claim", ...nothing }
    const recorded = yield* store.amendCommitments({ at, topics: [said.topic] }, (found) => {
      const taken = Commitment.Book.takeDown(found, promised, settings.policy)
      return { commitments: taken.book.commitments, unverified: [], cursor: null, answer: taken.recorded }
    })
    const kept = recorded.filter(({ _tag }) => _tag !== "Refused")
    return {
      observed: true,
      registered: kept.length > 0,
      deduped: kept.length > 0 && kept.every(({ _tag }) => _tag === "Refreshed"),
      ...(kept.length < recorded.length ? { reason: "per-topic-cap" as const } : {}),
      claims: promised.map(({ claim, key }, index) => {
        const answer = recorded[index]
        const commitmentId = answer === undefined || answer._tag === "Refused" ? null : answer.commitment.id
        return { verb: claim.verb, object: claim.object ?? null, commitmentId, key }
      })
    }
  })
