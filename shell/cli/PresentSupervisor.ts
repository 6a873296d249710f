/**
 * The supervisor that runs now, as far as the store tells: whoever has the epoch and still beats.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { StoreError } from "../store/Store.ts"
import type { StoreService } from "./Services.ts"

export interface PresentSupervisor {
  readonly pid: number
  readonly host: string
}

/** A supervisor whose heartbeat is older than this is taken for gone; its beats come every 5 s. */
const silentMs = 30_000

/** Null when none runs. */
export const read = (store: StoreService, now: number): Effect.Effect<PresentSupervisor | null, StoreError> =>
  Effect.map(store.supervisor, (found) => {
    const present = Option.getOrNull(found)
    const isBeating = present !== null && present.endedAt === null && now - present.heartbeatAt < silentMs
    return isBeating ? { pid: present.pid, host: present.host } : null
  })
