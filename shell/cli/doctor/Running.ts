/** The supervisor of this state directory, for the looks that are about its process. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Ownership } from "../../ownership/Ownership.ts"
import { Processes } from "../../process/Processes.ts"

/** Who has the lock; null where nobody has, Unknown where that can not be read. */
const holder = Effect.flatMap(Ownership, ({ holder }) => holder).pipe(
  Effect.map((found) => (Option.isNone(found) ? null : found.value)),
  Effect.orElseSucceed(() => ({ state: "Unknown", record: null }) as const)
)

/** Its lock's record where it is seen to live here; null where none does, or where nobody can tell. */
const record = Effect.map(holder, (found) => (found?.state === "Alive" ? found.record : null))

/** Its process; null where none is seen. */
export const pid = Effect.map(record, (found) => found?.process.pid ?? null)

/**
 * Whether whoever beat last in the store is no longer there, however short a time ago that was: it beat on this machine, and
 * the lock says that nobody lives here. Of another machine, and where nobody can tell, only the beat itself is to go by.
 */
export const isGone = ({ host }: { readonly host: string }) =>
  Effect.gen(function* () {
    const found = yield* holder
    return host === (yield* Processes).host && (found === null || found.state === "Dead")
  })
