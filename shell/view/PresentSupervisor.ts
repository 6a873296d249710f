/**
 * Who supervises, as the store tells: whoever beats in it works on it, wherever it runs.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { StoreService } from "../store/Store.ts"

/** A supervisor whose heartbeat is older than this is taken for gone; its beats come every 5 s. */
const silentMs = 30_000

/** Null when nobody does. */
export const read = (store: StoreService) =>
  Effect.gen(function* () {
    const present = Option.getOrNull(yield* store.supervisor)
    const now = yield* Clock.currentTimeMillis
    const isBeating = present !== null && present.endedAt === null && now - present.heartbeatAt < silentMs
    return isBeating ? { pid: present.pid, host: present.host } : null
  })
