/** The supervisor of this machine that holds the lock, for the looks that are about its process. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Ownership } from "../../ownership/Ownership.ts"

/** Its lock's record where it is seen to live here; null where none does, or where nobody can tell. */
export const record = Effect.gen(function* () {
  const holder = Option.getOrNull(yield* (yield* Ownership).holder)
  return holder?.state === "Alive" ? holder.record : null
}).pipe(Effect.orElseSucceed(() => null))

/** Its process; null where none is seen. */
export const pid = Effect.map(record, (found) => found?.process.pid ?? null)
