/**
 * A person says what became of a promise: it was kept, or it is not wanted any more. One that is broken stays so, but nobody is
 * asked about it any more.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Commitment from "../../core/commitment/index.ts"
import { Store, type StoreError } from "../store/Store.ts"

export interface Word {
  readonly id: number
  readonly how: "deliver" | "withdraw"
  /** In a person's own words. */
  readonly note: string | null
}

export type Settled =
  | { readonly _tag: "Settled"; readonly commitment: Commitment.Commitment }
  /** It was broken and stays so: what was said of it is an answer to the question that it raised. */
  | { readonly _tag: "Answered"; readonly commitment: Commitment.Commitment }
  /** It has ended already, and stays as it ended. */
  | { readonly _tag: "Refused"; readonly commitment: Commitment.Commitment; readonly why: string }
  | { readonly _tag: "Missing" }

export const settle = ({ how, id, note }: Word): Effect.Effect<Settled, StoreError, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    const at = yield* Clock.currentTimeMillis
    return yield* store.amendCommitments<Settled>({ at, ids: [id] }, ({ commitments }) => {
      const unchanged = { commitments, unverified: [], cursor: null }
      const [known] = commitments
      if (known === undefined) return { ...unchanged, answer: { _tag: "Missing" } }
      if (Commitment.isIn(known, "Broken")) {
        return { ...unchanged, answered: [id], answer: { _tag: "Answered", commitment: known } }
      }
      const event: Commitment.CommitmentEvent =
        how === "deliver" ? { _tag: "Deliver", at, note } : { _tag: "Withdraw", at, reason: note }
      return Either.match(Commitment.step(known, event), {
        onLeft: (refusal) => ({
          ...unchanged,
          answer: { _tag: "Refused", commitment: known, why: Commitment.explain(refusal) }
        }),
        onRight: (commitment) => ({
          ...unchanged,
          commitments: [commitment],
          answer: { _tag: "Settled", commitment }
        })
      })
    })
  })
