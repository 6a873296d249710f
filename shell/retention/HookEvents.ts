/** Forgets what hooks told, and promises that ended, once they were kept for long enough, or are too much (`[retention]`). */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Limits } from "../../core/retention/Retention.ts"
import { Store, type StoreError } from "../store/Store.ts"

/** How many hook events went, or would go. */
export const prune = (
  { hookEvents: most, hookEventsMs }: Pick<Limits, "hookEvents" | "hookEventsMs">,
  isDryRun: boolean
): Effect.Effect<number, StoreError, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    const at = yield* Clock.currentTimeMillis
    const limits = { before: at - hookEventsMs, most }
    if (isDryRun) return yield* store.staleHookEvents(limits)
    yield* store.forgetClaims({ at, before: limits.before })
    return yield* store.pruneHookEvents(limits)
  })
