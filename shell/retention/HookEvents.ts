/** Forgets what hooks told once it was kept for long enough, or is too much (`[retention]`). */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Limits } from "../../core/retention/Retention.ts"
import { Store, type StoreError } from "../store/Store.ts"

/** How many went, or would go. */
export const prune = (
  { hookEvents: most, hookEventsMs }: Pick<Limits, "hookEvents" | "hookEventsMs">,
  isDryRun: boolean
): Effect.Effect<number, StoreError, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    const limits = { before: (yield* Clock.currentTimeMillis) - hookEventsMs, most }
    return yield* isDryRun ? store.staleHookEvents(limits) : store.pruneHookEvents(limits)
  })
