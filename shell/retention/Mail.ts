/** Forgets messages that were delivered, and tellings of what is over, once they were kept for long enough (`[retention]`). */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Sending from "../../core/mailbox/Sending.ts"
import type { Limits } from "../../core/retention/Retention.ts"
import { Store, type StoreError } from "../store/Store.ts"

/** How many messages went, or would go. */
export const prune = (
  { messagesMs }: Pick<Limits, "messagesMs">,
  isDryRun: boolean
): Effect.Effect<number, StoreError, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    // Rates are counted by what is there.
    const before = (yield* Clock.currentTimeMillis) - Math.max(messagesMs, Sending.windowMs)
    if (isDryRun) return yield* store.staleMail(before)
    yield* store.forgetTellings(before)
    return yield* store.forgetMail(before)
  })
