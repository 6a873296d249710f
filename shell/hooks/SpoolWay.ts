/**
 * The way in without a server: the program that hooks run is kept in its place, and what it has left in the spool is taken
 * out, soon after it was left there, and at once what was left while no supervisor ran.
 */
import { watch } from "node:fs"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import type { PlacesService } from "../config/Places.ts"
import { makeSignal } from "../sensors/Signal.ts"
import type { ReceivedHookEvent } from "../store/Store.ts"
import * as HookScript from "./HookScript.ts"
import type { Taker } from "./Ingest.ts"
import { inTurns } from "./InTurns.ts"
import * as Spool from "./Spool.ts"

/** Milliseconds between two looks into the spool where nothing tells that something is there. */
const lookEvery = 2000
/** Between two looks that something told of: a burst is taken out together. */
const afterEvent = 20

/** Raises `raise` as files come and go; a system that can not tell is looked at in time. */
const watched = (folder: string, raise: () => void): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => {
        try {
          return watch(folder, { persistent: false }, raise).on("error", () => undefined)
        } catch {
          return null
        }
      }),
      (watcher) => Effect.sync(() => watcher?.close())
    )
  )

const received = (events: ReadonlyArray<Spool.Spooled>): Effect.Effect<ReadonlyArray<ReceivedHookEvent>> =>
  Effect.promise(async () => {
    const made: Array<ReceivedHookEvent> = []
    await inTurns(
      events,
      ({ body }) => body.length,
      ({ at, body, hook, id }) => made.push({ event: HookEvent.make(hook, body), at, source: id })
    )
    return made
  })

/** Ends with what is wrong; until then `well` is told after each look. */
export const run = (
  places: Pick<PlacesService, "hook" | "spool">,
  accept: Taker["accept"],
  well: Effect.Effect<void>
): Effect.Effect<never, { readonly message: string }, Scope.Scope> =>
  Effect.gen(function* () {
    const signal = yield* makeSignal
    yield* HookScript.install(places)
    yield* watched(places.spool, () => Effect.runSync(signal.raise))
    const store = (events: ReadonlyArray<Spool.Spooled>) => Effect.flatMap(received(events), accept)
    const look = Spool.drain(places.spool, store).pipe(
      Effect.tap(({ bad }) =>
        bad === 0
          ? Effect.void
          : Effect.logWarning(`${bad} files of the spool are no events: they are in ${places.spool}/bad`)
      ),
      Effect.zipRight(well)
    )
    return yield* look.pipe(
      Effect.zipRight(signal.awaitFor(lookEvery)),
      // Somebody may have taken the program away, or the folder.
      Effect.flatMap((isTold) => (isTold ? Effect.sleep(afterEvent) : HookScript.install(places))),
      Effect.forever
    )
  })
