/** For work that takes long: whatever else waits for the event loop comes first. */
import * as Effect from "effect/Effect"

/** Ends a turn of the loop. */
export const loopTurn: Effect.Effect<void> = Effect.async((resume) => void setImmediate(() => resume(Effect.void)))
